"""Somebody comes to a kiosk: expected with a code, expected by name, or not announced; and goes on there.

Locks in this order: the visitor's holder row, the visit's, the arrival's. A kiosk has one arrival at a time
and a visit has one, too: a code given at a second kiosk ends what was begun at the first.
"""

import datetime as dt
import zoneinfo
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from credentials.models import Holder, HolderKind, HolderState
from credentials.names import holder_names
from credentials.services.holders import email_index
from ledger import services as ledger
from operators.services.throttling import Limit, give_back, take
from vault.names import fold
from visitors.arrival_facts import PROVEN, Reads, Standing, is_known, needs_a_person, standing_at
from visitors.arrival_steps import BEFORE, Stage
from visitors.models import Arrival, Flow, Kiosk, Visit, VisitState, VisitType
from visitors.refusals import Refused, not_now
from visitors.services import codes
from visitors.services.moving import (
    admit_held,
    arrive,
    arrive_held,
    cancel,
    compare,
    locked,
    locked_by,
)
from visitors.services.planning import Guest, Plan, plan_visit

WINDOW: Final = dt.timedelta(minutes=15)
# Of one kiosk. A right code gives its try back: a queue at nine is no guessing.
CODES: Final = Limit("kiosk_codes", 20, WINDOW)
NAMES: Final = Limit("kiosk_names", 40, WINDOW)
WALK_INS: Final = Limit("kiosk_walk_ins", 120, WINDOW)
SEEN: Final = dt.timedelta(seconds=30)  # how exactly it is kept when a kiosk last spoke of an arrival
SILENT: Final = dt.timedelta(minutes=10)
KEPT: Final = dt.timedelta(days=1)
NAMED: Final = "visitors.named"
_LOCK: Final = 72  # advisory: a mail address that is given at a kiosk
_FORGOTTEN: Final = {"bind_hash": None, "bind_until": None, "digits": ""}


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody who was not announced says of themselves and of whom they visit."""

    type: UUID
    host: UUID
    name: str = field(repr=False)
    email: str = field(default="", repr=False)
    firm: str = field(default="", repr=False)


def demand(limit: Limit, kiosk: Kiosk) -> None:
    """Count one try at this kiosk. Raises Refused("too_many_tries")."""
    if not take(limit, kiosk.actor):
        raise Refused(
            "too_many_tries", "Too many tries. Please ask at the reception.", status=429, retry=True, wait=900
        )


def visit_here(kiosk: Kiosk, typed: str) -> Visit:
    """The open visit at this kiosk's site whose code was given; must not run inside a transaction.

    Raises Refused: code_wrong, code_exhausted, too_many_tries, wrong_site.
    """
    demand(CODES, kiosk)
    visit = codes.find(typed)
    give_back(CODES, kiosk.actor)
    if visit.site_id != kiosk.site_id:
        raise Refused("wrong_site", "This visit is at another site. Please ask at the reception.")
    return visit


def begin_with_code(*, kiosk: Kiosk, language: str, code: str) -> Standing:
    """Somebody is expected and gave the code from their mail; must not run inside a transaction.

    Raises Refused: code_wrong, code_exhausted, too_many_tries, wrong_site, too_early, visit_not_open.
    """
    visit = visit_here(kiosk, code)
    _end_former(kiosk)
    with transaction.atomic():
        row = locked(visit)
        if not row.is_open:
            raise not_now(row.get_state_display().lower())
        if timezone.now() < row.opens:
            raise Refused("too_early", "This visit begins later. Please ask at the reception.")
        _end_elsewhere(row)
        return settle(_begin(kiosk, Flow.EXPECTED, language, row, [PROVEN]))


def begin_by_name(*, kiosk: Kiosk, language: str, name: str, day: dt.date) -> Standing:
    """Somebody is expected and has no code: they wait, and whoever is to admit them is told if they are.

    Says the same in any case, and as fast: what follows of a name is done out of the kiosk's hearing, by
    `follow_name`. Raises Refused("too_many_tries").
    """
    demand(NAMES, kiosk)
    _end_former(kiosk)
    with transaction.atomic():
        found = _expected(kiosk, name, day)
        arrival = _begin(kiosk, Flow.EXPECTED, language, None, [])
        ledger.emit(NAMED, {"arrival": str(arrival.pk), "visit": str(found.pk) if found else None})
        return standing_at(arrival)


@transaction.atomic
def follow_name(*, arrival: UUID, visit: UUID) -> None:
    """The visit whose visitor's name was given at a kiosk: they stand at reception, if it may be now.

    Nothing where they walked away, or the name was given at another kiosk as well and that was faster.
    """
    found = Visit.objects.filter(pk=visit).first()
    row = None if found is None else locked(found)
    here = Arrival.objects.select_for_update(of=("self",)).select_related("kiosk")
    held = here.filter(pk=arrival, visit=None, ended_at=None).first()
    if row is None or held is None or not _may_wait(row):
        return
    Arrival.objects.filter(pk=held.pk).update(visit=row)
    arrive(visit=row, by=held.kiosk.actor, kiosk=held.kiosk.handle)


def begin_walk_in(*, kiosk: Kiosk, language: str, told: Told) -> Standing:
    """Somebody was not announced.

    Nobody has proved the mail address: one that is a present person's is not looked at, so that nothing is
    said about them and nothing of theirs changes. Raises Refused: too_many_tries, type_unknown, host_unknown,
    email_invalid, and as planning.plan_visit.
    """
    demand(WALK_INS, kiosk)
    _end_former(kiosk)
    kind = VisitType.objects.filter(pk=told.type, walk_in=True, archived_at=None).first()
    if kind is None:
        raise Refused("type_unknown", "This is not offered here. Please begin again.", status=422)
    host = staff(told.host)
    if host is None:
        raise Refused("host_unknown", "This person is not here any more. Choose another one.", status=422)
    begins = timezone.now()
    plan = Plan(
        type=kind,
        site=kiosk.site,
        host=host,
        begins=begins,
        ends=begins + dt.timedelta(minutes=kind.length_minutes),
        walk_in=True,
    )
    with transaction.atomic():
        visit = _waiting_already(kiosk, told) or _plan(kiosk, language, told, plan)
        return settle(_begin(kiosk, Flow.WALK_IN, language, locked(visit), []))


def _plan(kiosk: Kiosk, language: str, told: Told, plan: Plan) -> Visit:
    email = told.email.strip()
    if email:
        check_email(email)
        _one_at_a_time(email)
        email = "" if _present(email).exists() else email
    guest = Guest(told.name, email, told.firm, language)
    try:
        with transaction.atomic():
            return plan_visit(guest=guest, plan=plan, by=kiosk.actor)
    except ValidationError:
        raise invalid() from None


def check_email(email: str) -> None:
    """Raises Refused("email_invalid")."""
    try:
        validate_email(email)
    except ValidationError:
        raise Refused("email_invalid", "This is no mail address.", status=422) from None


def invalid() -> Refused:
    """What was typed cannot be kept."""
    return Refused("details_invalid", "Please check what you typed.", status=422)


def _one_at_a_time(email: str) -> None:
    """Of two kiosks at which the same address is given at once, the second sees what the first one made."""
    number = int.from_bytes((email_index(email) or b"")[:4], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, number])


def _present(email: str) -> QuerySet[Holder]:
    return Holder.objects.exclude(state=HolderState.OFFBOARDED).filter(email_index=email_index(email))


def _waiting_already(kiosk: Kiosk, told: Told) -> Visit | None:
    """Their own visit, where a kiosk that was reloaded has forgotten them: it waits and no kiosk has it."""
    if not told.email.strip():
        return None
    waiting = Visit.objects.filter(
        holder__in=_present(told.email.strip()),
        state=VisitState.EXPECTED,
        walk_in=True,
        site=kiosk.site,
        type=told.type,
        host=told.host,
    ).exclude(arrivals__in=Arrival.objects.filter(ended_at=None))
    found, name = waiting.select_related("holder__subject"), fold(told.name)
    return next((one for one in found if fold(one.holder.name) == name), None)


def staff(pk: UUID) -> Holder | None:
    """Somebody whom one can visit; None for everybody else, and who left."""
    return Holder.objects.filter(
        pk=pk, state=HolderState.ACTIVE, kind__in=(HolderKind.EMPLOYEE, HolderKind.CONTRACTOR)
    ).first()


def _expected(kiosk: Kiosk, name: str, day: dt.date) -> Visit | None:
    zone = zoneinfo.ZoneInfo(kiosk.site.time_zone)
    first = dt.datetime.combine(day, dt.time(), zone)
    last = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    coming = Visit.objects.filter(
        site=kiosk.site,
        state__in=(VisitState.INVITED, VisitState.EXPECTED),
        walk_in=False,
        begins__gte=first,
        begins__lt=last,
    ).exclude(arrivals__in=Arrival.objects.filter(ended_at=None))
    rows = list(coming.select_related("holder").order_by("begins", "handle"))
    names = holder_names.names({row.holder.handle for row in rows})
    wanted = fold(name)
    return next((row for row in rows if fold(names.get(row.holder.handle, "")) == wanted), None)


def _may_wait(row: Visit) -> bool:
    now = timezone.now()
    here = row.state in {VisitState.INVITED, VisitState.EXPECTED} and row.opens <= now < row.closes
    return here and not row.arrivals.filter(ended_at=None).exists()


def _begin(kiosk: Kiosk, flow: Flow, language: str, visit: Visit | None, notes: list[str]) -> Arrival:
    now = timezone.now()
    arrival = Arrival(
        kiosk=kiosk, flow=flow, visit=visit, language=language, begun_at=now, seen_at=now, notes=notes
    )
    try:
        with transaction.atomic():
            arrival.save(force_insert=True)
    except IntegrityError as error:
        if "one_arrival_at_a_kiosk" not in str(error):
            raise
        raise Refused("kiosk_busy", "This was begun twice at once. Please try again.", retry=True) from None
    return arrival


def held(kiosk: Kiosk, pk: UUID) -> Arrival:
    """The open arrival of this kiosk, locked with its visit and its visitor until the transaction ends.

    Raises Refused: no_such_arrival, arrival_over.
    """
    found = _mine(kiosk, pk).values_list("visit", "visit__holder").first()
    if found is None:
        raise _nothing()
    visit = None if found[0] is None else locked_by(*found)
    row = Arrival.objects.select_for_update(of=("self",)).select_related("device").get(pk=pk)
    if row.ended_at is not None:
        raise Refused("arrival_over", "This was ended. Please begin again.")
    row.kiosk, row.visit = kiosk, visit
    if timezone.now() - row.seen_at > SEEN:
        row.seen_at = timezone.now()
        row.save(update_fields=["seen_at"])
    return row


def _of(kiosk: Kiosk, pk: UUID) -> Arrival:
    rows = _mine(kiosk, pk).select_related(
        "visit__holder__subject", "visit__host", "visit__site", "visit__type", "visit__device", "device"
    )
    found = rows.first()
    if found is None:
        raise _nothing()
    found.kiosk = kiosk
    return found


def _mine(kiosk: Kiosk, pk: UUID) -> QuerySet[Arrival]:
    return Arrival.objects.filter(pk=pk, kiosk=kiosk).exclude(flow=Flow.LEAVING)


def _nothing() -> Refused:
    return Refused("no_such_arrival", "There is nothing to go on with. Please begin again.", status=404)


def look(*, kiosk: Kiosk, arrival: UUID) -> Standing:
    """How it stands; whoever waits for nothing any more is let in. Raises Refused("no_such_arrival")."""
    found = _of(kiosk, arrival)
    if found.ended_at is not None:
        return standing_at(found)
    if timezone.now() - found.seen_at > SEEN:
        Arrival.objects.filter(pk=found.pk, ended_at=None).update(seen_at=timezone.now())
    standing = standing_at(found)
    if standing.course.stage is not Stage.WAITING or not _may_go_in(standing):
        return standing
    with transaction.atomic():
        return settle(held(kiosk, arrival))


def demand_step(kiosk: Kiosk, pk: UUID) -> Standing:
    """The open arrival, locked, of somebody who may do steps. Raises Refused as `held`, and no_step."""
    standing = standing_at(held(kiosk, pk))
    if standing.course.stage not in {Stage.STEPS, Stage.DONE}:
        raise Refused("no_step", "There is nothing to do here at the moment.")
    return standing


def note(arrival: Arrival, *words: str) -> None:
    """Remember what was said here, in the caller's transaction."""
    arrival.notes = [*arrival.notes, *(word for word in words if word not in arrival.notes)]
    arrival.save(update_fields=["notes"])


def settle(arrival: Arrival, reads: Reads | None = None) -> Standing:
    """After a step: whoever has done what comes first stands at reception, and who is expected is let in.

    The arrival's visit is held by the caller, who gives `reads` where the step has changed nothing of these.
    """
    standing = standing_at(arrival, reads)
    visit, kiosk = standing.visit, arrival.kiosk
    if visit is None or standing.course.stage is not Stage.WAITING or not is_known(arrival):
        return standing
    compare(visit)
    if _may_go_in(standing):
        admit_held(visit, by=kiosk.actor, kiosk=kiosk.handle)
        return standing_at(arrival, standing.reads)  # nothing that was read has changed by it
    if not visit.waits:
        arrive_held(visit, by=kiosk.actor, kiosk=kiosk.handle)
    return standing


def _may_go_in(standing: Standing) -> bool:
    proven = PROVEN in standing.arrival.notes
    left = any(step in BEFORE for step in standing.course.open)
    return proven and not left and not needs_a_person(standing)


def end(*, kiosk: Kiosk, arrival: UUID) -> None:
    """Done, or walked away. A second time does nothing. Raises Refused("no_such_arrival")."""
    _finish(_of(kiosk, arrival), "ended")


def end_silent(*, now: dt.datetime) -> int:
    """End what no kiosk speaks of for ten minutes, and drop what ended a day ago. Returns how many ended."""
    silent = Arrival.objects.filter(ended_at=None, seen_at__lte=now - SILENT).select_related("visit", "kiosk")
    count = sum(_finish(one, "silent") for one in silent.order_by("seen_at")[:500])
    Arrival.objects.filter(ended_at__lte=now - KEPT).delete()
    return count


def _end_former(kiosk: Kiosk) -> None:
    for one in Arrival.objects.filter(kiosk=kiosk, ended_at=None).select_related("visit"):
        one.kiosk = kiosk
        _finish(one, "next")


def _end_elsewhere(visit: Visit) -> None:
    visit.arrivals.filter(ended_at=None).update(ended_at=timezone.now(), outcome="elsewhere", **_FORGOTTEN)


@transaction.atomic
def _finish(arrival: Arrival, outcome: str) -> bool:
    """End it; somebody not announced who left before all was told has never been here."""
    walked_in = arrival.flow == Flow.WALK_IN
    # Of nobody else: it would take longer where a name led to a visit.
    row = locked(arrival.visit) if walked_in and arrival.visit is not None else None
    ended = Arrival.objects.filter(pk=arrival.pk, ended_at=None).update(
        ended_at=timezone.now(), outcome=outcome, **_FORGOTTEN
    )
    left = row is not None and row.walk_in and row.arrived_at is None and row.state == VisitState.EXPECTED
    if ended and row is not None and left:
        cancel(visit=row, by=arrival.kiosk.actor)
    return bool(ended)
