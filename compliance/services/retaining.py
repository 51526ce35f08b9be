"""A night's retention: begun once, in small steps, taken up again where it was cut, certified at its end.

Each step deletes some rows and counts them in one transaction: the certificate says exactly what went.
Whose data may not be touched is asked before each step: a legal hold counts from the moment it is placed.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from compliance.models import CertificateKind, RetentionRun
from compliance.services import proposals
from compliance.services.certificates import issue_certificate
from compliance.services.retention import periods
from compliance.sparing import spared, wait_for_holds
from ledger import services as ledger
from ledger.pruning import RecordAltered
from tenants import context, keeping
from tenants.keeping import Cutoffs, Kind, Proposer

log = logging.getLogger(__name__)

BY: Final = "system"
CHUNK: Final = 500
# So many people at most are named for erasure in a night: each is a case that an officer goes through.
MOST_PEOPLE: Final = 50
# Who is erased by itself is nobody's work: so many in a step, until nobody is left.
PEOPLE: Final = 20
# After a step that deleted something it rests forty times as long as that took, at most so long: then it is
# at work for less than one scan in twenty, and scans come first. A million rows take some forty minutes.
REST: Final = 40
LONGEST_REST: Final = 5.0
RUN_LOCK: Final = 31


def begin_night(now: datetime) -> RetentionRun:
    """Tonight's run with its cutoffs, made once."""
    plan = {one.kind.name: _written(one.cutoffs(now)) for one in periods()}
    plan = {name: told for name, told in plan.items() if told["other"] or told["sites"]}
    values = {"begun_at": now, "plan": plan}
    run, _ = RetentionRun.objects.get_or_create(night=now.astimezone(UTC).date(), defaults=values)
    return run


def carry_on(run: RetentionRun, *, seconds: float) -> bool:
    """Go on for so long; whether it is over. One at a time per company: another one leaves at once."""
    with _alone() as alone:
        if not alone:
            return True
        run.refresh_from_db()
        if run.ended_at is not None:
            return True
        end = time.monotonic() + seconds
        for kind in keeping.kinds_in_order():
            if kind.name in run.plan and not _over(run, kind, end):
                return False
        finish(run)
        return True


def _over(run: RetentionRun, kind: Kind, end: float) -> bool:
    """Delete what is due of a kind until nothing is or time is up; whether it is over."""
    cutoffs = _read(run.plan[kind.name])
    while not run.done.get(kind.name, {}).get("over"):
        if time.monotonic() >= end:
            return False
        begun, before = time.monotonic(), _gone(run, kind)
        try:
            _step(run, kind, cutoffs)
        except RecordAltered:
            # What does not hold is evidence: nothing of this kind goes before somebody has looked.
            _failed(run, kind, "record_altered")
        except DatabaseError as error:
            log.exception("retention of %s stopped", kind.name)
            _failed(run, kind, type(error).__name__)
        if _gone(run, kind) != before:
            time.sleep(min(LONGEST_REST, REST * (time.monotonic() - begun)))
    return True


def _gone(run: RetentionRun, kind: Kind) -> int:
    return int((run.done.get(kind.name) or {}).get("gone", 0))


@transaction.atomic
def _step(run: RetentionRun, kind: Kind, cutoffs: Cutoffs) -> None:
    wait_for_holds()
    left = spared()
    told = dict(run.done.get(kind.name) or {"gone": 0})
    keeper, whom = kind.keeper, keeping.spared(left)
    if isinstance(keeper, Proposer) and kind.by_itself:
        told |= _erase_some(keeper, cutoffs, left, told)
    elif isinstance(keeper, Proposer):
        people = keeper.people(cutoffs, whom, MOST_PEOPLE)
        told |= {"gone": sum(proposals.propose_erasure(one, by=BY) for one in people), "over": True}
    else:
        went = keeper.delete(cutoffs, whom, CHUNK)
        told |= {"gone": told["gone"] + went, "over": went == 0}
    _save(run, kind, told, max(run.spared, len(left)))


def _erase_some(
    keeper: Proposer, cutoffs: Cutoffs, left: frozenset[UUID], told: Mapping[str, Any]
) -> dict[str, Any]:
    """Begin some erasures; whom something stands against tonight is passed over for the night."""
    passed = {UUID(one) for one in told.get("passed", [])}
    people = keeper.people(cutoffs, keeping.spared(left | proposals.before() | passed), PEOPLE)
    begun = [one for one in people if proposals.erase_by_itself(one)]
    passed |= set(people) - set(begun)
    return {
        "gone": told["gone"] + len(begun),
        "over": not people,
        "passed": sorted(str(one) for one in passed),
    }


def _failed(run: RetentionRun, kind: Kind, why: str) -> None:
    run.refresh_from_db()  # the step that failed has counted nothing
    told = dict(run.done.get(kind.name) or {"gone": 0})
    _save(run, kind, told | {"over": True, "failed": why}, run.spared)


def _save(run: RetentionRun, kind: Kind, told: Mapping[str, Any], left: int) -> None:
    done = {**run.done, kind.name: dict(told)}
    RetentionRun.objects.filter(pk=run.pk).update(done=done, spared=left)
    run.done, run.spared = done, left


@transaction.atomic
def finish(run: RetentionRun) -> None:
    """Certify what went."""
    now = timezone.now()
    kinds = [
        {
            "kind": name,
            "title": keeping.kinds[name].titles["en"] if name in keeping.kinds else name,
            "before": run.plan[name]["other"],
            "sites": run.plan[name]["sites"],
            **{key: value for key, value in sorted(told.items()) if key in {"gone", "failed"}},
        }
        for name, told in sorted(run.done.items())
    ]
    told = {
        "night": run.night.isoformat(),
        "begun_at": run.begun_at.isoformat(timespec="seconds"),
        "ended_at": now.isoformat(timespec="seconds"),
        "spared": run.spared,
        "kinds": kinds,
    }
    run.certificate = issue_certificate(kind=CertificateKind.RETENTION, told=told, by=BY)
    run.ended_at = now
    run.save(update_fields=["certificate", "ended_at"])
    if failed := sorted(name for name, one in run.done.items() if one.get("failed")):
        ledger.record(actor=BY, verb="retention_failed", subject_kind="retention", data={"kinds": failed})


def _written(cutoffs: Cutoffs) -> dict[str, Any]:
    sites = {str(site): moment.isoformat() for site, moment in cutoffs.sites.items() if moment}
    return {"other": cutoffs.other.isoformat() if cutoffs.other else None, "sites": sites}


def _read(told: Mapping[str, Any]) -> Cutoffs:
    sites = {int(site): datetime.fromisoformat(moment) for site, moment in told["sites"].items()}
    return Cutoffs(datetime.fromisoformat(told["other"]) if told["other"] else None, sites)


@contextmanager
def _alone() -> Iterator[bool]:
    """A lock of the session, so that it ends with a worker that dies."""
    place = [RUN_LOCK, context.current().id]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", place)
        (held,) = cursor.fetchone()
    try:
        yield bool(held)
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", place)
