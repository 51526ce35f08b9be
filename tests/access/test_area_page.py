"""An area's page: who is inside, who sees names, counting people out; what its form asks and warns of."""

import datetime as dt
import html
from typing import Any
from uuid import UUID

import pytest
from django.contrib.messages import get_messages
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access import services
from access.models import Area, Presence, Side
from access.services import presence
from credentials.services import add_holder
from ledger.models import LedgerEntry, PolicyCounter
from tenants.context import CompanyRef
from tests.access.build import BY, Building, building, henri
from tests.access.test_area_form import filled, last_deed, save
from tests.fixtures.console import SignIn

NOBODY = str(UUID(int=1))
pytestmark = pytest.mark.django_db


@pytest.fixture
def house(in_acme: CompanyRef) -> Building:
    made = building()
    services.edit_area(area=made.area, by=BY, passback="hard", capacity=2)
    return made


@pytest.fixture
def alice(signed_in: SignIn) -> Client:
    return signed_in("alice")


def enter(area: Area, holder: Any, *, inside: bool = True) -> Presence:
    return Presence.objects.create(area=area, holder=holder, inside=inside, at=timezone.now(), event=None)


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_who_is_inside(alice: Client, house: Building) -> None:
    path = f"/doors/areas/{house.area.pk}/"
    assert "0 of 2 inside" in text(alice, path)
    enter(house.area, henri())
    enter(house.area, add_holder(name="Gone Gina", email="gina@acme.example", by=BY), inside=False)
    page = text(alice, path)
    assert "1 of 2 inside" in page
    assert "Henri Holder" in page
    assert "Gone Gina" not in page
    assert "nobody more is let in" not in page
    enter(house.area, add_holder(name="Ina", email="ina@acme.example", by=BY))
    assert "The area is full: nobody more is let in." in text(alice, path)
    assert f'href="{path}">2 of 2' in text(alice, "/doors/")


def test_an_area_that_counts_nobody_says_so(alice: Client, house: Building) -> None:
    services.edit_area(area=house.area, by=BY, passback="off", capacity=None)
    assert "Nobody is counted here" in text(alice, f"/doors/areas/{house.area.pk}/")
    assert "not counted" in text(alice, "/doors/")


def test_one_page_asks_little_however_many_are_inside(
    alice: Client, house: Building, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        enter(house.area, add_holder(name=f"P {number}", email=f"p{number}@acme.example", by=BY))
    alice.get("/doors/")
    with django_assert_max_num_queries(20):
        page = text(alice, f"/doors/areas/{house.area.pk}/")
    assert "1–50 of 60 people" in page


@pytest.mark.parametrize(("who", "may"), [("alice", True), ("rita", True), ("bob", False), ("carol", False)])
def test_who_may_count_somebody_out(signed_in: SignIn, house: Building, who: str, may: bool) -> None:
    row, path = enter(house.area, henri()), f"/doors/areas/{house.area.pk}/"
    client = signed_in(who)
    page = text(client, path)
    assert "Henri Holder" in page
    assert ("Count out" in page, "Count everybody out" in page) == (may, may)
    for deed in ("forgive", "empty"):
        answer = client.post(f"{path}{deed}/", {"holder": row.holder_id})
        assert answer.status_code == (302 if may else 403)
    row.refresh_from_db()
    assert row.inside is not may


def test_counting_one_out_is_on_record_once(alice: Client, house: Building) -> None:
    row = enter(house.area, henri())
    path = f"/doors/areas/{house.area.pk}/forgive/"
    policy = PolicyCounter.objects.get().seq
    answer = alice.post(path, {"holder": row.holder_id})
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "Henri Holder counts as gone from Ground floor."
    ]
    assert last_deed("presence_forgiven") == {"area": house.area.pk}
    answer = alice.post(path, {"holder": row.holder_id})
    assert "was not inside" in str(list(get_messages(answer.wsgi_request))[-1])
    assert LedgerEntry.objects.filter(verb="presence_forgiven").count() == 1
    assert PolicyCounter.objects.get().seq == policy  # no reader need hear of it


@pytest.mark.parametrize(("holder", "status"), [("", 302), ("x", 302), (NOBODY, 404)])
def test_nobody_is_counted_out(alice: Client, house: Building, holder: str, status: int) -> None:
    assert alice.post(f"/doors/areas/{house.area.pk}/forgive/", {"holder": holder}).status_code == status
    assert not LedgerEntry.objects.filter(verb="presence_forgiven").exists()


def test_emptying_takes_all_of_this_area_out(alice: Client, house: Building) -> None:
    lab = services.add_area(site=house.site, name="Lab", assurance=1, capacity=3, by=BY)
    holder = henri()
    enter(house.area, holder)
    other = enter(lab, holder)
    assert alice.post(f"/doors/areas/{house.area.pk}/empty/").status_code == 302
    assert last_deed("area_emptied") == {"people": 1}
    assert list(Presence.objects.filter(inside=True)) == [other]
    house.area.refresh_from_db()
    assert house.area.emptied_at is not None
    assert "Last counted as empty" in text(alice, f"/doors/areas/{house.area.pk}/")


def test_the_form_keeps_what_is_asked(alice: Client, house: Building) -> None:
    page = text(alice, f"/doors/areas/{house.area.pk}/edit/")
    for words in (
        "Refuses until they have left",
        "Leaving is never refused",
        "Not a fire count",
        "two who go in",
    ):
        assert words in page
    assert '<option value="hard" selected>' in page
    values = {"passback": "timed", "passback_minutes": 15, "capacity": 40, "empty_at_hour": 4}
    assert save(alice, house.area, **values) == []
    house.area.refresh_from_db()
    assert {name: getattr(house.area, name) for name in values} == values
    assert last_deed("area_edited") == values
    save(alice, house.area, passback="soft", passback_minutes=15)
    house.area.refresh_from_db()
    assert (house.area.passback_minutes, house.area.capacity, house.area.empty_at_hour) == (None, None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"passback": ""},
        {"passback": "never"},
        {"passback": "timed"},
        {"passback": "timed", "passback_minutes": 0},
        {"passback": "timed", "passback_minutes": 1441},
        {"capacity": 0},
        {"capacity": "many"},
        {"empty_at_hour": 24},
    ],
)
def test_other_values_are_refused(alice: Client, house: Building, wrong: dict[str, Any]) -> None:
    answer = alice.post(f"/doors/areas/{house.area.pk}/edit/", filled(house.area, **wrong))
    assert answer.status_code == 422
    house.area.refresh_from_db()
    assert (house.area.passback, house.area.capacity) == ("hard", 2)


def test_hard_without_a_way_out_is_warned_of(alice: Client, house: Building) -> None:
    def warned(**values: Any) -> bool:
        told = save(alice, house.area, passback="hard", **values)
        alice.get("/doors/")  # whoever reads a notice has read it
        return any("everybody gets in once" in one for one in told)

    assert warned()
    assert not warned(empty_at_hour=4)
    services.add_access_point(door=house.front, side=Side.EXIT, by=BY)
    assert not warned()


def test_saving_the_form_does_not_take_an_emptying_back(house: Building) -> None:
    before = Area.objects.get(pk=house.area.pk)
    services.empty_area(area=house.area, by=BY)
    services.edit_area(area=before, by=BY, capacity=9)
    assert Area.objects.get(pk=house.area.pk).emptied_at is not None


def moment(hour: int, minute: int = 0, day: int = 24) -> dt.datetime:
    """In Berlin, in winter."""
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def at_hour(area: Area, hour: int, *, chosen: dt.datetime, emptied: dt.datetime | None = None) -> None:
    """As if the form had been saved then."""
    services.edit_area(area=area, by=BY, empty_at_hour=hour)
    Area.objects.filter(pk=area.pk).update(hour_chosen_at=chosen, emptied_at=emptied)


def came(area: Area, holder: Any, at: dt.datetime) -> Presence:
    return Presence.objects.create(area=area, holder=holder, inside=True, at=at, event=None)


def test_the_hour_at_which_everybody_is_gone(house: Building) -> None:
    at_hour(house.area, 4, chosen=moment(9, day=22), emptied=moment(4, day=23))
    row = came(house.area, henri(), moment(18, day=23))
    assert services.empty_due_areas(now=moment(3, 59)) == 0
    assert services.empty_due_areas(now=moment(4)) == 1
    row.refresh_from_db()
    assert (row.inside, row.at) == (False, moment(4))
    assert services.empty_due_areas(now=moment(4, 1)) == 0
    assert services.empty_due_areas(now=moment(3, 59, day=25)) == 0
    assert services.empty_due_areas(now=moment(9, day=25)) == 1  # nobody looked at four
    assert Area.objects.get(pk=house.area.pk).emptied_at == moment(4, day=25)
    services.edit_area(area=house.area, by=BY, empty_at_hour=None)
    assert services.empty_due_areas(now=moment(9, day=27)) == 0


def test_who_came_after_the_hour_is_not_counted_out_late(house: Building) -> None:
    """Nobody looked at three: the early shift, in since six, is inside."""
    at_hour(house.area, 3, chosen=moment(9, day=22), emptied=moment(3, day=23))
    late, early = came(house.area, henri(), moment(22, day=23)), moment(6)
    shift = came(house.area, add_holder(name="Ina", email="ina@acme.example", by=BY), early)
    assert services.empty_due_areas(now=moment(8, 30)) == 1
    assert list(Presence.objects.filter(inside=True)) == [shift]
    late.refresh_from_db()
    assert not late.inside


def test_an_hour_that_is_new_is_due_when_it_comes(house: Building) -> None:
    row = came(house.area, henri(), moment(9))
    at_hour(house.area, 3, chosen=moment(14))
    assert services.empty_due_areas(now=moment(14, 1)) == 0
    at_hour(house.area, 15, chosen=moment(14, 2))
    assert services.empty_due_areas(now=moment(14, 3)) == 0
    assert services.empty_due_areas(now=moment(15)) == 1
    row.refresh_from_db()
    assert not row.inside


def test_only_another_hour_begins_anew(house: Building) -> None:
    at_hour(house.area, 3, chosen=moment(9))
    area = Area.objects.get(pk=house.area.pk)
    services.edit_area(area=area, by=BY, capacity=3, empty_at_hour=3)
    assert Area.objects.get(pk=area.pk).hour_chosen_at == moment(9)
    services.edit_area(area=area, by=BY, empty_at_hour=4)
    chosen = Area.objects.get(pk=area.pk).hour_chosen_at
    assert chosen is not None
    assert abs(chosen - timezone.now()) < dt.timedelta(minutes=1)


def test_an_area_that_is_locked_stops_no_other(house: Building, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = services.add_area(site=house.site, name="Lab", assurance=1, capacity=3, by=BY)
    for area in (house.area, lab):
        at_hour(area, 4, chosen=moment(9, day=22))
    honest, tried = presence.lock_areas, []

    def lock(areas: Any) -> None:
        tried.append(list(areas))
        if len(tried) == 1:
            raise OperationalError("canceling statement due to lock timeout")
        honest(tried[-1])

    monkeypatch.setattr(presence, "lock_areas", lock)
    assert services.empty_due_areas(now=moment(5)) == 1
    assert services.empty_due_areas(now=moment(5, 1)) == 1
    assert not Area.objects.filter(emptied_at=None).exists()


def test_an_older_process_may_add_areas(house: Building) -> None:
    """It knows nothing of what this one asks for."""
    kept = (
        "site_id",
        "name",
        "assurance",
        "door_challenge",
        "lockdown",
        "offline_mode",
        "offline_trust_hours",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO access_area ({', '.join(kept)})"
            " SELECT site_id, 'Older', assurance, door_challenge, lockdown, offline_mode, offline_trust_hours"
            " FROM access_area WHERE id = %s",
            [house.area.pk],
        )
    assert not Area.objects.get(name="Older").keeps_watch
