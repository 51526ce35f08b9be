"""Whose door record lay open, and which doors can be named."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count

from access.models import AccessEvent, AccessGrant, AccessPoint, Alarm, Door, Presence
from credentials.models import Credential, Device
from vault.affected import DOOR, READER, Choice, Exposure, places, source

PIECE = 5_000  # numbers in one query


@places(DOOR)
def doors() -> list[Choice]:
    """By site and area."""
    rows = Door.objects.select_related("area__site")
    return [Choice(row.pk, f"{row.name}, {row.area}") for row in rows]


def _points(exposure: Exposure) -> list[int] | None:
    """The handles of both sides of the chosen doors; None for all."""
    chosen = exposure.at(DOOR)
    if chosen is None:
        return None
    return list(AccessPoint.objects.filter(door__in=chosen).values_list("handle", flat=True))


@source("door_record", title="Door record: who was at which door, and when", by=(DOOR, READER))
def door_record(exposure: Exposure) -> Mapping[UUID, int]:
    """People of the credentials and phones in these events, refused ones too.

    Counted in the database and joined here: events have no foreign keys. An event without a credential
    (nothing could be opened) is nobody's.
    """
    events = AccessEvent.objects.filter(at__gte=exposure.begins, at__lt=exposure.ends)
    if (points := _points(exposure)) is not None:
        events = events.filter(access_point__in=points)
    if (readers := exposure.at(READER)) is not None:
        events = events.filter(reader__in=readers)
    rows = events.order_by().values_list("credential", "device").annotate(rows=Count("pk"))
    counts = {(credential, device): many for credential, device, many in rows}
    of_credential = _subjects(Credential, {one for one, _ in counts if one})
    of_device = _subjects(Device, {device for credential, device in counts if device and not credential})
    found: dict[UUID, int] = {}
    for (credential, device), many in counts.items():
        subject = of_credential.get(credential or 0) or of_device.get(device or 0)
        if subject is not None:
            found[subject] = found.get(subject, 0) + many
    return found


def _subjects(model: Any, handles: set[int]) -> dict[int, UUID]:
    found: dict[int, UUID] = {}
    wanted = sorted(handles)
    for start in range(0, len(wanted), PIECE):
        rows = model.objects.filter(handle__in=wanted[start : start + PIECE])
        found |= dict(rows.values_list("handle", "holder__subject_id"))
    return found


@source("presence", title="Who was counted as inside", by=(DOOR,))
def presence(exposure: Exposure) -> Mapping[UUID, int]:
    """Whose last passage was known before it ended."""
    rows = Presence.objects.filter(at__lt=exposure.ends, holder__subject__destroyed_at=None)
    if (chosen := exposure.at(DOOR)) is not None:
        rows = rows.filter(area__doors__in=chosen).distinct()
    return dict.fromkeys(rows.values_list("holder__subject_id", flat=True), 1)


@source("grants", title="Who may pass which doors", by=(DOOR,))
def grants(exposure: Exposure) -> Mapping[UUID, int]:
    """Those who could pass, by the levels as they are now."""
    rows = AccessGrant.objects.filter(created_at__lt=exposure.ends, holder__subject__destroyed_at=None)
    if (chosen := exposure.at(DOOR)) is not None:
        rows = rows.filter(level__rules__access_point__door__in=chosen).distinct()
    return dict.fromkeys(rows.values_list("holder__subject_id", flat=True), 1)


@source("alarms", title="Alarms about people")
def alarms(exposure: Exposure) -> Mapping[UUID, int]:
    """Found before it ended."""
    rows = Alarm.objects.filter(found_at__lt=exposure.ends, holder__subject__destroyed_at=None)
    counted = rows.order_by().values_list("holder__subject_id").annotate(rows=Count("pk"))
    return {subject: many for subject, many in counted if subject is not None}
