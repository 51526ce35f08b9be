"""Who handles data for the company: a list that is drafted, published with a day, and never changed again."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from compliance.models import Particulars, SubProcessor, SubProcessorList
from compliance.refusals import Refused
from compliance.services.locks import hold_policy
from ledger import services as ledger

FIELDS: Final = ("name", "does", "data", "country", "safeguard")
MAIL_CHANGE: Final = "mail.subprocessors"


@transaction.atomic
def save_subprocessor(*, pk: UUID | None, values: Mapping[str, str]) -> SubProcessor:
    """Add or change an entry of the next list. Raises ValidationError."""
    hold_policy()
    row = SubProcessor.objects.get(pk=pk) if pk else SubProcessor()
    for name in FIELDS:
        setattr(row, name, values[name])
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def drop_subprocessor(*, pk: UUID) -> None:
    """Leave it out of the next list."""
    SubProcessor.objects.filter(pk=pk).delete()


def entries_now() -> list[dict[str, str]]:
    """The next list as it would be published."""
    return [{name: getattr(row, name) for name in FIELDS} for row in SubProcessor.objects.order_by("name")]


def changes(before: list[dict[str, str]], after: list[dict[str, str]]) -> dict[str, list[str]]:
    """Names that are added, removed, changed."""
    old = {one["name"]: one for one in before}
    new = {one["name"]: one for one in after}
    return {
        "added": sorted(new.keys() - old.keys()),
        "removed": sorted(old.keys() - new.keys()),
        "changed": sorted(name for name in old.keys() & new.keys() if old[name] != new[name]),
    }


@transaction.atomic
def publish_subprocessors(*, effective_on: date, by: str) -> SubProcessorList:
    """Publish the list; the company's owners and officers are told by mail.

    Raises Refused: nothing_changed, day_has_passed.
    """
    hold_policy()
    if effective_on < timezone.localdate():
        raise Refused("day_has_passed", "It can hold from today on, not before.")
    newest = SubProcessorList.objects.first()
    entries = entries_now()
    told = changes(newest.entries if newest else [], entries)
    if not any(told.values()):
        raise Refused("nothing_changed", "The list is as it was published.")
    made = SubProcessorList.objects.create(
        number=newest.number + 1 if newest else 1,
        entries=entries,
        effective_on=effective_on,
        published_at=timezone.now(),
        published_by=by,
        **told,
    )
    counts: dict[str, Any] = {name: len(names) for name, names in told.items()}
    ledger.record(
        actor=by,
        verb="subprocessors_published",
        subject_kind="subprocessors",
        handle=made.number,
        data={**counts, "effective_on": effective_on.isoformat()},
    )
    ledger.emit(MAIL_CHANGE, {"list": str(made.pk)})
    return made


@transaction.atomic
def save_particulars(*, values: Mapping[str, str], by: str) -> Particulars:
    """What the papers need besides the configuration; on record goes which fields changed.

    Raises ValidationError.
    """
    hold_policy()
    row = Particulars.objects.filter(pk=1).first() or Particulars()
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, values[name])
    row.full_clean()
    row.save()
    ledger.record(
        actor=by,
        verb="particulars_changed",
        subject_kind="compliance_policy",
        handle=1,
        data={"fields": changed},
    )
    return row
