"""A visit moves along allowed ways alone; rights exist from admission to its end."""

import datetime as dt

import pytest
from django.utils import timezone

from access.models import AccessGrant
from credentials.models import CredentialState, HolderKind, HolderState
from ledger.models import LedgerEntry
from tests.visitors.build import BY, Reception
from visitors import services
from visitors.models import Visit, VisitState
from visitors.refusals import Refused
from visitors.states import WAYS, may_go

pytestmark = pytest.mark.django_db


def verbs(visit: Visit) -> set[str]:
    return set(
        LedgerEntry.objects.filter(subject_kind="visit", handle=visit.handle).values_list("verb", flat=True)
    )


def test_planning_opens_nothing(desk: Reception) -> None:
    visit = desk.visit()
    assert (visit.state, visit.holder.kind) == (VisitState.INVITED, HolderKind.VISITOR)
    assert not AccessGrant.objects.filter(holder=visit.holder).exists()
    credential = visit.holder.credentials.get()
    assert (credential.valid_from, credential.valid_until) == (visit.opens, visit.closes)
    assert verbs(visit) == {"visit_planned"}


def test_admission_grants_for_the_visit_and_signing_out_takes_it_at_once(desk: Reception) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    grant = AccessGrant.objects.get(holder=visit.holder)
    assert (grant.valid_from, grant.valid_until) == (visit.opens, visit.closes)
    services.sign_out(visit=visit, by=BY)
    visit.refresh_from_db()
    assert visit.state == VisitState.SIGNED_OUT
    assert not AccessGrant.objects.filter(holder=visit.holder).exists()
    visit.holder.refresh_from_db()
    assert visit.holder.state == HolderState.OFFBOARDED
    assert set(visit.holder.credentials.values_list("state", flat=True)) == {CredentialState.REVOKED}
    assert {"visit_planned", "visit_admitted", "visit_signed_out"} <= verbs(visit)


def test_a_series_keeps_its_visitor_until_the_last_visit(desk: Reception) -> None:
    first, second = desk.visit(), desk.visit(begins_in=24 * 60)
    assert first.holder_id == second.holder_id
    services.admit(visit=first, by=BY)
    services.sign_out(visit=first, by=BY)
    first.holder.refresh_from_db()
    assert first.holder.state == HolderState.ACTIVE
    assert not AccessGrant.objects.filter(holder=first.holder).exists()
    live = first.holder.credentials.get(state=CredentialState.ACTIVE)
    assert (live.valid_from, live.valid_until) == (second.opens, second.closes)


def test_no_way_leads_back(desk: Reception) -> None:
    visit = desk.visit()
    services.cancel(visit=visit, by=BY)
    for deed in (services.admit, services.arrive, services.sign_out, services.refuse):
        with pytest.raises(Refused) as refused:
            deed(visit=visit, by=BY)
        assert refused.value.code == "visit_not_open"
    assert not any(may_go(state, there) for state in WAYS if not WAYS[state] for there in VisitState)


def test_it_expires_after_its_grace(desk: Reception) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    assert services.expire_due(now=visit.closes - dt.timedelta(seconds=1)) == 0
    assert services.expire_due(now=visit.closes) == 1
    visit.refresh_from_db()
    assert visit.state == VisitState.EXPIRED
    assert not AccessGrant.objects.filter(holder=visit.holder).exists()


def test_too_early_is_said(desk: Reception) -> None:
    with pytest.raises(Refused) as refused:
        services.admit(visit=desk.visit(begins_in=600), by=BY)
    assert refused.value.code == "too_early"


def test_extending_moves_the_rights(desk: Reception) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    later = (timezone.now() + dt.timedelta(hours=5)).replace(microsecond=0)
    visit = services.extend(visit=visit, ends=later, by=BY)
    assert AccessGrant.objects.get(holder=visit.holder).valid_until == visit.closes
    assert visit.holder.credentials.get(state=CredentialState.ACTIVE).valid_until == visit.closes
