"""A visit whose end moves: rights, credential and pass follow; reception learns of a pass that is over."""

import datetime as dt

import pytest
from django.utils import timezone

from access.models import AccessGrant
from access.services import add_level, withdraw_grant
from credentials.models import CredentialState
from credentials.paper import DayPassState
from ledger.outbox import deliver
from tenants.context import current
from tests.visitors.build import BY, Reception, guest
from visitors import services
from visitors.models import Visit
from visitors.models.visits import LinkPurpose
from visitors.refusals import Refused
from visitors.services import types
from visitors.services.desk import give_day_pass
from visitors.services.inviting import invite

pytestmark = pytest.mark.django_db


def with_pass(desk: Reception) -> Visit:
    """A visitor who is in, with a day pass."""
    visit = services.admit(visit=desk.visit(), by=BY)
    give_day_pass(visit=visit, by=BY)
    return Visit.objects.get(pk=visit.pk)


def test_a_pass_lives_on_when_its_visit_is_extended(desk: Reception) -> None:
    visit = with_pass(desk)
    assert visit.day_pass is not None
    assert not visit.wants_pass
    later = services.extend(visit=visit, ends=visit.ends + dt.timedelta(hours=2), by=BY)
    live = visit.holder.credentials.get(state=CredentialState.ACTIVE)
    visit.day_pass.refresh_from_db()
    assert visit.day_pass.state == DayPassState.ACTIVE
    assert visit.day_pass.credential_id == live.handle  # a door that is cut off takes it, too
    assert live.valid_until == later.closes
    assert AccessGrant.objects.get(holder=visit.holder).valid_until == later.closes
    assert later.wants_pass  # it ends before the visit


def test_a_pass_is_over_when_its_visit_ends_sooner(desk: Reception) -> None:
    visit = with_pass(desk)
    assert visit.day_pass is not None
    sooner = services.extend(visit=visit, ends=timezone.now() + dt.timedelta(minutes=5), by=BY)
    visit.day_pass.refresh_from_db()
    assert visit.day_pass.state == DayPassState.REVOKED
    assert (sooner.day_pass, sooner.wants_pass) == (None, True)
    made = give_day_pass(visit=sooner, by=BY)
    assert made.day_pass.ends == sooner.closes
    assert not Visit.objects.get(pk=visit.pk).wants_pass


def test_a_pass_is_over_when_another_visit_of_the_same_person_is_off(desk: Reception) -> None:
    visit, second = with_pass(desk), desk.visit(begins_in=30)
    assert visit.day_pass is not None
    assert second.holder_id == visit.holder_id
    services.cancel(visit=second, by=BY)
    deliver(current())
    visit.day_pass.refresh_from_db()
    live = visit.holder.credentials.get(state=CredentialState.ACTIVE)
    here = Visit.objects.get(pk=visit.pk)
    assert visit.day_pass.credential_id != live.handle
    assert (visit.day_pass.state, here.day_pass, here.wants_pass) == (DayPassState.REVOKED, None, True)


def test_a_pass_is_over_when_a_right_is_taken_from_its_visitor(desk: Reception) -> None:
    visit = with_pass(desk)
    withdraw_grant(grant=AccessGrant.objects.get(holder=visit.holder), by=BY)
    deliver(current())
    assert Visit.objects.get(pk=visit.pk).wants_pass


@pytest.mark.parametrize("ends", [dt.datetime.max.replace(tzinfo=dt.UTC), None])
def test_no_visit_lasts_longer_than_a_month(desk: Reception, ends: dt.datetime | None) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    longest = visit.begins + dt.timedelta(days=31)
    with pytest.raises(Refused) as refused:
        services.extend(visit=visit, ends=ends or longest + dt.timedelta(seconds=1), by=BY)
    assert refused.value.code == "window_too_long"
    assert services.extend(visit=visit, ends=longest, by=BY).ends == longest


def test_a_visit_under_way_keeps_its_doors_and_grace_whatever_its_type_becomes(desk: Reception) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    grace = visit.closes - visit.ends
    vault = add_level(name="Vault", rules=[], by=BY)
    types.edit_type(visit_type=desk.type, levels=[vault], grace_after=0, by=BY)
    later = services.extend(visit=visit, ends=visit.ends + dt.timedelta(hours=1), by=BY)
    assert [grant.level for grant in AccessGrant.objects.filter(holder=visit.holder)] == [desk.place.staff]
    assert later.closes - later.ends == grace
    types.edit_type(visit_type=desk.type, escort=True, by=BY)
    services.extend(visit=later, ends=later.ends + dt.timedelta(hours=1), by=BY)
    assert AccessGrant.objects.filter(holder=visit.holder).count() == 1


def test_an_invitation_lasts_as_long_as_the_visit_it_is_of(desk: Reception) -> None:
    (visit,) = invite(guests=[guest()], plan=desk.plan(begins_in=60), by=BY)
    later = services.extend(visit=visit, ends=visit.ends + dt.timedelta(hours=8), by=BY)
    assert later.links.get(purpose=LinkPurpose.PREPARE).expires_at == later.closes
