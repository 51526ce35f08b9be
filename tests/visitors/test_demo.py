"""The demo's company can receive somebody from its first minute."""

import pytest

from access.models import AccessLevel, AccessPoint
from config.management.commands.demo_company import INVITED, furnish
from ledger.models import Outbox
from tenants.context import CompanyRef
from visitors import services
from visitors.models import Visit, VisitState, VisitType
from visitors.services.documents import texts_for

pytestmark = pytest.mark.django_db


def test_the_demo_has_types_and_an_invited_guest(in_acme: CompanyRef) -> None:
    furnish()
    assert list(VisitType.objects.values_list("name", flat=True)) == ["Meeting", "Interview", "Contractor"]
    visit = Visit.objects.select_related("type", "host", "holder__subject").get()
    assert (visit.state, visit.host and visit.host.name) == (VisitState.INVITED, INVITED)
    assert visit.holder.name == "Vera Visitor"
    assert [one.title for one in texts_for(visit.type, "de")] == ["Hausordnung"]
    assert {one.language for one in texts_for(visit.type, "fr")} == {"fr"}
    assert Outbox.objects.filter(topic__startswith="visits.").exists()


def test_the_guest_passes_two_of_three_doors(in_acme: CompanyRef) -> None:
    furnish()
    visit = services.admit(visit=Visit.objects.get(), by="system")
    (grant,) = visit.holder.grants.all()
    doors = AccessPoint.objects.filter(rules__levels=grant.level).values_list("door__name", flat=True)
    assert (grant.level, set(doors)) == (AccessLevel.objects.get(name="Visitors"), {"Main entrance", "Dock"})
    assert AccessPoint.objects.count() == 3
