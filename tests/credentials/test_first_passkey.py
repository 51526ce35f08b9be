"""A phone's first passkey: who has had the phone for a while adds none of his own, and the holder is told."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client

from credentials.models import Device, DeviceUse
from credentials.receivers import send_passkey
from credentials.services import set_code_policy
from ledger.models import LedgerEntry, Outbox
from tenants.context import CompanyRef, enter
from tests.credentials.authenticator import Authenticator
from tests.credentials.phone import ALICE, Phone, enrolled, henri
from tests.credentials.test_passkeys import register
from tests.fixtures.console import SignIn

DAY = dt.timedelta(days=1)


@pytest.fixture
def phone(acme: CompanyRef) -> Phone:
    with enter(acme):
        return enrolled(henri())[0]


def confirmed(acme: CompanyRef, ago: dt.timedelta) -> Device:
    """Henri's phone, as if it had been enrolled and confirmed so long ago."""
    with enter(acme):
        device = Device.objects.get()
        assert device.vouched_at is not None
        device.enrolled_at, device.vouched_at = device.enrolled_at - ago, device.vouched_at - ago
        device.save(update_fields=["enrolled_at", "vouched_at"])
        return device


def outcome(phone: Phone) -> object:
    status, told = register(phone, Authenticator())
    return told["passkeys"] if status == 201 else told["code"]


def test_within_a_day_of_its_confirmation_it_is_free(acme: CompanyRef, phone: Phone) -> None:
    confirmed(acme, DAY - dt.timedelta(minutes=1))
    assert outcome(phone) == 1


def test_whoever_took_a_phone_that_has_none_cannot_make_one(acme: CompanyRef, phone: Phone) -> None:
    confirmed(acme, 90 * DAY)
    assert outcome(phone) == "passkey_late"


def test_a_time_that_ends_between_question_and_answer_ends_it(acme: CompanyRef, phone: Phone) -> None:
    _, offer = phone.send("POST", "/api/v1/wallet/passkeys/options", {})
    confirmed(acme, 2 * DAY)
    credential = Authenticator().create(offer["options"], origin="http://acme.localhost")
    told = {"ticket": offer["ticket"], "credential": credential}
    assert phone.send("POST", "/api/v1/wallet/passkeys", told)[1]["code"] == "passkey_late"


def test_an_operator_lets_it(acme: CompanyRef, phone: Phone, signed_in: SignIn) -> None:
    device = confirmed(acme, 90 * DAY)
    with enter(acme):
        client: Client = signed_in("alice")
        page = client.get(f"/people/{device.holder_id}/").content.decode()
        assert "Let it set up unlocking" in page
        assert client.post(f"/phones/{device.pk}/allow-passkey/").status_code == 302
        assert LedgerEntry.objects.get(verb="passkey_allowed").handle == device.handle
    assert outcome(phone) == 1
    with enter(acme):
        page = client.get(f"/people/{device.holder_id}/").content.decode()
        assert "Let it set up unlocking" not in page


def test_what_an_operator_let_lasts_a_day(acme: CompanyRef, phone: Phone, signed_in: SignIn) -> None:
    device = confirmed(acme, 90 * DAY)
    with enter(acme):
        signed_in("alice").post(f"/phones/{device.pk}/allow-passkey/")
        use = DeviceUse.objects.get(device=device.handle)
        use.passkey_until_ms -= int(DAY.total_seconds() * 1000) + 1000
        use.save(update_fields=["passkey_until_ms"])
    assert outcome(phone) == "passkey_late"


def test_who_asks_for_unlocks_from_today_on_leaves_time_to_set_it_up(acme: CompanyRef, phone: Phone) -> None:
    confirmed(acme, 90 * DAY)
    with enter(acme):
        policy = set_code_policy(unlock_required=True, by=ALICE)
        assert policy.passkeys_until is not None
    assert outcome(phone) == 1


def test_that_time_ends(acme: CompanyRef, phone: Phone) -> None:
    confirmed(acme, 90 * DAY)
    with enter(acme):
        policy = set_code_policy(unlock_required=True, by=ALICE)
        assert policy.passkeys_until is not None
        policy.passkeys_until -= dt.timedelta(days=14, seconds=1)
        policy.save()
    assert outcome(phone) == "passkey_late"


def test_the_holder_is_mailed_of_each(acme: CompanyRef, phone: Phone) -> None:
    assert outcome(phone) == 1
    with enter(acme):
        message = Outbox.objects.get(topic="mail.passkey")
        assert set(message.data) == {"passkey"}
        send_passkey(message.data)
    assert "unlocking by fingerprint, face or PIN was set up" in mail.outbox[0].body
    assert "/lost/" in mail.outbox[0].body
