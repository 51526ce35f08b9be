"""A host invites from the wallet: by the clock of the site, and once however often it is sent."""

import datetime as dt
import uuid
from collections.abc import Sequence
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
from visitors.repeats import times
from visitors.services.hosting import check_host
from visitors.services.inviting import Time, invite, tidy
from visitors.services.planning import Guest, Plan, check_begins

INVITED: Final = Limit("host_invites", 200, dt.timedelta(days=1))  # visits
REPEATS: Final = ("daily", "weekly")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the phone sends. `begins` is a time on the site's clock, without a zone.

    `repeat` is empty for once; else it goes on, every day or every week, up to the day `until`.
    """

    guests: Sequence[Guest]
    type: uuid.UUID
    site: int
    begins: dt.datetime
    minutes: int
    subject: str = field(default="", repr=False)
    repeat: str = ""
    until: dt.date | None = None


@transaction.atomic
def invite_as_host(*, host: Holder, wish: Wish) -> list[Visit]:
    """Plan the visits and let the guests know; sent again, they are the visits that were planned before.

    Raises Refused: not_a_host, host_left, no_such_type, no_such_site, email_wrong, too_many_invitations, and
    what repeats and inviting raise.
    """
    host = locked_host(host)
    plan = _plan(host, wish)
    moments = _moments(plan, wish)
    try:
        guests = [tidy(guest) for guest in wish.guests]
    except ValidationError:
        raise Refused("email_wrong", "This is no mail address.", status=422) from None
    known = _planned_before(host, plan, moments)
    wanted = [guest for guest in guests if any((_who(guest), time) not in known for time in moments)]
    made: list[Visit] = []
    if wanted:
        made = invite(guests=wanted, plan=plan, by=f"holder:{host.handle}", times=moments)
        count(host, len(made))
    before = [known[_who(guest), time] for guest in guests if guest not in wanted for time in moments]
    return [*before, *made]


def locked_host(host: Holder) -> Holder:
    """One after the other for one host: what is sent twice at once finds the first one's visits.

    Raises Refused: not_a_host, host_left.
    """
    host = Holder.objects.select_for_update(of=("self",)).select_related("subject").get(pk=host.pk)
    check_host(host)
    return host


def count(host: Holder, visits: int) -> None:
    """Raises Refused("too_many_invitations"); what was made before in the transaction is undone by it."""
    if not all(take(INVITED, str(host.handle)) for _ in range(visits)):
        text = "You have invited often today. Ask the reception to invite more."
        raise Refused("too_many_invitations", text, status=429, retry=True)


def kind_of(pk: uuid.UUID) -> VisitType:
    """A type that a host may choose. Raises Refused("no_such_type")."""
    kind = VisitType.objects.filter(pk=pk, archived_at=None).first()
    if kind is None:
        raise Refused("no_such_type", "This type of visit is not offered any more.", status=422)
    return kind


def site_of(pk: int) -> Site:
    """Raises Refused("no_such_site")."""
    site = Site.objects.filter(pk=pk).first()
    if site is None:
        raise Refused("no_such_site", "There is no such site.", status=422)
    return site


def _plan(host: Holder, wish: Wish) -> Plan:
    kind, site = kind_of(wish.type), site_of(wish.site)
    check_begins(wish.begins)
    begins = wish.begins.replace(tzinfo=ZoneInfo(site.time_zone)).astimezone(dt.UTC)
    ends = begins + dt.timedelta(minutes=wish.minutes)
    return Plan(type=kind, site=site, begins=begins, ends=ends, host=host, subject=wish.subject)


def _moments(plan: Plan, wish: Wish) -> list[Time]:
    if not wish.repeat or wish.until is None:
        return [(plan.begins, plan.ends)]
    days = {wish.begins.weekday()} if wish.repeat == "weekly" else set()
    return times(plan.begins, plan.ends, weekdays=days, until=wish.until, zone=plan.site.time_zone)


def _who(guest: Guest) -> tuple[str, str]:
    return guest.name, guest.email.casefold()


def _planned_before(
    host: Holder, plan: Plan, moments: Sequence[Time]
) -> dict[tuple[tuple[str, str], Time], Visit]:
    same = Visit.objects.filter(
        host=host, site=plan.site, begins__in=[begins for begins, _ in moments], state__in=OPEN_STATES
    )
    return {
        ((visit.holder.name, visit.holder.email.casefold()), (visit.begins, visit.ends)): visit
        for visit in same.select_related("holder__subject", "site", "type")
    }
