"""Reception's deeds: asking first, undoing, passes on paper, everybody out."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.utils import timezone

from access.models import AccessGrant, Site
from credentials.paper import DayPassState
from credentials.services import digits_of
from ledger.models import LedgerEntry, Outbox
from ledger.outbox import deliver
from tenants.context import CompanyRef, current, enter
from tests.fixtures.console import member
from tests.visitors.build import BY, Reception, reception
from tests.visitors.test_watching import put
from visitors import services
from visitors.models import NoticePolicy, Visit, VisitGrant, VisitState, Way
from visitors.refusals import Refused
from visitors.services import desk as deeds

RITA = "operator:rita"


def state(visit: Visit) -> str:
    return Visit.objects.values_list("state", flat=True).get(pk=visit.pk)


def inside(desk: Reception, number: int, **more: int) -> Visit:
    visit = desk.visit(name=f"Guest {number}", email=f"g{number}@guest.example", **more)
    return services.admit(visit=visit, by=BY)


@pytest.mark.django_db
def test_whoever_may_not_know_admits_only_after_asking(desk: Reception) -> None:
    put("Vera Visitor")
    visit = desk.visit()
    with pytest.raises(Refused) as refused:
        deeds.admit_at_desk(visit=visit, by=RITA)
    assert refused.value.code == "ask_first"
    assert "watch" not in refused.value.text
    assert state(visit) == VisitState.INVITED
    assert deeds.admit_at_desk(visit=visit, by=RITA, asked=True).state == VisitState.ON_SITE
    assert LedgerEntry.objects.filter(verb="visit_asked_first", handle=visit.handle).count() == 1
    other = desk.visit(begins_in=30)
    assert deeds.admit_at_desk(visit=other, by=BY, operator=member("alice")).state == VisitState.ON_SITE


@pytest.mark.django_db
def test_refused_by_mistake_is_expected_again(desk: Reception) -> None:
    visit = services.arrive(visit=desk.visit(), by="kiosk:1")
    services.refuse(visit=visit, by=RITA)
    again = deeds.expect_again(visit=visit, by=RITA)
    assert again.pk != visit.pk
    assert again.waits
    assert (again.holder.name, again.firm, again.host, again.type) == (
        "Vera Visitor",
        "Guest & Sons",
        desk.host,
        desk.type,
    )
    assert (again.begins >= visit.begins, again.ends) == (True, visit.ends)
    assert services.admit(visit=again, by=RITA).state == VisitState.ON_SITE
    with pytest.raises(Refused) as refused:
        deeds.expect_again(visit=again, by=RITA)
    assert refused.value.code == "visit_still_open"


@pytest.mark.django_db
def test_expected_again_is_pressed_twice_and_one_waits(desk: Reception) -> None:
    visit = services.arrive(visit=desk.visit(), by="kiosk:1")
    services.refuse(visit=visit, by=RITA)
    again = deeds.expect_again(visit=visit, by=RITA)
    with pytest.raises(Refused, match="expected_already"):
        deeds.expect_again(visit=visit, by=RITA)
    services.refuse(visit=again, by=RITA)
    third = deeds.expect_again(visit=again, by=RITA)
    with pytest.raises(Refused, match="expected_already"):
        deeds.expect_again(visit=visit, by=RITA)
    assert [one.pk for one in Visit.objects.filter(arrived_at__isnull=False) if one.waits] == [third.pk]
    services.refuse(visit=third, by=RITA)
    assert deeds.expect_again(visit=visit, by=RITA).waits


@pytest.mark.django_db
def test_a_pass_is_given_to_who_is_in_and_the_former_one_dies(desk: Reception) -> None:
    visit = desk.visit()
    with pytest.raises(Refused) as refused:
        deeds.give_day_pass(visit=visit, by=RITA)
    assert refused.value.code == "not_admitted"
    services.admit(visit=visit, by=RITA)
    first = deeds.give_day_pass(visit=visit, by=RITA)
    second = deeds.give_day_pass(visit=visit, by=RITA)
    visit.refresh_from_db()
    assert (visit.way, visit.day_pass) == (Way.DAY_PASS, second.day_pass)
    first.day_pass.refresh_from_db()
    assert first.day_pass.state == DayPassState.REVOKED
    assert digits_of(second.day_pass) != digits_of(first.day_pass)
    services.sign_out(visit=visit, by=RITA)
    second.day_pass.refresh_from_db()
    assert second.day_pass.state == DayPassState.REVOKED


@pytest.mark.django_db
def test_with_an_escort_no_pass_is_given(desk: Reception) -> None:
    desk.type.escort = True
    desk.type.save()
    visit = services.admit(visit=desk.visit(), by=RITA)
    with pytest.raises(Refused) as refused:
        deeds.give_day_pass(visit=visit, by=RITA)
    assert refused.value.code == "way_not_offered"


@pytest.mark.django_db
def test_everybody_leaves_at_once_and_who_stays_longer_does_not(desk: Reception) -> None:
    visits = [inside(desk, number) for number in range(deeds.AT_ONCE + 3)]
    long = inside(desk, 99, minutes=3 * 24 * 60)
    waits = services.arrive(visit=desk.visit(), by="kiosk:1")
    Outbox.objects.update(done=timezone.now())
    noon = visits[0].ends  # of this very day at the site, however late the test runs
    assert deeds.sign_out_all(site=desk.place.site, by=RITA, now=noon) == len(visits)
    assert Outbox.objects.filter(topic=deeds.SIGN_OUT).count() == 2
    deliver(current())
    assert {state(visit) for visit in visits} == {VisitState.SIGNED_OUT}
    assert {state(long), state(waits)} == {VisitState.ON_SITE, VisitState.INVITED}
    assert set(VisitGrant.objects.values_list("visit", flat=True)) == {long.pk}
    ended = LedgerEntry.objects.filter(verb="visit_signed_out", actor=RITA).count()
    assert ended == len(visits)
    # Handed in twice it does nothing.
    deeds.sign_out_some([str(visit.pk) for visit in visits], RITA)
    assert LedgerEntry.objects.filter(verb="visit_signed_out").count() == ended


@pytest.mark.django_db
def test_who_was_signed_out_meanwhile_stops_no_other(desk: Reception) -> None:
    first, second = inside(desk, 1), inside(desk, 2)
    services.sign_out(visit=first, by=BY)
    assert deeds.sign_out_some([str(first.pk), str(second.pk)], RITA) == 1
    assert state(second) == VisitState.SIGNED_OUT


@pytest.mark.django_db
def test_the_closing_hour_is_the_site_s(desk: Reception) -> None:
    visit = inside(desk, 1)
    long = inside(desk, 2, minutes=3 * 24 * 60)
    zone = ZoneInfo("Europe/Berlin")
    admitted = visit.admitted_at
    assert admitted is not None
    hour = (admitted.astimezone(zone) + dt.timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    assert deeds.close_due(now=hour) == 0  # nobody chose an hour
    policy = NoticePolicy.objects.create(closing_hour=hour.hour)
    Visit.objects.filter(pk=visit.pk).update(ends=hour + dt.timedelta(minutes=1))
    assert deeds.close_due(now=hour - dt.timedelta(seconds=1)) == 0
    assert state(visit) == VisitState.ON_SITE
    assert deeds.close_due(now=hour) == 1
    assert (state(visit), state(long)) == (VisitState.SIGNED_OUT, VisitState.ON_SITE)
    assert deeds.close_due(now=hour) == 0
    later = inside(desk, 3)
    Visit.objects.filter(pk=later.pk).update(admitted_at=hour + dt.timedelta(minutes=5))
    assert deeds.close_due(now=hour + dt.timedelta(minutes=10)) == 0
    assert policy.closing_hour == hour.hour


@pytest.mark.parametrize(("month", "day"), [(3, 29), (10, 25)])
def test_an_hour_that_clocks_skip_or_repeat_is_one(month: int, day: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    site = Site(name="Berlin", time_zone="Europe/Berlin")
    moments = [dt.datetime(2026, month, day, hour, 30, tzinfo=zone) for hour in range(4, 24)]
    assert len({deeds.closing(site, 2, moment.astimezone(dt.UTC)) for moment in moments}) == 1


def at_once(company: CompanyRef, work: list[str], pk: UUID) -> list[str]:
    barrier = Barrier(len(work))

    def one(name: str) -> str:
        try:
            with enter(company):
                visit = Visit.objects.get(pk=pk)
                barrier.wait()
                getattr(services, name)(visit=visit, by=f"operator:{name}")
        except Refused as refused:
            return refused.code
        else:
            return name
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(one, work))


def test_admitted_twice_at_once_is_admitted_once(own_company: CompanyRef) -> None:
    with enter(own_company):
        visit = reception().visit()
    assert set(at_once(own_company, ["admit"] * 6, visit.pk)) == {"admit"}
    with enter(own_company):
        assert LedgerEntry.objects.filter(verb="visit_admitted").count() == 1
        assert AccessGrant.objects.filter(holder=visit.holder).count() == 1


def test_refused_while_admitted_ends_in_one_of_both(own_company: CompanyRef) -> None:
    with enter(own_company):
        visit = reception().visit()
    answers = at_once(own_company, ["admit", "refuse"], visit.pk)
    with enter(own_company):
        visit.refresh_from_db()
        granted = AccessGrant.objects.filter(holder=visit.holder).count()
        assert (visit.state, granted) in {(VisitState.ON_SITE, 1), (VisitState.REFUSED, 0)}
        assert sorted(answers) in (["admit", "visit_not_open"], ["refuse", "visit_not_open"])
