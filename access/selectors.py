"""Reads for pages: doors with their rules, people's grants, and the record of events."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)

from access.models import (
    AccessEvent,
    AccessGrant,
    AccessLevel,
    AccessPoint,
    AccessRule,
    Alarm,
    AlarmState,
    Area,
    Door,
    Presence,
    Schedule,
    Site,
)
from biometrics.engine.thresholds import Strictness
from credentials.models import Credential, CredentialState, Device, DeviceState, Holder, HolderState
from credentials.paper import DayPass, DayPassState
from ledger.models import LedgerEntry


def doors() -> QuerySet[Door]:
    """All doors with their area, site, schedule and sides."""
    return Door.objects.select_related("area__site", "unlock_schedule").prefetch_related("access_points")


def _inside_count() -> Subquery:
    inside = Presence.objects.filter(area=OuterRef("pk"), inside=True).order_by().values("area")
    return Subquery(inside.annotate(people=Count("pk")).values("people"))


def sites() -> QuerySet[Site]:
    return Site.objects.prefetch_related(
        "special_days",
        Prefetch("areas", Area.objects.annotate(door_count=Count("doors"), inside=_inside_count())),
    )


def people_inside(area: Area, now: dt.datetime, *, barred_only: bool = False) -> QuerySet[Presence]:
    """Who is inside by the record, the newest first, with the holder, and whether they are `barred`: have
    nothing any more that opens a door, so that no code of theirs will take them out either.
    """
    credentials = Credential.objects.filter(holder=OuterRef("holder"), state=CredentialState.ACTIVE)
    valid = credentials.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now))
    phones = Device.objects.filter(holder=OuterRef("holder"), state=DeviceState.ACTIVE)
    passes = DayPass.objects.filter(holder=OuterRef("holder"), state=DayPassState.ACTIVE, ends__gt=now)
    may = Q(Exists(valid), holder__state=HolderState.ACTIVE) & (Q(Exists(phones)) | Q(Exists(passes)))
    inside = Presence.objects.filter(area=area, inside=True)
    marked = inside.annotate(barred=Case(When(may, then=False), default=True, output_field=BooleanField()))
    shown = marked.filter(barred=True) if barred_only else marked
    return shown.select_related("holder__subject").order_by("-at", "pk")


def face_areas() -> QuerySet[Area]:
    """Which areas ask for a face, with their sites."""
    face = Area.RequiredAssurance.CODE_FACE
    return Area.objects.filter(assurance__gte=face).select_related("site")


@dataclass(frozen=True, slots=True)
class FaceWay:
    """What the doors of an area ask of a face, and how people come in without one."""

    area: int  # id
    equal_way: str
    match: Strictness
    challenge: bool  # whether the person is asked to move before the camera


def face_way(access_point: int) -> FaceWay:
    """Of the area behind an access point, by its handle; raises LookupError where no face is asked for."""
    row = Area.objects.filter(doors__access_points__handle=access_point).first()
    if row is None or not row.asks_for_face:
        raise LookupError(f"no face is asked for at access point {access_point}")
    challenge = row.assurance == Area.RequiredAssurance.CODE_FACE_CHALLENGE
    return FaceWay(row.pk, row.equal_way, Strictness(row.face_match), challenge)


def schedules() -> QuerySet[Schedule]:
    return Schedule.objects.annotate(rule_count=Count("rules"))


def levels() -> QuerySet[AccessLevel]:
    rules = AccessRule.objects.select_related("access_point__door__area", "schedule")
    return AccessLevel.objects.annotate(holder_count=Count("grants__holder", distinct=True)).prefetch_related(
        Prefetch("rules", rules)
    )


def grants_of(holder: Holder) -> QuerySet[AccessGrant]:
    return AccessGrant.objects.filter(holder=holder).select_related("level")


def open_alarms() -> int:
    """How many alarms nobody has acknowledged yet."""
    return Alarm.objects.filter(state=AlarmState.OPEN).count()


def alarms_of_readers() -> dict[int, int]:
    """Reader's handle → how many alarms about it are not closed."""
    rows = Alarm.objects.exclude(state=AlarmState.CLOSED).filter(reader__isnull=False)
    return dict(rows.order_by().values_list("reader").annotate(count=Count("id")))


def access_points() -> QuerySet[AccessPoint]:
    return AccessPoint.objects.select_related("door__area__site").order_by("door__name", "side")


@dataclass(frozen=True, slots=True)
class PlaceName:
    """What people call an access point, and the zone its times are told in."""

    door: str
    side: str
    area: str
    site: str
    time_zone: str


def place_names() -> dict[int, PlaceName]:
    """Access point handle → its names."""
    return {
        point.handle: PlaceName(
            door=point.door.name,
            side=point.get_side_display(),
            area=point.door.area.name,
            site=point.door.area.site.name,
            time_zone=point.door.area.site.time_zone,
        )
        for point in access_points()
    }


def credential_holders(handles: Collection[int]) -> dict[int, Holder]:
    """Credential handle → holder, for the rows of a page of events; revoked credentials count too."""
    found = Credential.objects.filter(handle__in=handles).select_related("holder__subject")
    return {credential.handle: credential.holder for credential in found}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What to look for; None means anything. `since` is included, `until` is not."""

    holders: Collection[Holder] | None = None
    door: int | None = None
    reason: str | None = None
    granted: bool | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    before_id: int | None = None


def _matching(wanted: EventFilter) -> Q:
    match = Q()
    if wanted.holders is not None:
        handles = Credential.objects.filter(holder__in=list(wanted.holders)).values("handle")
        match &= Q(credential__in=handles)
    if wanted.door is not None:
        match &= Q(access_point__in=AccessPoint.objects.filter(door=wanted.door).values("handle"))
    simple = {
        "reason": wanted.reason,
        "granted": wanted.granted,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    match &= Q(**{name: value for name, value in simple.items() if value is not None})
    return match if wanted.before_id is None else match & _before(wanted.before_id)


def _before(event: int) -> Q:
    at = AccessEvent.objects.filter(pk=event).values_list("at", flat=True).first()
    return Q(id__lt=event) if at is None else Q(at__lt=at) | Q(at=at, id__lt=event)


def events(wanted: EventFilter) -> QuerySet[AccessEvent]:
    """Matching events, newest first: by when they happened, since a reader that was cut off tells late.

    Page by `before_id`: offsets would read what they skip.
    """
    found = AccessEvent.objects.filter(_matching(wanted)).defer("facts", "leaf", "code_hash")
    return found.order_by("-at", "-id")


def last_replay() -> LedgerEntry | None:
    """The deed of the last nightly re-run of decisions: `events`, `different`, `which`, `last`."""
    return (
        LedgerEntry.objects.filter(verb="decisions_replayed", actor="system").order_by("-at", "-id").first()
    )


@dataclass(frozen=True, slots=True)
class Tally:
    granted: int
    refused: int


def tally(*, since: dt.datetime, until: dt.datetime) -> Tally:
    counted = AccessEvent.objects.filter(at__gte=since, at__lt=until).aggregate(
        opened=Count("id", filter=Q(granted=True)), turned_away=Count("id", filter=Q(granted=False))
    )
    return Tally(granted=counted["opened"], refused=counted["turned_away"])
