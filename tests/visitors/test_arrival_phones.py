"""A phone held before a kiosk: bound, the same digits on both screens, and what if they are not."""

from typing import Any

import pytest

from credentials.models import Device, DeviceState
from tests.credentials.phone import Phone
from tests.visitors.build import BY, Reception
from tests.visitors.lobby import Lobby
from tests.visitors.lobby import lobby as at_kiosk
from visitors import services
from visitors.models import VisitType

pytestmark = pytest.mark.django_db


def scan(lobby: Lobby, phone: Phone) -> tuple[int, dict[str, Any]]:
    """The kiosk shows its picture and the phone takes it."""
    offered = lobby.do("phone")
    assert lobby.status == 200, offered
    assert offered["seconds"] == 120
    token = offered["address"].partition("#here=")[2]
    told = {"token": token, "public_key": phone.public_key, "label": "Vera's phone"}
    return phone.send("POST", "/api/v1/visits/bind", told)


def test_the_same_digits_make_it_the_visitors(desk: Reception, lobby: Lobby) -> None:
    lobby.expected(desk.visit())
    assert lobby.do("way", way="phone")["step"] == "phone"
    phone = Phone()
    assert lobby.do("phone/same", same=True)["code"] == "no_phone"
    _, told = scan(lobby, phone)
    assert lobby.look()["phone"] == {"digits": told["digits"], "label": "Vera's phone"}
    assert phone.me()[1]["ready"] is False
    assert lobby.do("phone")["code"] == "phone_held"  # a picture drawn anew does not take the digits away
    assert (lobby.do("phone/same", same=True)["state"], lobby.view["phone"]) == ("done", None)
    assert phone.me()[1]["ready"] is True
    assert lobby.visit.device == Device.objects.get()


def test_other_digits_end_the_phone(desk: Reception, lobby: Lobby) -> None:
    lobby.expected(desk.visit())
    lobby.do("way", way="phone")
    stranger, phone = Phone(), Phone()
    scan(lobby, stranger)
    assert (lobby.do("phone/same", same=False)["step"], lobby.view["phone"]) == ("phone", None)
    assert Device.objects.get().state == DeviceState.REVOKED
    assert scan(lobby, phone)[0] == 201
    assert lobby.do("phone/same", same=True)["state"] == "done"


def test_a_phone_from_home_is_held_here_too(desk: Reception, lobby: Lobby) -> None:
    """Whoever has bound one by a link that was passed on is not let in by it: the one that is here counts."""
    visit = desk.visit()
    lobby.expected(visit)
    stranger, phone = Phone(), Phone()
    scan(lobby, stranger)
    lobby.expected(visit)
    lobby.do("way", way="phone")
    assert lobby.view["step"] == "phone"
    assert scan(lobby, phone)[0] == 201
    lobby.do("phone/same", same=True)
    assert {one.state for one in Device.objects.all()} == {DeviceState.ACTIVE, DeviceState.REVOKED}
    assert lobby.visit.device is not None
    assert lobby.visit.device.state == DeviceState.ACTIVE


def test_two_walk_ins_with_one_phone(desk: Reception, lobby: Lobby) -> None:
    phone, other = Phone(), at_kiosk(desk, name="Other")
    for number, one in enumerate((lobby, other)):
        one.walk_in(name=f"Walker {number}", email=f"w{number}@away.example")
        services.admit(visit=one.visit, by=BY)
        one.look()
        one.do("way", way="phone")
    assert scan(lobby, phone)[0] == 201
    status, told = scan(other, phone)
    assert (status, told["code"]) == (409, "key_already_enrolled")
    assert other.look()["phone"] is None
    assert other.do("phone/same", same=True)["code"] == "no_phone"
    assert other.do("way", way="day_pass")["pass"]["pin"]
    assert lobby.do("phone/same", same=True)["state"] == "done"


def test_no_phone_before_somebody_lets_them_in(desk: Reception, lobby: Lobby) -> None:
    lobby.walk_in()
    assert lobby.do("phone")["code"] == "no_step"
    services.admit(visit=lobby.visit, by=BY)
    VisitType.objects.filter(pk=desk.type.pk).update(ways=["day_pass"])
    assert lobby.do("phone")["code"] == "way_not_offered"
