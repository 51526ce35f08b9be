"""Deeds on a kiosk: changed, left by its code, heard, unpaired for good."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from access.models import Site
from credentials.models import Language
from credentials.services.tries import count_wrong, refuse_noisy
from ledger import services as ledger
from vault.services import hash_token
from visitors.models import Arrival, Kiosk, KioskState
from visitors.refusals import Refused

NAME_LENGTH: Final = 80
WRONG_EXITS: Final = 10  # an hour and kiosk
HEARD_EVERY: Final = timedelta(seconds=15)
_EXIT_CODE: Final = re.compile(r"[0-9]{6,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a kiosk is set up: its name, the languages it offers, whether a badge printer stands there."""

    name: str
    languages: Sequence[str] = tuple(Language.values)
    printer: bool = False


def clean(setting: Setting, *, but: int | None = None) -> Setting:
    """The same without outer blanks, languages in their usual order.

    Raises Refused: name_malformed, name_taken, no_language.
    """
    name = " ".join(setting.name.split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise Refused("name_malformed", f"A name has 1 to {NAME_LENGTH} characters.", status=422)
    if _is_taken(name, but):
        raise Refused("name_taken", "Another kiosk has this name. Choose another.", status=422)
    languages = [one for one in Language.values if one in setting.languages]
    if not languages:
        raise Refused("no_language", "Choose at least one language.", status=422)
    return replace(setting, name=name, languages=languages)


def free_name(name: str) -> str:
    """The name, numbered if somebody took it meanwhile: nobody at the tablet could choose another."""
    candidate, number = name, 2
    while _is_taken(candidate, None):
        candidate, number = f"{name[: NAME_LENGTH - 5]} {number}", number + 1
    return candidate


def _is_taken(name: str, but: int | None) -> bool:
    taken = Kiosk.objects.filter(state=KioskState.ACTIVE, name=name)
    return (taken.exclude(handle=but) if but is not None else taken).exists()


def exit_hash(code: str) -> bytes:
    """32 bytes under which an exit code is stored: keyed by the company, so that a short one is no use.

    Raises Refused("exit_code_malformed").
    """
    if not _EXIT_CODE.fullmatch(code):
        raise Refused("exit_code_malformed", "An exit code has 6 to 12 digits.", status=422)
    return hash_token("kiosk.exit", code)


def _locked(kiosk: Kiosk) -> Kiosk:
    row = Kiosk.objects.select_for_update(of=("self",)).get(handle=kiosk.handle)
    if row.state != KioskState.ACTIVE:
        raise unpaired()
    return row


def unpaired() -> Refused:
    """The kiosk is none any more: its page destroys what it holds."""
    return Refused("kiosk_unpaired", "This kiosk was unpaired in the console.", status=403)


@transaction.atomic
def edit_kiosk(*, kiosk: Kiosk, site: Site, setting: Setting, by: str, exit_code: str = "") -> Kiosk:
    """Set it up anew; an empty exit code leaves the one it has.

    Raises Refused: kiosk_unpaired, name_malformed, name_taken, no_language, exit_code_malformed.
    """
    row = _locked(kiosk)
    tidy = clean(setting, but=row.handle)
    wanted = {"name": tidy.name, "site": site, "languages": list(tidy.languages), "printer": tidy.printer}
    if exit_code:
        wanted["exit_hash"] = exit_hash(exit_code)
    changed = sorted(name for name, value in wanted.items() if _held(row, name) != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, wanted[name])
    row.save(update_fields=changed)
    told = {"changed": ["exit_code" if name == "exit_hash" else name for name in changed]}
    ledger.record(actor=by, verb="kiosk_edited", subject_kind="kiosk", handle=row.handle, data=told)
    return row


def _held(row: Kiosk, name: str) -> object:
    value = getattr(row, name)
    return bytes(value) if name == "exit_hash" else value


@transaction.atomic
def unpair_kiosk(*, kiosk: Kiosk, by: str) -> Kiosk:
    """It answers to nobody from now on, and what was begun at it ends. A second time does nothing."""
    row = Kiosk.objects.select_for_update(of=("self",)).get(handle=kiosk.handle)
    if row.state == KioskState.UNPAIRED:
        return row
    row.state, row.unpaired_at, row.unpaired_by = KioskState.UNPAIRED, timezone.now(), by
    row.save(update_fields=["state", "unpaired_at", "unpaired_by"])
    Arrival.objects.filter(kiosk=row, ended_at=None).update(
        ended_at=row.unpaired_at, outcome="unpaired", bind_hash=None, bind_until=None
    )
    ledger.record(actor=by, verb="kiosk_unpaired", subject_kind="kiosk", handle=row.handle)
    return row


def leave_full_screen(*, kiosk: Kiosk, code: str) -> None:
    """Staff leave the kiosk's page by its code; must not run inside a transaction.

    Raises Refused: exit_code_wrong, too_many_tries after ten wrong ones within the hour.
    """
    source = hash_token("kiosk.exit.source", str(kiosk.handle))
    refuse_noisy(source, most=WRONG_EXITS)
    if not hmac.compare_digest(hash_token("kiosk.exit", code), bytes(kiosk.exit_hash)):
        count_wrong(source)
        raise Refused("exit_code_wrong", "This is not the exit code.", status=403, retry=True)
    with transaction.atomic():
        ledger.record(actor=kiosk.actor, verb="kiosk_left", subject_kind="kiosk", handle=kiosk.handle)


def heard(*, kiosk: Kiosk, now: datetime, waiting: int | None = None) -> None:
    """The kiosk lives; `waiting`: sealed sign-ins that it says it still holds."""
    told = {"last_heard": now} | ({} if waiting is None else {"waiting": waiting})
    if now - kiosk.last_heard < HEARD_EVERY and waiting in {None, kiosk.waiting}:
        return
    Kiosk.objects.filter(handle=kiosk.handle).update(**told)
