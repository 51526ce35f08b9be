"""A visit moves: accepted, arrived, admitted, extended, and ended in one of four ways. Each is a deed.

Rights exist from admission to the end and no longer. The visitor's holder row is locked first, as all deeds
on one person lock it, then the visit's.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access.models import AccessLevel
from access.services import grant_level, withdraw_grant
from compliance.law import Purpose
from compliance.selectors import consent_in_force
from compliance.services.consents import withdraw
from credentials.models import LIVE_CREDENTIAL_STATES, Device, DeviceState, Holder, HolderKind, HolderState
from credentials.services import (
    doubt_device,
    offboard_holder,
    revoke_day_pass,
    revoke_device,
    vouch_device,
)
from credentials.services.consents import person_of
from ledger import services as ledger
from visitors.models import OPEN_STATES, Visit, VisitGrant, VisitPhoto, VisitState, Way
from visitors.models.types import LONGEST_MINUTES
from visitors.models.visits import LinkPurpose
from visitors.refusals import Refused, no_such_visit, not_now
from visitors.services.planning import fit_credential
from visitors.services.watching import look_up, tell_again
from visitors.signals import visit_admitted, visit_arrived, visit_ended
from visitors.states import VERBS, may_go

_log = logging.getLogger(__name__)


def locked(visit: Visit) -> Visit:
    """The visit as it stands, its holder's row and its own locked until the transaction ends."""
    return locked_by(visit.pk, visit.holder_id)


def locked_by(pk: UUID, holder: UUID) -> Visit:
    """The same, where no more than its key and its holder's are known."""
    Holder.objects.select_for_update(of=("self",)).values_list("pk").get(pk=holder)
    rows = Visit.objects.select_for_update(of=("self",))
    held = rows.select_related("holder__subject", "host", "type", "site").filter(pk=pk).first()
    if held is None:
        raise no_such_visit()
    return held


@transaction.atomic
def accept_visit(*, visit: Visit, by: str) -> Visit:
    """The visitor has opened the invitation and means to come. A second time does nothing."""
    row = locked(visit)
    if row.state == VisitState.INVITED:
        _move(row, VisitState.EXPECTED, by)
        row.save(update_fields=["state", "changed_at"])
    return row


@transaction.atomic
def arrive(*, visit: Visit, by: str, kiosk: int | None = None) -> Visit:
    """The visitor stands at reception; whoever admits them is told. A second time does nothing.

    Raises Refused: visit_not_open, too_early, visit_over.
    """
    row = locked(visit)
    if row.state != VisitState.ON_SITE and not row.waits:
        compare(row)
        arrive_held(row, by=by, kiosk=kiosk)
    return row


def arrive_held(row: Visit, *, by: str, kiosk: int | None) -> None:
    """The same of a visit that the caller holds and has compared, and that has not arrived."""
    _check_open(row)
    row.arrived_at, row.kiosk = timezone.now(), kiosk
    row.save(update_fields=["arrived_at", "kiosk", "changed_at"])
    _record_arrival(row, by)
    tell_again(row)
    visit_arrived.send(sender=Visit, visit=row, by=by)


def admit(*, visit: Visit, by: str) -> Visit:
    """Let the visitor in: from now to the end with its grace the type's levels are theirs, unless escorted.

    The name is compared with the watch list as it stands now. A second time does nothing. Raises Refused:
    visit_not_open, too_early, visit_over, visitor_barred, reception_admits.
    """
    compare_now(visit)
    return _admit(visit, by)


@transaction.atomic
def compare_now(visit: Visit) -> None:
    """Compare a visitor who is to be let in with the watch list; kept also where they are not let in then."""
    compare(locked(visit))


def compare(row: Visit) -> None:
    """The same of a visit that the caller holds.

    Whoever was compared when they arrived, and has the same name since, is not compared again.
    """
    known = row.arrived_at is not None and row.holder.changed_at < row.arrived_at
    if row.is_open and row.state != VisitState.ON_SITE and not known:
        look_up(row)


@transaction.atomic
def _admit(visit: Visit, by: str) -> Visit:
    row = locked(visit)
    if row.state != VisitState.ON_SITE:
        admit_held(row, by=by)
    return row


def admit_held(row: Visit, *, by: str, kiosk: int | None = None) -> None:
    """Let in the visitor of a visit that the caller holds and has compared, and that is not under way.

    `kiosk` is where they stand, if this is their arrival, too: then nobody is told that they wait. Raises
    Refused as `admit`, and whatever is written by then is the caller's to take back.
    """
    _check_open(row)
    if row.holder.state != HolderState.ACTIVE:
        raise Refused("visitor_barred", "This visitor is suspended or was off-boarded.")
    if row.arrived_at is None and kiosk is not None:
        _record_arrival(row, by)
    _move(row, VisitState.ON_SITE, by)
    row.admitted_at, row.admitted_by = timezone.now(), by
    if row.arrived_at is None:
        row.arrived_at, row.kiosk = row.admitted_at, kiosk
        tell_again(row)
    row.save(update_fields=["state", "admitted_at", "admitted_by", "arrived_at", "kiosk", "changed_at"])
    _grant(row, [] if row.type.escort else row.type.levels.order_by("pk"), by)
    visit_admitted.send(sender=Visit, visit=row, by=by)


@transaction.atomic
def choose_way(*, visit: Visit, way: Way, by: str, device: Device | None = None) -> Visit:
    """How the visitor gets through doors; with PHONE this phone is confirmed as theirs, and no other stays.

    With another way no phone opens a door until it is confirmed again: it may be the one that was lost.

    Raises Refused: way_not_offered, not_their_phone, visit_not_open.
    """
    row = locked(visit)
    choose_way_held(row, way=way, by=by, device=device)
    return row


def choose_way_held(row: Visit, *, way: Way, by: str, device: Device | None = None) -> None:
    """The same of a visit that the caller holds."""
    if row.state not in {VisitState.INVITED, VisitState.EXPECTED, VisitState.ON_SITE}:
        raise not_now(row.get_state_display().lower())
    if way.value not in row.type.ways_in:
        raise Refused("way_not_offered", "This visit does not offer that.")
    if device is not None:
        _confirm_phone(row, device, by)
    elif way != Way.PHONE:
        _doubt_phones(row.holder, by)
    row.way, row.device = way.value, device
    row.save(update_fields=["way", "device", "changed_at"])
    data = {"way": way.value} | ({"device": device.handle} if device else {})
    ledger.record(actor=by, verb="visit_way_chosen", subject_kind="visit", handle=row.handle, data=data)


@transaction.atomic
def extend(*, visit: Visit, ends: dt.datetime, by: str) -> Visit:
    """Let a visit end later (or sooner): grants, credential and link follow.

    One that is under way keeps the levels and the grace with which it began, whatever became of its type.

    A day pass that does not fit any more is over, and reception gives a new one; one that ends before the
    visit opens doors until then.

    Raises Refused: visit_not_open, window_over, window_empty, window_too_long.
    """
    row = locked(visit)
    if not row.is_open:
        raise not_now(row.get_state_display().lower())
    if ends <= row.begins:
        raise Refused("window_empty", "The end must be after the beginning.", status=422)
    if ends <= timezone.now():
        raise Refused("window_over", "This time is over.", status=422)
    if ends - row.begins > dt.timedelta(minutes=LONGEST_MINUTES):
        raise Refused("window_too_long", "A visit lasts 31 days at most.", status=422)
    inside = row.state == VisitState.ON_SITE
    grace = row.closes - row.ends if inside else dt.timedelta(minutes=row.type.grace_after)
    row.ends, row.closes = ends, ends + grace
    row.save(update_fields=["ends", "closes", "changed_at"])
    data = {"until": int(ends.timestamp())}
    ledger.record(actor=by, verb="visit_extended", subject_kind="visit", handle=row.handle, data=data)
    fit_credential(holder=row.holder, by=by)
    row.links.filter(purpose=LinkPurpose.PREPARE).update(expires_at=row.closes)
    if inside:
        # The new ones first: rights that were gone for a moment would take every code and pass with them.
        former = list(VisitGrant.objects.filter(visit=row).select_related("grant__level").order_by("pk"))
        _grant(row, [held.grant.level for held in former], by)
        _withdraw(former, by)
    return drop_unfit_pass(row, by)


@transaction.atomic
def drop_unfit_passes(*, credential: int, by: str) -> None:
    """End the day passes of visits under way that were made for this credential, which is no more."""
    for visit in Visit.objects.filter(day_pass__credential=credential, state__in=OPEN_STATES):
        row = locked(visit)
        if row.is_open:
            drop_unfit_pass(row, by)


def drop_unfit_pass(row: Visit, by: str) -> Visit:
    """End the day pass of a locked visit where no door takes it any more or it would outlast the visit.

    The visit is without a pass then, and reception is told to give a new one: see `wants_pass`.
    """
    held = row.day_pass
    if held is None:
        return row
    live = row.holder.credentials.filter(pk=held.credential_id, state__in=LIVE_CREDENTIAL_STATES).exists()
    if live and held.ends <= row.closes:
        return row
    revoke_day_pass(day_pass=held, by=by)
    row.day_pass = None
    row.save(update_fields=["day_pass", "changed_at"])
    return row


def sign_out(*, visit: Visit, by: str) -> Visit:
    """The visitor leaves: nothing of this visit opens any more. A second time does nothing."""
    return _end(visit, VisitState.SIGNED_OUT, by)


def refuse(*, visit: Visit, by: str) -> Visit:
    """The visitor is not let in. Raises Refused("visit_not_open") where they are in or gone already."""
    return _end(visit, VisitState.REFUSED, by)


def cancel(*, visit: Visit, by: str) -> Visit:
    """The visit does not take place. Raises Refused("visit_not_open") where it has begun or is over."""
    return _end(visit, VisitState.CANCELLED, by)


@transaction.atomic
def end_all(*, holder: Holder, by: str) -> None:
    """End every open visit of a holder: who is in is signed out, what was to come does not take place."""
    for visit in Visit.objects.filter(holder=holder, state__in=OPEN_STATES).order_by("begins", "handle"):
        (sign_out if visit.state == VisitState.ON_SITE else cancel)(visit=visit, by=by)


def expire_due(*, now: dt.datetime, most: int = 500) -> int:
    """End visits whose grace is over; the doors are shut by the clock already. Returns how many."""
    due = Visit.objects.filter(state__in=OPEN_STATES, closes__lte=now).order_by("closes")[:most]
    return sum(_expire(visit, now) for visit in due)


def _expire(visit: Visit, now: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            row = locked(visit)
            if not row.is_open or row.closes > now:  # ended or extended between our look and the lock
                return False
            _end(row, VisitState.EXPIRED, "system")
    except Exception:  # noqa: BLE001 - one that trips the server must not hold up the others
        _log.exception("visit %s did not expire", visit.handle)
        return False
    return True


@transaction.atomic
def _end(visit: Visit, state: VisitState, by: str) -> Visit:
    row = locked(visit)
    if row.state == state:
        return row
    _move(row, state, by)
    row.ended_at, row.ended_by = timezone.now(), by
    row.code_locator, row.code_hash = "", None
    row.save(update_fields=["state", "ended_at", "ended_by", "code_locator", "code_hash", "changed_at"])
    row.links.filter(used_at=None).update(used_at=row.ended_at)
    _withdraw(VisitGrant.objects.filter(visit=row), by)
    if row.day_pass is not None:
        revoke_day_pass(day_pass=row.day_pass, by=by)
    VisitPhoto.objects.filter(visit=row).delete()
    if Visit.objects.filter(holder=row.holder, state__in=OPEN_STATES).exists():
        _leave_for_now(row, by)
        fit_credential(holder=row.holder, by=by)
    elif row.holder.kind == HolderKind.VISITOR:
        offboard_holder(holder=row.holder, by=by)  # phones, credential, consents and with them the face
    visit_ended.send(sender=Visit, visit=row, state=state, by=by)
    return row


def _move(row: Visit, state: VisitState, by: str) -> None:
    if not may_go(row.state, state):
        raise not_now(row.get_state_display().lower())
    ledger.record(
        actor=by, verb=VERBS[state], subject_kind="visit", handle=row.handle, data={"from": str(row.state)}
    )
    row.state = state


def _record_arrival(row: Visit, by: str) -> None:
    ledger.record(actor=by, verb="visit_arrived", subject_kind="visit", handle=row.handle)


def _check_open(row: Visit) -> None:
    now = timezone.now()
    if not row.is_open:
        raise not_now(row.get_state_display().lower())
    if now < row.opens:
        raise Refused("too_early", "This visit begins later.")
    if now >= row.closes:
        raise Refused("visit_over", "The time of this visit is over.")


def _grant(row: Visit, levels: Iterable[AccessLevel], by: str) -> None:
    for level in levels:
        grant = grant_level(
            holder=row.holder, level=level, valid_from=row.opens, valid_until=row.closes, by=by
        )
        VisitGrant.objects.create(visit=row, grant=grant)


def _withdraw(former: Iterable[VisitGrant], by: str) -> None:
    for held in former:
        withdraw_grant(grant=held.grant, by=by)


def _confirm_phone(row: Visit, device: Device, by: str) -> None:
    if device.holder_id != row.holder_id or device.state == DeviceState.REVOKED:
        raise Refused("not_their_phone", "This phone is not enrolled for this visitor.")
    others = row.holder.devices.exclude(pk=device.pk).exclude(state=DeviceState.REVOKED)
    for other in others.order_by("handle"):
        revoke_device(device=other, reason="replaced", by=by)
    vouch_device(device=device, by=by)


def _leave_for_now(row: Visit, by: str) -> None:
    """Visits to come begin anew: no face is kept until then, and the phone is confirmed at the next one."""
    if Visit.objects.filter(holder=row.holder, state=VisitState.ON_SITE).exists():
        return  # another one is under way, and both are for that
    _forget_face(row, by)
    if row.admitted_at is None:
        return
    _doubt_phones(row.holder, by)


def _doubt_phones(holder: Holder, by: str) -> None:
    for device in holder.devices.filter(state=DeviceState.ACTIVE).order_by("handle"):
        doubt_device(device=device, by=by)


def _forget_face(row: Visit, by: str) -> None:
    """Faces are for one visit: the next one of a series asks anew."""
    consent = consent_in_force(row.holder.subject_id, Purpose.FACE)
    if consent is not None:
        withdraw(person=person_of(row.holder), record=consent.pk, by=by)
