"""Whoever is admitted without having waited is compared with the watch list too, as they stand now."""

import pytest

from credentials.services import edit_holder
from tests.fixtures.console import member
from tests.visitors.build import BY, Reception
from tests.visitors.test_watching import mails, put
from visitors import services
from visitors.models import Visit, VisitState, WatchMatch
from visitors.refusals import Refused
from visitors.services import desk as deeds
from visitors.services.hosting import admit_as_host

pytestmark = pytest.mark.django_db(databases="__all__")


def renamed(visit: Visit) -> Visit:
    """Planned under one name, here under another."""
    edit_holder(holder=visit.holder, by=BY, name="Viktor Vandal")
    return visit


def test_those_named_are_told_that_somebody_is_here_whom_reception_admits_at_once(desk: Reception) -> None:
    put()
    visit = desk.visit(name="Viktor Vandal")
    mails()
    deeds.admit_at_desk(visit=visit, by=BY, asked=True)
    (body,) = mails()
    assert "Viktor" not in body


def test_a_name_that_was_changed_after_planning_is_compared(desk: Reception) -> None:
    put()
    visit = renamed(desk.visit())
    assert not WatchMatch.objects.exists()
    with pytest.raises(Refused) as refused:
        deeds.admit_at_desk(visit=visit, by=BY)
    assert refused.value.code == "ask_first"
    assert WatchMatch.objects.get().visit == visit  # reception sees whom to ask
    assert len(mails()) == 1
    assert deeds.admit_at_desk(visit=visit, by=BY, asked=True).state == VisitState.ON_SITE


def test_whoever_knew_of_no_match_knows_nothing_of_one_found_at_admission(desk: Reception) -> None:
    put()
    visit = renamed(desk.visit())
    with pytest.raises(Refused) as refused:
        deeds.admit_at_desk(visit=visit, by="operator:rita", operator=member("rita"))
    assert refused.value.code == "ask_first"


@pytest.mark.parametrize("by", ["kiosk:1", "holder:1"])
def test_nobody_else_admits_them(desk: Reception, by: str) -> None:
    put()
    visit = renamed(services.arrive(visit=desk.visit(), by="kiosk:1"))
    with pytest.raises(Refused) as refused:
        services.admit(visit=visit, by=by)
    assert refused.value.code == "reception_admits"
    assert WatchMatch.objects.filter(visit=visit).exists()


def test_whoever_waited_is_told_of_once(desk: Reception) -> None:
    put()
    visit = services.arrive(visit=desk.visit(name="Viktor Vandal"), by="kiosk:1")
    mails()
    services.admit(visit=visit, by=BY)
    assert mails() == []


def test_a_host_whose_visitor_matches_by_now_lets_nobody_in_and_those_named_are_told(desk: Reception) -> None:
    put()
    visit = renamed(services.arrive(visit=desk.visit(), by="kiosk:1"))
    mails()
    with pytest.raises(Refused) as refused:
        admit_as_host(visit=visit, host=desk.host)
    assert refused.value.code == "reception_decides"
    assert WatchMatch.objects.filter(visit=visit).count() == 1  # kept, though nothing else is
    assert len(mails()) == 1
    assert Visit.objects.get(pk=visit.pk).waits
