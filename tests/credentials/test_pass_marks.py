"""The mark of a pass: one for all answers, another whenever doors would refuse the pass, and opaque."""

import pytest

from credentials.models import Credential, Device
from credentials.services import reissue_credential, set_code_policy, suspend_holder
from credentials.services.credentials import set_profile
from tenants.context import CompanyRef, enter
from tests.credentials.phone import ALICE, Phone, enrolled, henri
from vault import caches, rotation
from vault.models import KeySet

PASSES = "/api/v1/wallet/passes"


@pytest.fixture
def phone(acme: CompanyRef) -> Phone:
    with enter(acme):
        set_code_policy(mint_interval=0, by=ALICE)
        return enrolled(henri())[0]


def marks(phone: Phone) -> set[str]:
    """What the three answers tell."""
    answers = [phone.me(), phone.ask(), phone.send("POST", PASSES, {})]
    assert [status for status, _ in answers] == [200] * 3
    return {told["pass_mark"] for _, told in answers}


def credential_of(phone: Phone) -> Credential:
    holder = Device.objects.get(thumbprint=phone.keyid.removeprefix("device:")).holder
    return Credential.objects.get(holder=holder, state="ACTIVE")


def test_all_answers_tell_the_same_and_go_on_telling_it(phone: Phone) -> None:
    (mark,) = marks(phone)
    assert len(mark) == 12
    assert marks(phone) == {mark}


def test_it_differs_after_each_thing_that_ends_a_pass(acme: CompanyRef, phone: Phone) -> None:
    seen = marks(phone)
    with enter(acme):
        reissue_credential(credential=credential_of(phone), profile=0, fresh_until=None, by=ALICE)
    seen |= marks(phone)
    with enter(acme):
        set_profile(credential=credential_of(phone), profile=7, fresh_until=None)
    seen |= marks(phone)
    with enter(acme):
        rotation.refuse_and_rotate(by=ALICE)
        caches.drop(acme.id)  # which a commit would do
    seen |= marks(phone)
    assert len(seen) == 4


def test_two_phones_of_two_people_have_marks_of_their_own(acme: CompanyRef, phone: Phone) -> None:
    with enter(acme):
        other = enrolled(henri(email="second@acme.example"))[0]
    assert marks(phone).isdisjoint(marks(other))


def test_there_is_none_where_no_pass_could_be_made(acme: CompanyRef, phone: Phone) -> None:
    with enter(acme):
        suspend_holder(holder=credential_of(phone).holder, by=ALICE)
    assert phone.me()[1]["pass_mark"] is None


def test_without_a_key_in_force_the_phone_still_hears_how_it_stands(acme: CompanyRef, phone: Phone) -> None:
    with enter(acme):
        KeySet.objects.update(state=KeySet.State.REFUSED)
        caches.drop(acme.id)
    status, told = phone.me()
    assert (status, told["ready"], told["pass_mark"]) == (200, True, None)
