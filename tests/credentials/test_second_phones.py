"""A further phone: the phone that is there already is told of it, and confirms or refuses it."""

import pytest

from credentials.models import Device, DeviceState, Holder
from credentials.refusals import Refused
from credentials.services import revoke_device, set_code_policy, suspend_holder, vouch_device
from ledger.models import LedgerEntry
from tenants.context import CompanyRef, enter
from tests.credentials.phone import ALICE, Phone, code_for, enrolled, henri
from tests.fixtures.console import SignIn

PATH = "/api/v1/wallet/phones"


@pytest.fixture
def holder(in_acme: CompanyRef) -> Holder:
    return henri()


@pytest.fixture
def old(holder: Holder) -> Phone:
    return enrolled(holder)[0]


@pytest.fixture
def new(old: Phone, holder: Holder) -> Phone:
    """Enrolled beside the old one: it waits."""
    phone = Phone()
    assert phone.enrol(code_for(holder))[0] == 201
    return phone


def device_of(phone: Phone) -> Device:
    return Device.objects.get(thumbprint=phone.keyid.removeprefix("device:"))


def answer(by: Phone, of: Phone, deed: str = "confirm") -> tuple[int, str]:
    status, told = by.send("POST", f"{PATH}/{device_of(of).handle}/{deed}")
    return status, told.get("device_state") or told["code"]


def test_the_old_phone_is_told_of_the_new_one(old: Phone, new: Phone) -> None:
    waiting = device_of(new)
    told = old.me()[1]
    assert told["waiting_phone"] == {
        "handle": waiting.handle,
        "label": "Henri's phone",
        "enrolled_at": int(waiting.enrolled_at.timestamp()),
    }
    assert told["may_ask_phone"] is False


def test_the_new_phone_learns_only_that_it_may_ask(old: Phone, new: Phone) -> None:
    told = new.me()[1]
    assert (told["may_ask_phone"], told["waiting_phone"], told["other_phone"]) == (True, None, None)
    revoke_device(device=device_of(old), reason="lost", by=ALICE)
    assert new.me()[1]["may_ask_phone"] is False


def test_a_first_phone_has_nobody_to_ask(holder: Holder) -> None:
    phone = enrolled(holder, vouched=False)[0]
    assert phone.me()[1]["may_ask_phone"] is False


def test_the_old_phone_confirms_the_new_one(old: Phone, new: Phone, holder: Holder) -> None:
    assert new.me()[1]["ready"] is False
    assert answer(old, new) == (200, "ACTIVE")
    assert new.me()[1]["ready"] is True
    assert new.ask()[0] == 200
    device = device_of(new)
    assert device.vouched_by == f"holder:{holder.handle}"
    entry = LedgerEntry.objects.get(verb="device_vouched", handle=device.handle)
    assert entry.data == {"with_phone": device_of(old).handle}
    assert old.me()[1]["waiting_phone"] is None


def test_the_old_phone_refuses_the_new_one_for_good(old: Phone, new: Phone) -> None:
    assert answer(old, new, "refuse") == (200, "REVOKED")
    assert new.ask()[1]["code"] == "device_revoked"
    assert answer(old, new) == (409, "phone_not_waiting")
    assert device_of(new).revoked_reason == "holder"


@pytest.mark.parametrize("deed", ["confirm", "refuse"])
def test_saying_it_twice_is_saying_it_once(old: Phone, new: Phone, deed: str) -> None:
    assert answer(old, new, deed) == answer(old, new, deed)
    verbs = ("device_vouched", "device_revoked")
    assert LedgerEntry.objects.filter(verb__in=verbs, handle=device_of(new).handle).count() == 1


def test_one_confirmed_phone_does_not_refuse_another(old: Phone, new: Phone) -> None:
    answer(old, new)
    assert answer(old, new, "refuse") == (409, "phone_not_waiting")
    assert device_of(new).state == DeviceState.ACTIVE


@pytest.mark.parametrize("deed", ["confirm", "refuse"])
def test_another_persons_phone_has_no_say(new: Phone, deed: str) -> None:
    stranger = enrolled(henri(email="other@acme.example"))[0]
    assert answer(stranger, new, deed) == (404, "no_such_phone")
    assert device_of(new).state == DeviceState.AWAITING


@pytest.mark.parametrize("deed", ["confirm", "refuse"])
def test_another_companys_phone_has_no_say(new: Phone, globex: CompanyRef, deed: str) -> None:
    with enter(globex):
        stranger = enrolled(henri(), Phone("globex.localhost"))[0]
    path = f"{PATH}/{device_of(new).handle}/{deed}"
    status, told = stranger.send("POST", path)
    assert (status, told["code"]) == (404, "no_such_phone")
    stranger.host = "acme.localhost"
    assert stranger.send("POST", path)[1]["code"] == "not_enrolled"


@pytest.mark.parametrize("deed", ["confirm", "refuse"])
def test_a_waiting_phone_has_no_say(old: Phone, new: Phone, holder: Holder, deed: str) -> None:
    set_code_policy(max_phones=3, by=ALICE)
    third = enrolled(holder, vouched=False)[0]
    assert answer(new, new, deed) == (403, "device_awaiting")
    assert answer(third, new, deed) == (403, "device_awaiting")
    assert answer(new, old, deed) == (403, "device_awaiting")
    assert {device_of(phone).state for phone in (new, third)} == {DeviceState.AWAITING}


def test_a_confirmed_phone_says_nothing_of_itself(old: Phone) -> None:
    assert answer(old, old, "refuse") == (404, "no_such_phone")


@pytest.mark.parametrize("deed", ["confirm", "refuse"])
def test_a_revoked_phone_has_no_say(old: Phone, new: Phone, deed: str) -> None:
    revoke_device(device=device_of(old), reason="stolen", by=ALICE)
    assert answer(old, new, deed) == (403, "device_revoked")
    assert device_of(new).state == DeviceState.AWAITING


def test_a_suspended_persons_phone_may_refuse_only(old: Phone, new: Phone, holder: Holder) -> None:
    suspend_holder(holder=holder, by=ALICE)
    assert answer(old, new) == (403, "holder_inactive")
    assert answer(old, new, "refuse") == (200, "REVOKED")


def test_no_such_phone(old: Phone) -> None:
    for handle in (999_999, 10**30):
        assert old.send("POST", f"{PATH}/{handle}/confirm")[1]["code"] == "no_such_phone"


def test_a_smaller_number_of_phones_holds_for_waiting_ones(
    old: Phone, new: Phone, holder: Holder, signed_in: SignIn
) -> None:
    set_code_policy(max_phones=1, by=ALICE)
    assert answer(old, new) == (409, "too_many_phones")
    with pytest.raises(Refused, match="too_many_phones"):
        vouch_device(device=device_of(new), by=ALICE)
    page = signed_in("alice").post(f"/phones/{device_of(new).pk}/confirm/", follow=True)
    assert "as many phones as the company allows" in page.content.decode()
    assert device_of(new).state == DeviceState.AWAITING
    revoke_device(device=device_of(old), reason="replaced", by=ALICE)
    vouch_device(device=device_of(new), by=ALICE)
    assert device_of(new).state == DeviceState.ACTIVE
