"""Carrying an erasure out: a message of the outbox a step, each in one transaction with what it erases.

A worker killed anywhere loses nothing: what its step had erased is undone with it, and the message comes
again. Between two steps nothing is half done; the key goes last, and what a crash cut off between the two
databases is finished before anything is said to be done.
"""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from compliance.erasure_plan import as_json, why_not
from compliance.models import CaseState, Erasure, ErasureState, ErasureStep
from compliance.services.cases import hold_case, set_state, step
from compliance.services.confirming import confirm, final_day
from compliance.services.locks import lock_person
from ledger import services as ledger
from ledger.models import Outbox
from vault import holdings
from vault.models import Subject
from vault.services import finish_destruction

ERASE: Final = "compliance.erase"


class RoomUnknown(LookupError):  # noqa: N818
    """No eraser of this name: a worker of another version may know it."""


@transaction.atomic
def go_on(erasure: UUID) -> None:
    """Take the next step of an erasure; where none is left, ask readers. Safe to repeat."""
    # The case first, as whoever decides in it does; then the erasure.
    found = Erasure.objects.filter(pk=erasure).values_list("case_id", flat=True).first()
    if found is None:
        return
    case = hold_case(found, None)
    row = Erasure.objects.select_for_update(of=("self",)).get(pk=erasure)
    if row.state != ErasureState.RUNNING:
        return
    row.case = case
    todo = row.steps.filter(done_at=None).order_by("position").first()
    if todo is None:
        _done_here(row)
    elif _may(row, todo):
        _take(row, todo)
        ledger.emit(ERASE, {"erasure": str(row.pk)})


def go_on_with(subject: UUID) -> int:
    """Take up what was stopped for this person. Returns how many."""
    stopped = Erasure.objects.filter(state=ErasureState.RUNNING, case__persons__subject=subject)
    found = list(stopped.exclude(stopped="").values_list("pk", flat=True))
    for pk in found:
        ledger.emit(ERASE, {"erasure": str(pk)})
    return len(found)


def take_up_stopped() -> int:
    """Emit anew what stands still: an obstacle may be gone. Returns how many."""
    with transaction.atomic():
        running = Erasure.objects.filter(state=ErasureState.RUNNING)
        rows = [row for row in running if row.stopped or not _on_its_way(row)]
        for row in rows:
            ledger.emit(ERASE, {"erasure": str(row.pk)})
    return len(rows)


def _on_its_way(row: Erasure) -> bool:
    """Whether a message goes on with it; one that failed to the end does not."""
    return Outbox.objects.filter(topic=ERASE, data__erasure=str(row.pk), done=None, parked=None).exists()


def _may(row: Erasure, todo: ErasureStep) -> bool:
    """Whether nothing stands against it now. Placing a hold takes the same lock."""
    lock_person(Subject.objects.get(pk=todo.subject_id))
    why = "" if _ended(todo) else why_not(todo.subject_id)
    if why != row.stopped:
        row.stopped = why
        row.save(update_fields=["stopped"])
        step(row.case, "erasure_stopped" if why else "erasure_resumed", by="system", position=todo.position)
    return not why


def _ended(todo: ErasureStep) -> bool:
    """Whether the person's key is gone already: there is nothing left to hold."""
    return Subject.objects.filter(pk=todo.subject_id, destroyed_at__isnull=False).exists()


def _take(row: Erasure, todo: ErasureStep) -> None:
    found = holdings.erasers.get(todo.room)
    if found is None:
        raise RoomUnknown(todo.room)
    items = found.eraser.erase(todo.subject_id, by=row.begun_by)
    todo.items, todo.done_at = as_json(items), timezone.now()
    todo.save(update_fields=["items", "done_at"])


def _done_here(row: Erasure) -> None:
    """Every step has been committed: the policy stands that readers must take up."""
    for subject in set(row.steps.values_list("subject_id", flat=True)):
        finish_destruction(subject)
    row.epoch, row.seq = ledger.current_policy()
    row.done_here_at = timezone.now()
    row.final_on = final_day(row.done_here_at)
    row.state = ErasureState.WAITING
    row.save(update_fields=["epoch", "seq", "done_here_at", "final_on", "state"])
    if not row.case.over:
        set_state(row.case, CaseState.ANSWERED, by=row.begun_by)
    step(row.case, "erased_here", by="system", epoch=row.epoch, seq=row.seq)
    confirm(row)
