"""A host invites one guest from the wallet: by the clock of the site, and once however often it is sent."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction

from access.models import Site
from credentials.models import Holder
from operators.services.throttling import Limit, take
from visitors.models import OPEN_STATES, Visit, VisitType
from visitors.refusals import Refused
from visitors.services.hosting import check_host
from visitors.services.inviting import invite, tidy
from visitors.services.planning import Guest, Plan

INVITED: Final = Limit("host_invites", 60, dt.timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Wish:
    """What the phone sends. `begins` is a time on the site's clock, without a zone."""

    guest: Guest
    type: uuid.UUID
    site: int
    begins: dt.datetime
    minutes: int
    subject: str = field(default="", repr=False)


@transaction.atomic
def invite_one(*, host: Holder, wish: Wish) -> Visit:
    """Plan the visit and let the guest know; sent again, it is the visit that was planned before.

    Raises Refused: not_a_host, host_left, no_such_type, no_such_site, email_wrong, too_many_invitations, and
    what inviting raises.
    """
    # One after the other for one host: what is sent twice at once finds the first one's visit.
    host = Holder.objects.select_for_update(of=("self",)).select_related("subject").get(pk=host.pk)
    check_host(host)
    plan = _plan(host, wish)
    try:
        guest = tidy(wish.guest)
    except ValidationError:
        raise Refused("email_wrong", "This is no mail address.", status=422) from None
    known = _planned_before(host, guest, plan)
    if known is not None:
        return known
    if not take(INVITED, str(host.handle)):
        text = "You have invited often today. Ask the reception to invite more."
        raise Refused("too_many_invitations", text, status=429, retry=True)
    (visit,) = invite(guests=[guest], plan=plan, by=f"holder:{host.handle}")
    return visit


def _plan(host: Holder, wish: Wish) -> Plan:
    kind = VisitType.objects.filter(pk=wish.type, archived_at=None).first()
    if kind is None:
        raise Refused("no_such_type", "This type of visit is not offered any more.", status=422)
    site = Site.objects.filter(pk=wish.site).first()
    if site is None:
        raise Refused("no_such_site", "There is no such site.", status=422)
    begins = wish.begins.replace(tzinfo=ZoneInfo(site.time_zone)).astimezone(dt.UTC)
    ends = begins + dt.timedelta(minutes=wish.minutes)
    return Plan(type=kind, site=site, begins=begins, ends=ends, host=host, subject=wish.subject)


def _planned_before(host: Holder, guest: Guest, plan: Plan) -> Visit | None:
    same = Visit.objects.filter(
        host=host, site=plan.site, begins=plan.begins, ends=plan.ends, state__in=OPEN_STATES
    )
    for visit in same.select_related("holder__subject", "site", "type"):
        if (visit.holder.name, visit.holder.email.casefold()) == (guest.name, guest.email.casefold()):
            return visit
    return None
