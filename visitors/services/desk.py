"""What reception does beyond letting in: a pass on paper, an undo, and everybody out at closing."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from access.models import Site
from credentials.models import HolderState
from credentials.services import revoke_day_pass
from credentials.services.day_passes import IssuedDayPass
from ledger import services as ledger
from ledger.models import LedgerEntry
from operators.models import Operator
from vault.fields import ERASED
from visitors.models import OPEN_STATES, NoticePolicy, Visit, VisitState, Way
from visitors.refusals import Refused
from visitors.services.moving import admit, arrive, choose_way, compare_now, locked, sign_out
from visitors.services.passes import issue_for
from visitors.services.planning import Guest, Plan, plan_visit
from visitors.services.watching import knows_all, must_wait

SIGN_OUT: Final = "visitors.sign_out"
AGAIN: Final = "visit_expected_again"
AT_ONCE: Final = 20  # visits in one transaction: a worker that dies repeats so many
UNDONE: Final = (VisitState.REFUSED, VisitState.SIGNED_OUT, VisitState.CANCELLED, VisitState.EXPIRED)


def admit_at_desk(*, visit: Visit, by: str, operator: Operator | None = None, asked: bool = False) -> Visit:
    """Admit as reception does: where somebody is to be asked first, only once that was done.

    An `operator` who may know of every match need ask nobody. Raises Refused("ask_first"), as moving.admit.
    """
    compare_now(visit)
    return _admit_asked(visit, by, operator=operator, asked=asked)


@transaction.atomic
def _admit_asked(visit: Visit, by: str, *, operator: Operator | None, asked: bool) -> Visit:
    row = locked(visit)
    held = must_wait(row)
    # Looked at only now: the comparison just made may have found one more.
    knows = operator is not None and knows_all(operator, row)
    if held and not knows and not asked and row.state != VisitState.ON_SITE:
        raise Refused("ask_first", "Ask those named on the visit before you admit, and say that you did.")
    if held and row.state != VisitState.ON_SITE:
        ledger.record(
            actor=by,
            verb="visit_asked_first",
            subject_kind="visit",
            handle=row.handle,
            data={"knows": knows, "asked": asked},
        )
    return admit(visit=row, by=by)


@transaction.atomic
def give_day_pass(*, visit: Visit, by: str) -> IssuedDayPass:
    """A day pass for a visitor who is in, until the visit's end; one given before is over.

    Its PIN is in the answer and nowhere else. Raises Refused: not_admitted, way_not_offered, no_credential.
    """
    row = locked(visit)
    if row.state != VisitState.ON_SITE:
        raise Refused("not_admitted", "A pass is given to a visitor who is in.")
    row = choose_way(visit=row, way=Way.DAY_PASS, by=by)
    if row.day_pass is not None:
        revoke_day_pass(day_pass=row.day_pass, by=by)
    made = issue_for(row, by=by)
    row.day_pass = made.day_pass
    row.save(update_fields=["day_pass", "changed_at"])
    return made


@transaction.atomic
def expect_again(*, visit: Visit, by: str) -> Visit:
    """A new visit with the same facts, after one was refused or ended by mistake: no way leads back.

    Whoever stood at reception waits there again. Raises Refused: visit_still_open, visitor_erased,
    expected_already where one made so is still open (a second press), and as planning.plan_visit.
    """
    row = locked(visit)
    if row.state not in UNDONE:
        raise Refused("visit_still_open", "This visit is not over.")
    if row.holder.name == ERASED:
        raise Refused("visitor_erased", "This visitor's data are gone.")
    if _expected_already(row.handle):
        raise Refused("expected_already", "This visitor is expected again already: see the newer visit.")
    now = timezone.now()
    length = dt.timedelta(minutes=row.type.length_minutes)
    here = row.arrived_at is not None
    host = row.host if row.host is not None and row.host.state == HolderState.ACTIVE else None
    plan = Plan(
        type=row.type,
        site=row.site,
        begins=now if row.begins < now else row.begins,
        ends=row.ends if row.ends > now else now + length,
        host=host,
        subject=row.subject,
        # Whoever stands here needs no invitation by mail.
        walk_in=row.walk_in or here,
    )
    guest = Guest(name=row.holder.name, email=row.holder.email, firm=row.firm, language=row.language)
    again = plan_visit(guest=guest, plan=plan, by=by)
    data = {"again": again.handle}
    ledger.record(actor=by, verb=AGAIN, subject_kind="visit", handle=row.handle, data=data)
    return arrive(visit=again, by=by, kiosk=row.kiosk) if here else again


def _expected_already(handle: int) -> bool:
    """Whether a visit made from this one, or from one of those, is open. The caller holds the visit."""
    deeds = LedgerEntry.objects.filter(verb=AGAIN, subject_kind="visit")
    known, made = {handle}, {handle}
    while made:
        made = {
            data["again"] for data in deeds.filter(handle__in=made).values_list("data", flat=True)
        } - known
        known |= made
    return Visit.objects.filter(handle__in=known - {handle}, state__in=OPEN_STATES).exists()


@transaction.atomic
def sign_out_all(*, site: Site, by: str, now: dt.datetime | None = None) -> int:
    """Everybody at a site leaves, but for those whose visit lasts beyond the day there. Returns how many.

    They are signed out by the outbox, some at a time: whoever asks for it does not wait for 500.
    """
    now = now or timezone.now()
    visits = [str(pk) for pk in on_site_today(site, now).values_list("pk", flat=True)]
    for some in _parts(visits):
        ledger.emit(SIGN_OUT, {"visits": some, "by": by})
    return len(visits)


def on_site_today(site: Site, now: dt.datetime) -> QuerySet[Visit]:
    """Who is in at a site and whose visit ends on this day there."""
    return Visit.objects.filter(site=site, state=VisitState.ON_SITE, ends__lte=end_of_day(site, now))


def close_due(*, now: dt.datetime) -> int:
    """Where a site's closing hour has come, those who were in by then leave. Returns how many.

    Who is admitted after it stays; asked for again, nothing happens.
    """
    policy = NoticePolicy.objects.filter(pk=1).first()
    if policy is None or policy.closing_hour is None:
        return 0
    out = 0
    for site in Site.objects.filter(visits__state=VisitState.ON_SITE).distinct():
        hour = closing(site, policy.closing_hour, now)
        last = Q(ends__lte=end_of_day(site, hour)) | Q(ends__lte=now)
        due = Visit.objects.filter(last, site=site, state=VisitState.ON_SITE, admitted_at__lt=hour)
        for some in _parts([str(pk) for pk in due.values_list("pk", flat=True)]):
            with transaction.atomic():
                out += sign_out_some(some, "system")
    return out


def sign_out_some(visits: Iterable[str], by: str) -> int:
    """Sign these out, in the caller's transaction; who has left or was taken out already is passed over."""
    out = 0
    for visit in Visit.objects.filter(pk__in=[UUID(one) for one in visits]).order_by("holder", "pk"):
        if visit.state != VisitState.ON_SITE:
            continue
        try:
            sign_out(visit=visit, by=by)
        except Refused:  # between our look and its lock it came to another end
            continue
        out += 1
    return out


def closing(site: Site, hour: int, now: dt.datetime) -> dt.datetime:
    """When it was last this hour at a site; one that a change of clocks skips is the one after."""
    local = now.astimezone(ZoneInfo(site.time_zone))
    moment = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return moment if moment <= local else moment - dt.timedelta(days=1)


def end_of_day(site: Site, now: dt.datetime) -> dt.datetime:
    """The midnight after `now` at a site."""
    local = now.astimezone(ZoneInfo(site.time_zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)


def _parts(visits: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(visits), AT_ONCE):
        yield visits[first : first + AT_ONCE]
