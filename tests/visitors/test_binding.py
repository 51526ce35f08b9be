"""A visitor's phone is bound once by what it was shown, and is theirs until the visit ends."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from credentials.models import Device, DeviceState, HolderState, Vouching, WrongCodes
from credentials.services import set_code_policy
from tests.credentials.phone import Phone, enrolled, henri
from tests.visitors.build import BY, Reception
from tests.visitors.kiosk import Tablet
from visitors import services
from visitors.models import Arrival, Flow, Visit, VisitState, Way
from visitors.models.visits import LinkPurpose
from visitors.refusals import Refused
from visitors.services import binding
from visitors.services.links import make_link, token_of

BIND, MINE, LEAVE = (f"/api/v1/visits/{name}" for name in ("bind", "mine", "leave"))


@pytest.fixture
def tablet(desk: Reception) -> Tablet:
    return Tablet.paired(desk.place.site)


def at_kiosk(tablet: Tablet, visit: Visit) -> Arrival:
    """The visitor stands at the kiosk, and whoever stood there before has gone."""
    now = timezone.now()
    Arrival.objects.filter(ended_at=None).update(ended_at=now)
    return Arrival.objects.create(
        kiosk=tablet.kiosk, flow=Flow.EXPECTED, visit=visit, begun_at=now, seen_at=now
    )


def offered(arrival: Arrival) -> str:
    address, seconds = binding.offer(arrival)
    assert seconds == 120
    before, _, token = address.partition("#here=")
    assert before.endswith("/wallet/")
    return token


def bind(phone: Phone, token: str, **other: Any) -> tuple[int, dict[str, Any]]:
    told = {"token": token, "public_key": phone.public_key, "label": "Vera's phone"}
    return phone.send("POST", BIND, told | other)


def code(phone: Phone, token: str, **other: Any) -> tuple[int, str]:
    status, told = bind(phone, token, **other)
    return status, told["code"]


def test_a_phone_is_bound_at_the_kiosk_by_the_same_digits(desk: Reception, tablet: Tablet) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    arrival, phone = at_kiosk(tablet, visit), Phone()
    token = offered(arrival)
    status, told = bind(phone, token)
    assert (status, told["device_state"], told["site"]) == (201, "AWAITING", desk.place.site.name)
    assert (told["host"], told["until"]) == ("Henri Holder", int(visit.ends.timestamp()))
    arrival.refresh_from_db()
    assert arrival.device is not None
    assert told["digits"] == arrival.digits
    assert len(told["digits"]) == 2
    assert token.encode() not in bytes(arrival.bind_hash or b"")
    assert phone.ask()[1]["code"] == "device_awaiting"
    assert phone.send("POST", MINE, {})[1]["digits"] == arrival.digits
    assert bind(phone, token)[1]["digits"] == arrival.digits  # its answer was lost, and it asks again
    assert code(Phone(), token) == (410, "link_used")
    services.choose_way(visit=visit, way=Way.PHONE, device=arrival.device, by=BY)
    assert phone.me()[1]["ready"] is True
    assert Device.objects.count() == 1


def test_a_picture_binds_for_two_minutes(desk: Reception, tablet: Tablet) -> None:
    arrival = at_kiosk(tablet, services.admit(visit=desk.visit(), by=BY))
    first = offered(arrival)
    second = offered(arrival)
    assert code(Phone(), first) == (404, "link_wrong")  # the newer one has taken its place
    Arrival.objects.update(bind_until=timezone.now())
    assert code(Phone(), second) == (410, "link_over")
    third = offered(arrival)
    Arrival.objects.update(ended_at=timezone.now())
    assert code(Phone(), third) == (410, "link_over")
    with pytest.raises(Refused) as refused:
        binding.offer(arrival)
    assert refused.value.code == "link_over"
    assert not Device.objects.exists()


def test_two_walk_ins_with_one_phone(desk: Reception, tablet: Tablet) -> None:
    phone = Phone()
    one, other = (desk.visit(email=f"{name}@guest.example") for name in ("one", "other"))
    assert bind(phone, offered(at_kiosk(tablet, services.admit(visit=one, by=BY))))[0] == 201
    arrival = at_kiosk(tablet, services.admit(visit=other, by=BY))
    assert code(phone, offered(arrival)) == (409, "key_already_enrolled")
    arrival.refresh_from_db()
    assert (arrival.device, arrival.digits) == (None, "")
    assert bind(Phone(), offered(arrival))[0] == 201


def test_a_cardholders_phone_is_no_visitors(desk: Reception, tablet: Tablet) -> None:
    phone, _ = enrolled(henri(email="other@acme.example"))
    arrival = at_kiosk(tablet, services.admit(visit=desk.visit(), by=BY))
    assert code(phone, offered(arrival)) == (409, "key_already_enrolled")


def test_a_key_of_an_earlier_visit_has_ended(desk: Reception, tablet: Tablet) -> None:
    phone = Phone()
    visit = services.admit(visit=desk.visit(), by=BY)
    bind(phone, offered(at_kiosk(tablet, visit)))
    services.sign_out(visit=visit, by=BY)
    arrival = at_kiosk(tablet, services.admit(visit=desk.visit(), by=BY))
    status, told = bind(phone, offered(arrival))
    assert (status, told["code"], told["retry"]) == (409, "key_revoked", True)


def test_a_link_binds_at_home_once(desk: Reception) -> None:
    visit, phone = desk.visit(), Phone()
    token = token_of(make_link(visit=visit, purpose=LinkPurpose.PREPARE))
    status, told = bind(phone, token)
    assert (status, told["device_state"], told["digits"]) == (201, "AWAITING", "")
    visit.refresh_from_db()
    assert visit.state == VisitState.EXPECTED
    assert bind(phone, token)[0] == 201
    assert code(Phone(), token) == (410, "link_used")  # passed on, it enrols nobody
    assert Device.objects.count() == 1
    # At the kiosk the same phone shows digits as any other.
    arrival = at_kiosk(Tablet.paired(desk.place.site), services.admit(visit=visit, by=BY))
    assert len(bind(phone, offered(arrival))[1]["digits"]) == 2
    assert Device.objects.count() == 1


def test_another_phone_at_the_kiosk_takes_the_place_of_the_one_at_home(desk: Reception) -> None:
    set_code_policy(max_phones=1, by=BY)
    visit, at_home, here = desk.visit(), Phone(), Phone()
    bind(at_home, token_of(make_link(visit=visit, purpose=LinkPurpose.PREPARE)))
    visit = services.admit(visit=visit, by=BY)
    arrival = at_kiosk(Tablet.paired(desk.place.site), visit)
    assert bind(here, offered(arrival))[0] == 201
    arrival.refresh_from_db()
    services.choose_way(visit=visit, way=Way.PHONE, device=arrival.device, by=BY)
    assert here.ask()[0] == 200
    assert at_home.ask()[1]["code"] == "device_revoked"


def test_a_phone_bound_by_a_mail_does_not_confirm_itself(desk: Reception) -> None:
    set_code_policy(vouching=Vouching.FIRST_USE, by=BY)
    visit, phone = desk.visit(), Phone()
    bind(phone, token_of(make_link(visit=visit, purpose=LinkPurpose.PREPARE)))
    services.admit(visit=visit, by=BY)
    assert phone.ask()[1]["code"] == "device_awaiting"
    assert phone.me()[1]["ready"] is False


@pytest.mark.parametrize("ends", [services.cancel, services.refuse])
def test_a_link_of_a_visit_that_is_off_binds_nothing(desk: Reception, ends: Any) -> None:
    visit = desk.visit()
    token = token_of(make_link(visit=visit, purpose=LinkPurpose.PREPARE))
    ends(visit=visit, by=BY)
    assert code(Phone(), token) == (410, "link_over")


def test_a_link_runs_out_and_an_admit_link_binds_nothing(desk: Reception) -> None:
    visit = desk.visit()
    late = make_link(visit=visit, purpose=LinkPurpose.PREPARE, until=timezone.now() - dt.timedelta(seconds=1))
    assert code(Phone(), token_of(late)) == (410, "link_over")
    admits = make_link(visit=visit, purpose=LinkPurpose.ADMIT)
    assert code(Phone(), token_of(admits)) == (404, "link_wrong")


def test_guessing_ends_after_thirty_and_shuts_out_nobody(desk: Reception, tablet: Tablet) -> None:
    phone = Phone()
    for _ in range(binding.WRONG_TOKENS):
        assert code(phone, "A" * 22) == (404, "link_wrong")
    assert code(phone, "B" * 22) == (429, "too_many_tries")
    assert WrongCodes.objects.get().count == binding.WRONG_TOKENS
    assert bind(Phone(), token_of(make_link(visit=desk.visit(), purpose=LinkPurpose.PREPARE)))[0] == 201
    other = services.admit(visit=desk.visit(email="other@guest.example"), by=BY)
    assert bind(Phone(), offered(at_kiosk(tablet, other)))[0] == 201


def test_only_the_key_that_is_bound_may_ask(desk: Reception) -> None:
    token = token_of(make_link(visit=desk.visit(), purpose=LinkPurpose.PREPARE))
    assert code(Phone(), token, public_key=Phone().public_key) == (401, "bad_signature")
    assert code(Phone(), token, public_key="x") == (400, "malformed")
    assert bind(Phone(), token)[0] == 201


def test_the_visitor_leaves_by_the_phone(desk: Reception, tablet: Tablet) -> None:
    visit, phone = services.admit(visit=desk.visit(), by=BY), Phone()
    arrival = at_kiosk(tablet, visit)
    bind(phone, offered(arrival))
    assert phone.send("POST", LEAVE, {})[1]["code"] == "device_awaiting"
    arrival.refresh_from_db()
    services.choose_way(visit=visit, way=Way.PHONE, device=arrival.device, by=BY)
    assert phone.send("POST", LEAVE, {})[0] == 200
    visit.refresh_from_db()
    assert visit.state == VisitState.SIGNED_OUT
    assert visit.ended_by == f"holder:{visit.holder.handle}"
    assert visit.holder.state == HolderState.OFFBOARDED
    assert Device.objects.get().state == DeviceState.REVOKED
    assert phone.send("POST", MINE, {})[1]["code"] == "device_revoked"


def test_a_cardholder_has_no_visit_to_leave(desk: Reception) -> None:
    phone, _ = enrolled(henri(email="other@acme.example"))
    assert phone.send("POST", LEAVE, {})[1]["code"] == "visit_not_open"
    assert phone.send("POST", MINE, {})[0] == 404
    assert phone.send("POST", MINE, {})[1]["code"] == "no_such_visit"
