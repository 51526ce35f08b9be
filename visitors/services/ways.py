"""How a visitor who was let in gets through doors: their phone, a day pass with its PIN, or an escort."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from credentials.day_pass_pdf import day_pass_pdf
from credentials.models import DeviceState
from credentials.services import revoke_day_pass, revoke_device
from credentials.services.day_passes import IssuedDayPass
from ledger import services as ledger
from visitors.arrival_facts import BADGE, Standing
from visitors.arrival_steps import Step
from visitors.badge_pdf import badge_pdf
from visitors.models import BadgeSize, Kiosk, Visit, VisitState, Way
from visitors.refusals import Refused
from visitors.services.arrivals import demand_step, note, settle
from visitors.services.binding import offer
from visitors.services.moving import choose_way_held
from visitors.services.passes import issue_for


@dataclass(frozen=True, slots=True)
class Chosen:
    """How it stands, and the PIN of a pass that was made now: it is shown once and kept nowhere."""

    standing: Standing
    issued: IssuedDayPass | None = field(default=None, repr=False)


@transaction.atomic
def take_way(*, kiosk: Kiosk, arrival: UUID, way: Way) -> Chosen:
    """Choose a way; another one may be chosen after it.

    A day pass that is chosen again is a new one with a new PIN, and the one before is over: the PIN may have
    been lost on the way. Raises Refused: not_admitted, way_not_offered, no_credential, and as
    arrivals.demand_step.
    """
    standing, row = _inside(kiosk, arrival)
    choose_way_held(row, way=way, by=kiosk.actor)
    if row.day_pass is not None:
        revoke_day_pass(day_pass=row.day_pass, by=kiosk.actor)
        row.day_pass = None
    issued = issue_for(row, by=kiosk.actor) if way == Way.DAY_PASS else None
    row.day_pass = None if issued is None else issued.day_pass
    row.save(update_fields=["day_pass", "changed_at"])
    return Chosen(settle(standing.arrival, standing.reads), issued)


@transaction.atomic
def offer_phone(*, kiosk: Kiosk, arrival: UUID) -> tuple[str, int]:
    """The address that a phone scans, and for how many seconds it holds.

    Raises Refused: phone_held where one was scanned whose digits nobody has compared yet; not_admitted,
    way_not_offered, and as arrivals.demand_step.
    """
    standing, visit = _inside(kiosk, arrival)
    if Way.PHONE.value not in visit.type.ways_in:
        raise Refused("way_not_offered", "This visit does not offer that.")
    row = standing.arrival
    if row.device is not None and row.digits and row.device.state != DeviceState.REVOKED:
        raise Refused("phone_held", "A phone was held here. Compare the digits first.", retry=True)
    row.device, row.digits = None, ""
    row.save(update_fields=["device", "digits"])
    return offer(row)


@transaction.atomic
def same_phone(*, kiosk: Kiosk, arrival: UUID, same: bool) -> Standing:
    """Whether both screens show the same digits. If they do the phone is the visitor's; if not it is ended.

    Raises Refused: not_admitted, no_phone, way_not_offered, and as arrivals.demand_step.
    """
    standing, visit = _inside(kiosk, arrival)
    row = standing.arrival
    device = row.device
    if device is None or device.state == DeviceState.REVOKED or device.holder_id != visit.holder_id:
        raise Refused("no_phone", "No phone has been held here yet.", retry=True)
    if same:
        choose_way_held(visit, way=Way.PHONE, by=kiosk.actor, device=device)
        device.refresh_from_db()
    else:
        revoke_device(device=device, reason="holder", by=kiosk.actor)
        row.device = None
    row.digits = ""
    row.save(update_fields=["device", "digits"])
    return settle(row)


@transaction.atomic
def badge_printed(*, kiosk: Kiosk, arrival: UUID) -> Visit:
    """The visit whose badge is to be printed, once more or for the first time.

    Raises Refused: no_badge, not_admitted, and as arrivals.demand_step.
    """
    standing, visit = _inside(kiosk, arrival)
    if Step.BADGE not in standing.course.steps:
        raise Refused("no_badge", "No badge is printed here.")
    if BADGE not in standing.arrival.notes:
        note(standing.arrival, BADGE)
        ledger.record(actor=kiosk.actor, verb="badge_printed", subject_kind="visit", handle=visit.handle)
    return visit


def paper_of(visit: Visit) -> bytes:
    """What is printed, as PDF: the badge, with the code of a day pass on it, or that pass alone."""
    if visit.type.badge == BadgeSize.NONE and visit.day_pass is not None:
        return day_pass_pdf(visit.day_pass)
    return badge_pdf(visit, BadgeSize(visit.type.badge), day_pass=visit.day_pass)


def _inside(kiosk: Kiosk, arrival: UUID) -> tuple[Standing, Visit]:
    standing = demand_step(kiosk, arrival)
    if standing.visit is None or standing.visit.state != VisitState.ON_SITE:
        raise Refused("not_admitted", "Please wait until you are admitted.", retry=True)
    return standing, standing.visit
