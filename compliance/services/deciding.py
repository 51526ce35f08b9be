"""What an officer decides about any kind of request: more time, receipt confirmed, refused, nothing held.

Each takes a case from `hold_case`, which locks it and compares its version.
"""

from django.db import transaction
from django.utils import timezone

from compliance.clocks import due
from compliance.models import Case, CaseState
from compliance.refusals import Refused
from compliance.services.cases import clock_of, handle, keep, not_begun, set_state, step, tell


def _reason(words: str) -> str:
    if not words.strip():
        raise Refused("note_needed", "Give the reason: the person is told it.")
    return words.strip()


def _running(case: Case) -> None:
    if case.over or case.state == CaseState.UNCONFIRMED:
        raise Refused("case_over", "This request is not running.")


@transaction.atomic
def extend(case: Case, *, reason: str, by: str) -> None:
    """Take the further time that the law allows; the person is told why, at once.

    Raises Refused: extended_already, too_late (only within the first span: GDPR Art. 12(3), 11 CCR 7021(b)),
    note_needed, case_over.
    """
    _running(case)
    if case.extended_at is not None:
        raise Refused("extended_already", "It was extended before. The law allows it once.")
    now = timezone.now()
    if case.answered_at is not None or case.answer_by is None or now > case.answer_by:
        raise Refused("too_late", "Only before the first time is over can it be extended.")
    law, where = clock_of(case.profile)
    told = _reason(reason)
    handle(case, by)
    case.extended_at, case.answer_by = now, due(case.received_at, law.extended, where)
    keep(case, "extended_at", "answer_by")
    tell(case, "extended", step(case, "extended", by=by, note=told, until=case.answer_by.isoformat()))


@transaction.atomic
def acknowledge_receipt(case: Case, *, note: str, by: str) -> None:
    """The officer confirmed receipt by other means than mail, and says by which. Once is enough."""
    _running(case)
    if case.acknowledged_at is not None:
        return
    if not note.strip():
        raise Refused("note_needed", "Say how you confirmed it.")
    handle(case, by)
    case.acknowledged_at = timezone.now()
    keep(case, "acknowledged_at")
    step(case, "acknowledged", by=by, note=note.strip(), how="other")


@transaction.atomic
def refuse(case: Case, *, reason: str, by: str) -> None:
    """Do not do what was asked (GDPR Art. 12(4), 12(5)): the person is told why, and where to complain.

    Raises Refused: erasure_begun, answered_already, note_needed, case_over.
    """
    _running(case)
    not_begun(case)
    if case.answered_at is not None:
        raise Refused("answered_already", "It was answered: what was done cannot be refused any more.")
    told = _reason(reason)
    handle(case, by)
    set_state(case, CaseState.REFUSED, by=by)
    tell(case, "refused", step(case, "refused", by=by, note=told))


@transaction.atomic
def nothing_held(case: Case, *, note: str, by: str) -> None:
    """Nobody is known by what the request says: answered with that, and closed.

    Raises Refused: erasure_begun, somebody_named, case_over.
    """
    _running(case)
    not_begun(case)
    if case.persons.exists():
        raise Refused("somebody_named", "The request names somebody. Take them off first.")
    handle(case, by)
    case.answered_at = timezone.now()
    keep(case, "answered_at")
    set_state(case, CaseState.CLOSED, by=by)
    tell(case, "nothing_held", step(case, "nothing_held", by=by, note=note.strip()))


@transaction.atomic
def note(case: Case, *, words: str, by: str) -> None:
    """Write something down on the case, also on one that is over."""
    if not words.strip():
        raise Refused("note_needed", "Write something.")
    step(case, "noted", by=by, note=words.strip())


@transaction.atomic
def take(case: Case, *, by: str) -> None:
    """Say that one works on it now."""
    _running(case)
    if case.handled_by != by:
        handle(case, by)
        step(case, "taken", by=by)
