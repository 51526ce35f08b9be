"""Answering access and portability: collect room by room, look through, withhold, deliver, download, forget.

Collecting and building run from the outbox, one section a message: a worker that is killed leaves the
message, and the section is taken up again whole. Nothing is collected before it is known who asks, nothing
leaves before an officer has looked through all of it.
"""

import json
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from compliance.answers.contents import TableTold, free_cells, kept
from compliance.answers.texts import WITHHELD
from compliance.models import Case, CaseDelivery, CaseKind, CaseSection, CaseState
from compliance.refusals import Refused
from compliance.services.cases import closer, handle, hold_case, keep, set_state, step, verified
from ledger import services as ledger
from vault.holdings import Asking, exporters, exporters_in_order
from vault.services import subject_open, subject_seal

KINDS: Final = (CaseKind.ACCESS, CaseKind.PORTABILITY)
COLLECT: Final = "compliance.collect_section"  # {"section": id}
SYSTEM: Final = "system"
# What was collected goes by then at the latest, counted from the day the case was over.
KEPT_AFTER: Final = timedelta(days=90)


# Collecting


@transaction.atomic
def collect(*, case: UUID, version: int | None, by: str) -> Case:
    """Ask every room what it holds of each person of the case. Again, it throws away what was collected.

    Raises Refused: no_such_case, case_changed, identity_unverified, case_over, no_person, no_answer.
    """
    held = held_case(case, version, by)
    persons = list(held.persons.all())
    if not persons:
        raise Refused("no_person", "First say whom the request is about.")
    held.sections.all().delete()
    made = [
        CaseSection(case=held, person=person, source=room.name)
        for person in persons
        for room in exporters_in_order()
    ]
    for section in made:
        section.save(force_insert=True)
        ledger.emit(COLLECT, {"section": str(section.pk)})
    if held.state != CaseState.OPEN:
        set_state(held, CaseState.OPEN, by=by)
    else:
        keep(held)
    step(held, "collect_begun", by=by, sections=len(made))
    return held


@transaction.atomic
def collect_section(section: UUID) -> None:
    """One room's tables of one person, sealed under the case's key. The last one moves the case on.

    What was withdrawn meanwhile, or collected already, is left as it is.
    """
    found = CaseSection.objects.filter(pk=section).values_list("case", flat=True).first()
    if found is None:
        return
    case = hold_case(found, None)
    row = CaseSection.objects.select_related("person").filter(pk=section, collected_at=None).first()
    if row is None or case.over:
        return
    room = exporters.get(row.source)
    asking = Asking(row.person.subject_id, case.profile, case.language)
    tables = [kept(table) for table in room.tables(asking)] if room else []
    row.rows = sum(len(table["rows"]) for table in tables)
    row.free = len(free_cells(tables))
    row.sealed = _sealed(case, row, tables)
    row.collected_at = timezone.now()
    row.save(update_fields=["rows", "free", "sealed", "collected_at"])
    if not case.sections.filter(collected_at=None).exists():
        step(case, "collected", by=SYSTEM, rows=sum(case.sections.values_list("rows", flat=True)))
        set_state(case, CaseState.REVIEW, by=SYSTEM)


def _sealed(case: Case, section: CaseSection, tables: list[TableTold]) -> bytes:
    plain = zlib.compress(json.dumps(tables, ensure_ascii=False).encode())
    return subject_seal(case.applicant_id, plain, place=_place(section))


def opened(case: Case, section: CaseSection) -> list[TableTold]:
    """What was collected; nothing while it is awaited, or once the case's key is gone."""
    if section.sealed is None:
        return []
    plain = subject_open(case.applicant_id, bytes(section.sealed), place=_place(section))
    return [] if plain is None else list(json.loads(zlib.decompress(plain)))


def _place(section: CaseSection) -> str:
    return f"compliance_casesection/sealed/{section.pk}"


# Looking through


def sections(case: Case) -> QuerySet[CaseSection]:
    """Person by person, in the order in which rooms tell."""
    return case.sections.select_related("case__applicant", "person").order_by("person", "pk")


def in_order(found: Iterable[CaseSection]) -> list[CaseSection]:
    """The same, as rooms are ordered."""
    order = {room.name: number for number, room in enumerate(exporters_in_order())}
    return sorted(found, key=lambda one: (one.person_id, order.get(one.source, len(order))))


def withheld_of(section: CaseSection) -> dict[str, str]:
    """Cells that stay here: "table/row/column" → code of the reason."""
    return dict(json.loads(section.withheld)) if section.withheld else {}


@transaction.atomic
def withhold(*, section: UUID, cell: str, reason: str, by: str, case: UUID) -> None:
    """Let a cell stay here for a reason (a key of texts.WITHHELD), or with "" let it leave after all.

    Only what people wrote freely can stay here. It must be looked through again then.
    Raises Refused: no_such_cell, and as `collect`.
    """
    held = held_case(case, None, by)
    row = held.sections.select_related("case__applicant").filter(pk=section).first()
    if row is None or (reason and reason not in WITHHELD):
        raise _no_such_cell()
    known = {f"{name}/{number}/{key}" for name, number, key, _ in free_cells(opened(held, row))}
    if cell not in known:
        raise _no_such_cell()
    cells = withheld_of(row)
    if cells.get(cell, "") == reason:
        return
    cells.pop(cell, None)
    if reason:
        cells[cell] = reason
    row.withheld = json.dumps(cells, sort_keys=True)
    row.reviewed_at, row.reviewed_by = None, ""
    row.save(update_fields=["withheld", "reviewed_at", "reviewed_by"])
    keep(held)
    verb = "cell_withheld" if reason else "cell_given"
    step(held, verb, by=by, source=row.source, cell=cell, why=reason)


def _no_such_cell() -> Refused:
    return Refused("no_such_cell", "There is no such text in what was collected.", status=404)


@transaction.atomic
def look_through(*, case: UUID, version: int | None, by: str) -> Case:
    """Say that all that was collected was read. Raises Refused: not_collected, and as `collect`."""
    held = held_case(case, version, by)
    if why := missing(held):
        raise Refused("not_collected", why)
    held.sections.update(reviewed_at=timezone.now(), reviewed_by=by)
    keep(held)
    withheld = sum(len(withheld_of(one)) for one in sections(held))
    step(held, "looked_through", by=by, withheld=withheld)
    return held


def missing(case: Case) -> str:
    """Why there is nothing to look through yet, in words; empty where there is."""
    wanted = {(person, room) for person in case.persons.values_list("pk", flat=True) for room in exporters}
    found = set(case.sections.values_list("person", "source"))
    if not wanted or wanted - found:
        return "It was not collected yet, or not of everybody the request is about."
    waiting = case.sections.filter(collected_at=None).count()
    return f"{waiting} of {len(found)} rooms have not answered yet." if waiting else ""


def unread(case: Case) -> str:
    """Why it cannot leave yet, in words; empty where it can."""
    if why := missing(case):
        return why
    return "It was not looked through." if case.sections.filter(reviewed_at=None).exists() else ""


@closer(*KINDS)
def why_open(case: Case) -> str:
    """Why an answer's case cannot be closed: none has left."""
    if not case.deliveries.filter(built_at__isnull=False).exists():
        return "No answer was delivered yet."
    return ""


def held_case(pk: UUID, version: int | None, by: str) -> Case:
    case = verified(hold_case(pk, version))
    if case.kind not in KINDS:
        raise Refused("no_answer", "Such a request is answered otherwise.")
    handle(case, by)
    return case


# Forgetting


@transaction.atomic
def drop_answers(subject: UUID) -> int:
    """Delete all that was ever collected or delivered about a person; returns how many rows went."""
    cases = Case.objects.filter(persons__subject=subject).values("pk")
    gone, _ = CaseSection.objects.filter(case__in=cases).delete()
    also, _ = CaseDelivery.objects.filter(case__in=cases).delete()
    return gone + also


@transaction.atomic
def sweep_answers(*, now: datetime | None = None) -> dict[str, int]:
    """End deliveries that ran out, delete what was collected for cases long over. Returns counts."""
    at = now or timezone.now()
    ended = CaseDelivery.objects.filter(expires_at__lte=at, ended_at=None)
    links = ended.update(sealed=None, ended_at=at)
    over = Case.objects.filter(closed_at__lte=at - KEPT_AFTER).values("pk")
    sections, _ = CaseSection.objects.filter(case__in=over).delete()
    deliveries, _ = CaseDelivery.objects.filter(case__in=over).delete()
    return {"links": links, "sections": sections, "deliveries": deliveries}
