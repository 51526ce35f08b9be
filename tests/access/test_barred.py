"""Inside by the record, and nothing left that opens a door: off-boarded, suspended, without phone, over."""

import datetime as dt
import html

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from access import services
from access.models import Presence
from access.tasks import empty_areas_of_company
from credentials import services as credentials
from credentials.models import Credential, Device, Holder
from credentials.services import Window
from ledger.models import LedgerEntry
from tenants.context import CompanyRef
from tests.access.build import BY, Building, building
from tests.access.test_area_form import last_deed
from tests.access.test_area_page import enter
from tests.fixtures.console import SignIn
from tests.scanning.world import lay_phone

pytestmark = pytest.mark.django_db
MARK = "Inside, but may not enter any more."


@pytest.fixture
def house(in_acme: CompanyRef) -> Building:
    made = building()
    services.edit_area(area=made.area, by=BY, passback="hard", capacity=9)
    return made


@pytest.fixture
def alice(signed_in: SignIn) -> Client:
    return signed_in("alice")


def person(house: Building, name: str, *, phone: bool = True) -> Holder:
    """Inside, with a phone."""
    holder = credentials.add_holder(name=name, email=f"{name}@acme.example", by=BY)
    if phone:
        lay_phone(holder)
    enter(house.area, holder)
    return holder


def page(client: Client, house: Building) -> str:
    return html.unescape(client.get(f"/doors/areas/{house.area.pk}/").content.decode())


def inside() -> set[Holder]:
    return {row.holder for row in Presence.objects.filter(inside=True)}


def test_whoever_may_enter_is_not_marked(alice: Client, house: Building) -> None:
    person(house, "anna")
    visitor = person(house, "vera", phone=False)
    now = timezone.now()
    window = Window(now - dt.timedelta(hours=1), now + dt.timedelta(hours=2), "Europe/Berlin")
    credentials.issue_day_pass(holder=visitor, window=window, by=BY)
    assert MARK not in page(alice, house)
    assert "Count out 1" not in page(alice, house)
    assert alice.post(f"/doors/areas/{house.area.pk}/barred/").status_code == 302
    assert len(inside()) == 2
    assert not LedgerEntry.objects.filter(verb="barred_counted_out").exists()


def suspend(holder: Holder) -> None:
    credentials.suspend_holder(holder=holder, by=BY)


def lose_phone(holder: Holder) -> None:
    credentials.revoke_device(device=Device.objects.get(holder=holder), reason="lost", by=BY)


def run_out(holder: Holder) -> None:
    Credential.objects.filter(holder=holder).update(valid_until=timezone.now() - dt.timedelta(minutes=1))


def end_day_pass(holder: Holder) -> None:
    lose_phone(holder)
    now = timezone.now()
    window = Window(now - dt.timedelta(hours=1), now + dt.timedelta(hours=2), "Europe/Berlin")
    issued = credentials.issue_day_pass(holder=holder, window=window, by=BY)
    credentials.revoke_day_pass(day_pass=issued.day_pass, by=BY)


@pytest.mark.parametrize("ended", [suspend, lose_phone, run_out, end_day_pass, credentials.offboard_holder])
def test_who_may_not_is_marked_and_counted_out(alice: Client, house: Building, ended: object) -> None:
    stays, goes = person(house, "anna"), person(house, "bert")
    if ended is credentials.offboard_holder:
        credentials.offboard_holder(holder=goes, by=BY)
    else:
        assert callable(ended)
        ended(goes)
    shown = page(alice, house)
    assert shown.count(MARK) == 1
    assert "Count out 1 who may not enter any more" in shown
    answer = alice.post(f"/doors/areas/{house.area.pk}/barred/")
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "1 who may not enter any more count as gone from Ground floor."
    ]
    assert last_deed("barred_counted_out") == {"people": 1}
    assert inside() == {stays}
    assert MARK not in page(alice, house)


def test_who_is_off_boarded_is_gone_in_a_minute(house: Building) -> None:
    stays, goes = person(house, "anna"), person(house, "bert")
    suspend(stays)
    credentials.offboard_holder(holder=goes, by=BY)
    empty_areas_of_company()
    assert inside() == {stays}
    assert last_deed("presence_forgiven") == {"area": house.area.pk}
    empty_areas_of_company()
    assert LedgerEntry.objects.filter(verb="presence_forgiven").count() == 1


@pytest.mark.parametrize(("who", "may"), [("alice", True), ("bob", False), ("carol", False)])
def test_who_may_do_it(signed_in: SignIn, house: Building, who: str, may: bool) -> None:
    suspend(person(house, "anna"))
    client = signed_in(who)
    assert ("Count out 1 who may not" in page(client, house)) is may
    assert client.post(f"/doors/areas/{house.area.pk}/barred/").status_code == (302 if may else 403)
    assert len(inside()) == (0 if may else 1)
