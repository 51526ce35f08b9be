"""Schedules, levels and grants: what a person may do changes only here."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from access.models import AccessGrant, AccessLevel, AccessPoint, AccessRule, Schedule
from access.services.profiles import refresh_profile
from credentials.models import Holder
from ledger import services as ledger


@transaction.atomic
def add_schedule(*, name: str, by: str, **hours: Any) -> Schedule:
    schedule = Schedule(name=name, **hours)
    schedule.full_clean()
    schedule.save()
    ledger.record(actor=by, verb="schedule_added", subject_kind="schedule", handle=schedule.pk, data=hours)
    return schedule


@transaction.atomic
def edit_schedule(*, schedule: Schedule, by: str, **values: Any) -> None:
    changed = {name: value for name, value in values.items() if getattr(schedule, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(schedule, name, value)
    schedule.full_clean()
    schedule.save()
    ledger.record(actor=by, verb="schedule_edited", subject_kind="schedule", handle=schedule.pk, data=changed)


def _rules(pairs: Iterable[tuple[AccessPoint, Schedule]]) -> list[AccessRule]:
    """Rules are shared between levels: the same side and schedule is one row."""
    kept = AccessRule.objects
    return [kept.get_or_create(access_point=point, schedule=schedule)[0] for point, schedule in pairs]


def _told(pairs: Iterable[tuple[AccessPoint, Schedule]]) -> dict[str, Any]:
    return {"rules": sorted([point.handle, schedule.pk] for point, schedule in pairs)}


@transaction.atomic
def add_level(*, name: str, rules: Iterable[tuple[AccessPoint, Schedule]], by: str) -> AccessLevel:
    pairs = list(rules)
    level = AccessLevel(name=name)
    level.full_clean()
    level.save()
    level.rules.set(_rules(pairs))
    ledger.record(actor=by, verb="level_added", subject_kind="level", handle=level.pk, data=_told(pairs))
    return level


@transaction.atomic
def edit_level(
    *, level: AccessLevel, name: str, rules: Iterable[tuple[AccessPoint, Schedule]], by: str
) -> None:
    """Readers map a profile to rules themselves, so a level may change under the profiles that hold it."""
    pairs = list(rules)
    level.name = name
    level.full_clean()
    level.save()
    level.rules.set(_rules(pairs))
    ledger.record(actor=by, verb="level_edited", subject_kind="level", handle=level.pk, data=_told(pairs))


def _seconds(moment: dt.datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


@transaction.atomic
def grant_level(
    *,
    holder: Holder,
    level: AccessLevel,
    by: str,
    valid_from: dt.datetime | None = None,
    valid_until: dt.datetime | None = None,
) -> AccessGrant:
    """Raises ValidationError when the window is empty."""
    grant = AccessGrant(
        holder=holder,
        holder_handle=holder.handle,
        level=level,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    grant.full_clean(exclude=["holder", "level"])  # both were given as they stand
    grant.save()
    refresh_profile(holder=holder, now=timezone.now(), by=by)
    data = {"level": level.pk, "from": _seconds(valid_from), "until": _seconds(valid_until)}
    ledger.record(actor=by, verb="level_granted", subject_kind="holder", handle=holder.handle, data=data)
    return grant


@transaction.atomic
def withdraw_grant(*, grant: AccessGrant, by: str) -> None:
    holder = grant.holder
    ledger.record(
        actor=by,
        verb="level_withdrawn",
        subject_kind="holder",
        handle=holder.handle,
        data={"level": grant.level_id},
    )
    grant.delete()
    refresh_profile(holder=holder, now=timezone.now(), by=by)
