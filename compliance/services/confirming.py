"""Whether every reader has taken up an erasure, and the certificate once all have."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from compliance.models import CertificateKind, Erasure, ErasureState
from compliance.services.cases import hold_case, step
from compliance.services.certificates import issue_certificate
from vault import holdings
from vault.holdings import Confirmation

# DESIGN section 6: backups of the keys database are kept for seven days at most.
KEYS_BACKUP_DAYS: Final = 7
APPLIED, RETIRED, NOTHING_GIVEN = "applied", "retired", "nothing_given"


def final_day(done: datetime) -> date:
    """The day (UTC) at whose end no backup holds the key any more."""
    return (done + timedelta(days=KEYS_BACKUP_DAYS)).date()


def look_again() -> int:
    """Ask for every erasure that waits. Returns how many are confirmed by now."""
    waiting = list(Erasure.objects.filter(state=ErasureState.WAITING).values_list("pk", "case_id"))
    confirmed = 0
    for pk, case in waiting:
        with transaction.atomic():
            held = hold_case(case, None)
            row = Erasure.objects.select_for_update(of=("self",)).get(pk=pk)
            row.case = held
            confirmed += row.state == ErasureState.WAITING and confirm(row)
    return confirmed


def confirm(row: Erasure) -> bool:
    """Note who has confirmed since; certify once nobody is missing. With case and erasure locked."""
    before = {one["place"]: one for one in row.places}
    now = timezone.now()
    places = list(_places(row, before, now))
    if places != row.places:
        row.places = places
        row.save(update_fields=["places"])
    if any(one["at"] is None for one in places):
        return False
    row.confirmed_at, row.state = now, ErasureState.DONE
    row.certificate = issue_certificate(kind=CertificateKind.ERASURE, told=told(row), by="system")
    row.save(update_fields=["confirmed_at", "state", "certificate"])
    step(row.case, "certified", by="system", certificate=row.certificate.number)
    return True


def _places(row: Erasure, before: dict[str, dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Those that were there when it was done here: who came later began with the policy of after.

    One that has gone since was retired: it opens nothing any more and will never confirm. Said so.
    """
    present = {one.place: one for one in _asked(row)}
    if not before:
        return [_told(one) for one in present.values()]
    found = []
    for place, known in before.items():
        if known["at"] is None:
            one = present.get(place)
            known = _told(one) if one else known | {"at": _moment(now), "how": RETIRED, "why": ""}  # noqa: PLW2901
        found.append(known)
    return found


def _asked(row: Erasure) -> list[Confirmation]:
    mark = (row.epoch or 0, row.seq or 0)
    found = [one for name in sorted(holdings.places) for one in holdings.places[name](mark)]
    return sorted(found, key=lambda one: one.place)


def _told(one: Confirmation) -> dict[str, Any]:
    at = _moment(one.confirmed_at) if one.confirmed_at else None
    how = "" if at is None else NOTHING_GIVEN if one.nothing_given else APPLIED
    return {"place": one.place, "name": one.name, "at": at, "how": how, "why": one.why}


def told(row: Erasure) -> dict[str, Any]:
    """What a certificate of erasure says: numbers, rooms, counts, times. Nothing personal."""
    steps = row.steps.order_by("position")
    return {
        "case": row.case.number,
        "received_at": _moment(row.case.received_at),
        "begun_at": _moment(row.begun_at),
        "done_at": _moment(row.done_here_at),
        "confirmed_at": _moment(row.confirmed_at),
        "final_on": row.final_on.isoformat() if row.final_on else None,
        # Name and address for the answer lie under a key of the request's own, which this is sent with.
        "request_words": "destroyed when this certificate has been sent, final seven days later",
        "policy": [row.epoch, row.seq],
        # As they were when it began: whoever is added to the request later was not erased by this.
        "persons": [
            {key: one[key] for key in ("person", "source", "number")}
            | {
                "rooms": [
                    {
                        "room": done.room,
                        "title": done.title,
                        "done_at": _moment(done.done_at),
                        "items": done.items,
                    }
                    for done in steps
                    if str(done.subject_id) == one["person"]
                ]
            }
            for one in row.plan
        ],
        "places": [{key: one[key] for key in ("place", "name", "at", "how")} for one in row.places],
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
