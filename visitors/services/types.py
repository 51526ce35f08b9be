"""Types of visit: added, edited, put in order, archived and taken back. Each is a deed.

Visits that have not begun follow their type's grace and unlock; one that is under way keeps its times.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from access.models import AccessLevel
from credentials.models import Holder
from ledger import services as ledger
from visitors.models import OPEN_STATES, Document, Visit, VisitState, VisitType
from visitors.periods import law_least
from visitors.refusals import Refused
from visitors.services.planning import fit_credential

TIMES: Final = "visitors.type_times"
MOST_VISITS: Final = 100  # of which the times are moved in one transaction
FOLLOWED: Final = frozenset({"grace_before", "grace_after", "unlock"})  # by visits that have not begun
JOINED: Final = ("levels", "documents")
NOT_BEGUN: Final = (VisitState.INVITED, VisitState.EXPECTED)


class TypeValues(TypedDict, total=False):
    """What a type is made of; `keep_days` and the like as the model says. Left out: unchanged."""

    name: str
    walk_in: bool
    host_confirms: bool
    documents: Iterable[Document]
    levels: Iterable[AccessLevel]
    photo: str
    face: bool
    ways: list[str]
    unlock: bool
    escort: bool
    badge: str
    badge_photo: bool
    length_minutes: int
    grace_before: int
    grace_after: int
    bring: str
    keep_days: int
    keep_least: int
    keep_rule: str


@transaction.atomic
def add_type(*, by: str, **values: Unpack[TypeValues]) -> VisitType:
    """A new type, last in order.

    Raises ValidationError by field, among its codes: no_way, kept_too_short, no_rule, no_photo,
    document_archived, document_unpublished, name_taken.
    """
    last = VisitType.objects.order_by("-position").values_list("position", flat=True).first()
    row = VisitType(position=0 if last is None else last + 1)
    _set(row, values)
    row.save(force_insert=True)
    _join(row, values)
    _record(row, "visit_type_added", by, _told(row))
    return row


@transaction.atomic
def edit_type(*, visit_type: VisitType, by: str, **values: Unpack[TypeValues]) -> VisitType:
    """Change a type; what is not named stays. Raises Refused("type_archived"); ValidationError as `add_type`.

    Visits under way keep their times and rights; those to come follow within a minute.
    """
    row = _standing(visit_type)
    before = _told(row)
    _set(row, values)
    row.save()
    _join(row, values)
    after = _told(row)
    if changed := {key: after[key] for key in after if after[key] != before[key]}:
        _record(row, "visit_type_edited", by, changed)
    if changed.keys() & FOLLOWED:
        ledger.emit(TIMES, {"type": str(row.pk), "by": by})
    return row


@transaction.atomic
def archive_type(*, visit_type: VisitType, by: str) -> VisitType:
    """Nobody is invited by it any more; visits that are planned take place. A second time does nothing."""
    row = _held(visit_type)
    if row.archived_at is None:
        row.archived_at = timezone.now()
        row.save(update_fields=["archived_at"])
        _record(row, "visit_type_archived", by, {})
    return row


@transaction.atomic
def restore_type(*, visit_type: VisitType, by: str) -> VisitType:
    """Take an archived type back. Raises Refused("name_taken") where another one bears its name by now."""
    row = _held(visit_type)
    if row.archived_at is not None:
        if VisitType.objects.filter(name=row.name, archived_at=None).exists():
            raise Refused("name_taken", f"Another type is called “{row.name}” by now. Rename that first.")
        row.archived_at = None
        row.save(update_fields=["archived_at"])
        _record(row, "visit_type_restored", by, {})
    return row


@transaction.atomic
def order_types(*, order: Sequence[UUID], by: str) -> None:
    """Put types in this order, as kiosks and lists show them; those that are not named follow."""
    rows = list(VisitType.objects.select_for_update().filter(archived_at=None).order_by("position", "name"))
    place = {pk: position for position, pk in enumerate(order)}
    rows.sort(key=lambda row: place.get(row.pk, len(place)))
    moved = [row for position, row in enumerate(rows) if row.position != position]
    if not moved:
        return
    for position, row in enumerate(rows):
        row.position = position
    VisitType.objects.bulk_update(moved, ["position"])
    ledger.record(
        actor=by, verb="visit_types_ordered", subject_kind="visit", data={"order": [str(r.pk) for r in rows]}
    )


def follow_times(visit_type: UUID, *, by: str) -> int:
    """Give visits that have not begun the grace and the unlock of their type; some of them. Returns how many
    followed.
    """
    row = VisitType.objects.filter(pk=visit_type).first()
    if row is None:
        return 0
    moved = 0
    for visit in _astray(row)[:MOST_VISITS]:
        moved += _follow(visit, row, by)
    return moved


def _astray(row: VisitType) -> QuerySet[Visit]:
    """Visits of this type that have not begun, and open or close at other times than it says."""
    before, after = dt.timedelta(minutes=row.grace_before), dt.timedelta(minutes=row.grace_after)
    found = Visit.objects.filter(type=row, state__in=NOT_BEGUN, arrived_at=None, begins__gt=timezone.now())
    asking = Visit.objects.filter(holder=OuterRef("holder"), state__in=OPEN_STATES, type__unlock=True)
    found = found.annotate(unlocks=Exists(asking))
    found = found.exclude(
        opens=F("begins") - before, closes=F("ends") + after, holder__unlock_required=F("unlocks")
    )
    return found.order_by("holder", "handle")  # one order for whoever locks several people


@transaction.atomic
def _follow(visit: Visit, row: VisitType, by: str) -> bool:
    Holder.objects.select_for_update(of=("self",)).get(pk=visit.holder_id)
    held = Visit.objects.select_for_update(of=("self",)).select_related("holder").get(pk=visit.pk)
    if held.state not in NOT_BEGUN or held.arrived_at is not None:
        return False
    opens = held.begins - dt.timedelta(minutes=row.grace_before)
    closes = held.ends + dt.timedelta(minutes=row.grace_after)
    if (held.opens, held.closes) != (opens, closes):
        held.opens, held.closes = opens, closes
        held.save(update_fields=["opens", "closes", "changed_at"])
        data = {"opens": int(opens.timestamp()), "closes": int(closes.timestamp())}
        ledger.record(
            actor=by, verb="visit_times_followed", subject_kind="visit", handle=held.handle, data=data
        )
    fit_credential(holder=held.holder, by=by)
    return True


def _held(visit_type: VisitType) -> VisitType:
    return VisitType.objects.select_for_update().get(pk=visit_type.pk)


def _standing(visit_type: VisitType) -> VisitType:
    row = _held(visit_type)
    if row.archived_at is not None:
        raise Refused("type_archived", "This type is archived. Take it back first.")
    return row


def _set(row: VisitType, values: TypeValues) -> None:
    for key, value in values.items():
        if key not in JOINED:
            setattr(row, key, value.strip() if isinstance(value, str) else value)
    said_by_clean = [] if row.ways else ["ways"]
    row.full_clean(exclude=[*JOINED, *said_by_clean], validate_constraints=False)
    law = law_least()
    if "keep_days" in values and row.keep_days < (law.least or 1):
        raise _wrong("keep_days", f"At least {law.least} days: {law.cites}.", "kept_too_short")
    twins = VisitType.objects.filter(name__iexact=row.name, archived_at=None).exclude(pk=row.pk)
    if twins.exists():
        raise _wrong("name", "Another type has this name.", "name_taken")


def _join(row: VisitType, values: TypeValues) -> None:
    if "documents" in values:
        documents = list(values["documents"])
        for one in documents:
            if one.archived_at is not None:
                raise _wrong("documents", f"“{one.name}” is archived.", "document_archived")
            if not one.versions.exists():
                raise _wrong("documents", f"“{one.name}” has no published text.", "document_unpublished")
        row.documents.set(documents)
    if "levels" in values:
        row.levels.set(values["levels"])


def _told(row: VisitType) -> dict[str, Any]:
    """What a deed says of a type."""
    plain = ("walk_in", "photo", "face", "ways", "unlock", "escort", "badge", "badge_photo", "length_minutes")
    more = ("name", "grace_before", "grace_after", "bring", "keep_days", "keep_least", "keep_rule")
    found = {key: getattr(row, key) for key in ("host_confirms", *plain, *more)}
    found["ways"] = list(row.ways)
    found["levels"] = sorted(row.levels.values_list("pk", flat=True))
    found["documents"] = sorted(str(pk) for pk in row.documents.values_list("pk", flat=True))
    return found


def _wrong(name: str, text: str, code: str) -> ValidationError:
    return ValidationError({name: ValidationError(text, code=code)})


def _record(row: VisitType, verb: str, by: str, data: dict[str, Any]) -> None:
    ledger.record(actor=by, verb=verb, subject_kind="visit_type", data={"type": str(row.pk), **data})
