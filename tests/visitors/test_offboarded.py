"""A visitor who is off-boarded from their page has no visit left."""

import pytest

from access.models import AccessGrant
from credentials.models import HolderState
from credentials.paper import DayPassState
from credentials.services import offboard_holder
from ledger.models import LedgerEntry
from tests.visitors.build import BY, Reception
from visitors import services
from visitors.models import Visit, VisitState
from visitors.services.desk import give_day_pass

pytestmark = pytest.mark.django_db


def test_their_visits_end(desk: Reception) -> None:
    here = services.admit(visit=desk.visit(), by=BY)
    held = give_day_pass(visit=here, by=BY).day_pass
    soon = services.arrive(visit=desk.visit(), by=BY)
    later = desk.visit(begins_in=24 * 60)
    other = desk.visit(name="Walter Weg", email="walter@guest.example")
    offboard_holder(holder=here.holder, by=BY)
    states = dict(Visit.objects.values_list("pk", "state"))
    assert states == {
        here.pk: VisitState.SIGNED_OUT,
        soon.pk: VisitState.CANCELLED,
        later.pk: VisitState.CANCELLED,
        other.pk: VisitState.INVITED,
    }
    assert not AccessGrant.objects.filter(holder=here.holder).exists()
    held.refresh_from_db()
    assert held.state == DayPassState.REVOKED
    here.holder.refresh_from_db()
    assert here.holder.state == HolderState.OFFBOARDED
    assert LedgerEntry.objects.filter(verb="holder_offboarded", handle=here.holder.handle).count() == 1


def test_the_end_of_the_last_visit_is_the_one_end(desk: Reception) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    services.sign_out(visit=visit, by=BY)
    for verb, row in (("visit_signed_out", visit), ("holder_offboarded", visit.holder)):
        assert LedgerEntry.objects.filter(verb=verb, handle=row.handle).count() == 1


def test_visits_of_a_host_who_leaves_stay(desk: Reception) -> None:
    visit = desk.visit()
    offboard_holder(holder=desk.host, by=BY)
    visit.refresh_from_db()
    assert visit.state == VisitState.INVITED
