"""A host invites several guests and series from the wallet: all or nobody, once however often it is sent."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from ledger.outbox import deliver
from operators.services.throttling import Limit
from tenants.context import CompanyRef
from tests.credentials.phone import Phone, enrolled
from tests.visitors.build import Reception
from visitors.models import GroupKind, Visit, VisitGroup

pytestmark = pytest.mark.django_db
PATH = "/api/v1/wallet/visits"
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def phone(desk: Reception) -> Phone:
    return enrolled(desk.host)[0]


def tomorrow() -> dt.datetime:
    there = timezone.now().astimezone(BERLIN) + dt.timedelta(days=1)
    return there.replace(hour=9, minute=30, second=0, microsecond=0)


def wish(desk: Reception, **other: Any) -> dict[str, Any]:
    told = {
        "name": "Vera Visitor",
        "email": "vera@guest.example",
        "language": "fr",
        "type": str(desk.type.pk),
        "site": desk.place.site.pk,
        "begins": f"{tomorrow():%Y-%m-%dT%H:%M}",
        "minutes": 45,
        "more": [{"name": "Otto", "email": "otto@guest.example", "firm": "Guest & Sons"}, {"name": "Ada"}],
    }
    return told | other


def test_several_at_one_time_are_a_group_and_each_gets_a_mail(
    desk: Reception, phone: Phone, in_acme: CompanyRef
) -> None:
    for _ in range(2):  # the answer to the first was lost on the way
        status, answer = phone.send("POST", PATH, wish(desk))
        assert (status, answer["invited"], answer["visit"]["name"]) == (201, 3, "Vera Visitor")
    group = VisitGroup.objects.get()
    visits = Visit.objects.filter(group=group).order_by("handle").select_related("holder")
    assert [(one.holder.name, one.firm) for one in visits] == [
        ("Vera Visitor", ""),
        ("Otto", "Guest & Sons"),
        ("Ada", ""),
    ]
    assert (group.kind, group.host_id) == (GroupKind.GROUP, desk.host.pk)
    deliver(in_acme)
    guests = [one for one in mail.outbox if one.to[0].endswith("@guest.example")]
    assert sorted(one.to[0] for one in guests) == ["otto@guest.example", "vera@guest.example"]
    assert {one.subject.split()[0] for one in guests} == {"Votre"}


def test_every_week_at_the_same_hour_there(desk: Reception, phone: Phone, in_acme: CompanyRef) -> None:
    until = (tomorrow() + dt.timedelta(weeks=30)).date()  # the clocks change in between
    told = wish(desk, more=[], repeat="weekly", until=until.isoformat())
    for _ in range(2):
        status, answer = phone.send("POST", PATH, told)
        assert (status, answer["invited"]) == (201, 31)
    visits = Visit.objects.order_by("begins")
    there = [one.begins.astimezone(BERLIN) for one in visits]
    assert {(f"{one:%H:%M}", one.weekday()) for one in there} == {("09:30", tomorrow().weekday())}
    assert (there[0].date(), there[-1].date()) == (tomorrow().date(), until)
    assert VisitGroup.objects.get().kind == GroupKind.SERIES
    deliver(in_acme)
    assert len([one for one in mail.outbox if one.to == ["vera@guest.example"]]) == 1  # with all times


def test_every_day_and_several_guests(desk: Reception, phone: Phone) -> None:
    until = (tomorrow() + dt.timedelta(days=4)).date().isoformat()
    status, answer = phone.send("POST", PATH, wish(desk, repeat="daily", until=until))
    assert (status, answer["invited"]) == (201, 15)
    assert Visit.objects.values("begins").distinct().count() == 5


def test_more_than_a_hundred_at_once_are_nobody(desk: Reception, phone: Phone) -> None:
    until = (tomorrow() + dt.timedelta(days=40)).date().isoformat()
    status, answer = phone.send("POST", PATH, wish(desk, repeat="daily", until=until))
    assert (status, answer["code"]) == (422, "too_many_at_once")
    assert not Visit.objects.exists()


def test_each_visit_counts_for_the_day(
    desk: Reception, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limit("host_invites", 2, dt.timedelta(days=1))
    monkeypatch.setattr("visitors.services.host_inviting.INVITED", few)
    status, answer = phone.send("POST", PATH, wish(desk))
    assert (status, answer["code"]) == (429, "too_many_invitations")
    assert not Visit.objects.exists()
    assert not VisitGroup.objects.exists()
    assert phone.send("POST", PATH, wish(desk, more=[]))[0] == 201


def test_one_more_is_told_of_alone(desk: Reception, phone: Phone) -> None:
    """Who was invited before stays as they are; the new one comes beside them."""
    assert phone.send("POST", PATH, wish(desk, more=[]))[1]["invited"] == 1
    status, answer = phone.send("POST", PATH, wish(desk))
    assert (status, answer["invited"]) == (201, 3)
    assert Visit.objects.count() == 3


def test_long_names_of_a_hundred_guests_arrive(desk: Reception, phone: Phone) -> None:
    more = [{"name": f"{number} {'山' * 40}", "email": f"g{number}@guest.example"} for number in range(99)]
    status, answer = phone.send("POST", PATH, wish(desk, more=more))
    assert (status, answer["invited"]) == (201, 100)


def test_what_is_longer_is_not_read(desk: Reception, phone: Phone) -> None:
    status, answer = phone.send("POST", PATH, wish(desk, subject="x" * 70_000))
    assert (status, answer["code"]) == (413, "too_large")
