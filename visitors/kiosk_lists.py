"""Kiosks as the console shows them: how each stands, and what it handed in."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from visitors.models import Kiosk, KioskPairing, KioskState, SealedSignIn

SILENT: Final = dt.timedelta(minutes=5)
MOST_SHOWN: Final = 50
# Why a sign-in that was taken without network became no visit, in the words of whoever reads it.
WHY: Final = {
    "cannot_open": "It could not be opened: it was changed, or not sealed by this kiosk.",
    "malformed": "It could not be read.",
    "handed_in_late": "It came more than a day late.",
    "type_unknown": "No type of visit is offered to whoever was not announced.",
    "name_missing": "It has no name.",
    "name_too_long": "Its name is too long.",
    "document_unreadable": "A document was not kept: ask the visitor to sign it again.",
}


@dataclass(frozen=True, slots=True)
class KioskLine:
    """One kiosk: `pill` says how it stands."""

    kiosk: Kiosk
    pill: str
    word: str


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A sign-in that was taken without network, and why it became no visit, if so."""

    row: SealedSignIn
    why: str


def kiosk_lines(now: dt.datetime) -> list[KioskLine]:
    """Every kiosk that is paired."""
    rows = Kiosk.objects.filter(state=KioskState.ACTIVE).select_related("site")
    return [line_of(row, now) for row in rows]


def line_of(row: Kiosk, now: dt.datetime) -> KioskLine:
    """How one stands."""
    if row.state != KioskState.ACTIVE:
        return KioskLine(row, "RETIRED", "Unpaired")
    if now - row.last_heard > SILENT:
        return KioskLine(row, "OFFLINE", "Not heard")
    return KioskLine(row, "ONLINE", "Ready")


def open_pairings(now: dt.datetime) -> list[KioskPairing]:
    """Codes that wait to be typed."""
    return list(KioskPairing.objects.filter(used_at=None, expires__gt=now).select_related("site"))


def handed_in() -> list[HandedIn]:
    """What nobody has said yet that they saw: all that is broken, and whoever still waits."""
    unseen = SealedSignIn.objects.filter(seen_at=None).filter(~Q(code="") | Q(visit__isnull=False))
    rows = unseen.select_related("kiosk", "visit__holder__subject")[:MOST_SHOWN]
    return [HandedIn(row, WHY.get(row.code, "It could not be kept.") if row.code else "") for row in rows]
