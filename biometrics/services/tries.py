"""Who failed how often, kept for the holder and the phone; five within three minutes lock them out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from biometrics.liveness.tries import Tries, Try
from biometrics.models import FaceTries
from biometrics.signals import face_locked_out
from compliance.selectors import Person
from ledger import services as ledger


def keys_of(person: Person, place: str) -> list[str]:
    """Under which names tries are counted, in the order in which they are locked.

    Not the reader: many people stand before it, and one of them could lock the others out.
    """
    own = [place] if place.startswith("device:") else []
    return sorted([f"holder:{person.number}", *own])


def locked_until(keys: Sequence[str], now: float) -> float:
    """When a lock that is in force ends (unix seconds); 0 where there is none."""
    rows = FaceTries.objects.filter(who__in=keys)
    return max(
        (tries.locked_until for row in rows if (tries := _read(row).settled(now)).locked(now)), default=0.0
    )


def locked_out_until(person: Person) -> datetime | None:
    """When the holder's lock ends; None where there is none. What failed on a phone counts here as well."""
    until = locked_until(keys_of(person, ""), time.time())
    return datetime.fromtimestamp(until, UTC) if until else None


def begun(person: Person, place: str, session: str, now: float) -> None:
    """A session begins; one that was still open has failed."""
    _change(person, place, now, lambda tries: tries.begun(session, now))


def passed(person: Person, place: str, session: str, now: float) -> None:
    """A session passed: those before are forgiven."""
    _change(person, place, now, lambda tries: tries.passed(session))


def forgotten(person: Person, place: str, session: str, now: float) -> None:
    """A session that nobody could look at counts for nothing."""
    _change(person, place, now, lambda tries: tries.forgotten(session))


def failed(person: Person, place: str, session: str, now: float) -> None:
    """A session failed, in liveness or in the match."""
    _change(person, place, now, lambda tries: tries.failed(session, now))


@transaction.atomic
def _change(person: Person, place: str, now: float, change: Callable[[Tries], Tries]) -> None:
    """Locked row by row in one order, so that two sessions that end at once are both counted."""
    for who in keys_of(person, place):
        FaceTries.objects.get_or_create(who=who, defaults={"tries": _write(Tries())})
        row = FaceTries.objects.select_for_update().get(who=who)
        before = _read(row)
        after = change(before)
        row.tries = _write(after)
        row.save(update_fields=["tries", "changed_at"])
        if after.locked(now) and not before.locked(now):
            _announce(person, place, who, after.locked_until)


def _announce(person: Person, place: str, who: str, until: float) -> None:
    ledger.record(
        actor=person.actor,
        verb="face_locked_out",
        subject_kind="holder",
        handle=person.number,
        data={"who": who, "where": place, "until": int(until)},
    )
    face_locked_out.send(
        sender=FaceTries, person=person.number, where=place, until=datetime.fromtimestamp(until, UTC)
    )


def _write(tries: Tries) -> dict[str, Any]:
    return {"open": [asdict(one) for one in tries.open], "locked_until": tries.locked_until}


def _read(row: FaceTries) -> Tries:
    return Tries(tuple(Try(**one) for one in row.tries["open"]), row.tries["locked_until"])
