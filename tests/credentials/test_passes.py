"""Passes for times without signal: what is in one, when it ends, and when none is given."""

import datetime as dt
import time
from typing import Any

import pytest
from django.utils import timezone

from credentials.models import Credential, Device, DeviceUse
from credentials.services import (
    revoke_device,
    set_code_policy,
    set_validity,
    suspend_holder,
)
from sallyport.codes import CodeFormat, PassContents, open_code, prove, unlock_flags
from sallyport.keys import b64url_decode
from tenants.context import CompanyRef, enter
from tests.credentials.phone import ALICE, Phone, enrolled, henri
from vault import selectors as vault

PASSES = "/api/v1/wallet/passes"


@pytest.fixture
def phone(acme: CompanyRef) -> Phone:
    with enter(acme):
        return enrolled(henri())[0]


def device_of(phone: Phone) -> Device:
    return Device.objects.get(thumbprint=phone.keyid.removeprefix("device:"))


def ask(phone: Phone, **other: Any) -> tuple[int, dict[str, Any]]:
    return phone.send("POST", PASSES, {}, **other)


def contents(company: CompanyRef, told: dict[str, Any]) -> PassContents:
    """The pass, opened with the company's keys."""
    sealed = b64url_decode(told["pass"])
    with enter(company):
        keys = vault.load_opening_keys()
    return PassContents.unpack(keys[int.from_bytes(sealed[:4], "big")].unseal(CodeFormat.PASS, sealed[4:]))


def test_a_pass_opens_with_a_proof_of_its_phone(acme: CompanyRef, phone: Phone) -> None:
    status, told = ask(phone)
    assert status == 200
    now = told["server_now"]
    assert told == {
        "pass": told["pass"],
        "company": told["company"],
        "issued": now,
        "expires": now + 12 * 3600,
        "unlocked_until": 0,
        "pass_mark": told["pass_mark"],
        "server_now": now,
    }
    assert b64url_decode(told["company"]) == acme.uid
    code = prove(b64url_decode(told["pass"]), company=acme.uid, at=now + 1, key=phone.key)
    with enter(acme):
        keys = vault.load_opening_keys()
        opened = open_code(code, keys=keys, foreign=lambda _: False, now=now + 2, life=30)
        device = device_of(phone)
        credential = Credential.objects.get(holder=device.holder)
    assert opened.use_key == (device.handle, now + 1, 2**32)
    assert (opened.contents.credential, opened.unlocked_at) == (credential.handle, None)


def test_the_unlock_travels_in_code_and_pass(acme: CompanyRef, phone: Phone) -> None:
    phone.me()
    with enter(acme):
        unlocked = (int(time.time()) - 90) * 1000
        DeviceUse.objects.filter(device=device_of(phone).handle).update(unlocked_ms=unlocked)
    until = unlocked // 1000 + 300
    assert phone.me()[1]["unlock"] == {"required": False, "minutes": 5, "until": until}
    _, told = ask(phone)
    inside = contents(acme, told)
    assert (told["unlocked_until"], inside.unlocked_until, inside.flags) == (until, until, unlock_flags(5))
    _, code = phone.ask()
    assert code["unlocked_until"] == until
    with enter(acme):
        opened = open_code(
            code["code"],
            keys=vault.load_opening_keys(),
            foreign=lambda _: False,
            now=code["issued"],
            life=30,
        )
    assert opened.contents.flags == unlock_flags(2)  # a minute and a half, rounded up


def test_an_unlock_ends_and_a_shorter_choice_ends_it_at_once(acme: CompanyRef, phone: Phone) -> None:
    phone.me()
    with enter(acme):
        unlocked = (int(time.time()) - 90) * 1000
        DeviceUse.objects.filter(device=device_of(phone).handle).update(unlocked_ms=unlocked)
        set_code_policy(unlock_minutes=1, by=ALICE)
    _, told = ask(phone)
    assert (told["unlocked_until"], contents(acme, told).flags) == (0, 0)
    assert phone.ask()[1]["unlocked_until"] == 0


def test_without_an_unlock_nothing_is_given_where_one_is_required(acme: CompanyRef, phone: Phone) -> None:
    with enter(acme):
        set_code_policy(unlock_required=True, by=ALICE)
    refusal = {
        "code": "unlock_required",
        "text": "Unlock with this phone's fingerprint or face first.",
        "retry": False,
    }
    assert ask(phone) == (403, refusal)
    assert phone.ask() == (403, refusal)
    assert phone.me()[1]["ready"]
    with enter(acme):
        now_ms = int(time.time() * 1000)
        DeviceUse.objects.filter(device=device_of(phone).handle).update(unlocked_ms=now_ms)
    # The refused ones took no turn.
    assert ask(phone)[0] == 200
    assert phone.ask()[0] == 200


def test_a_pass_ends_with_the_rights_it_carries(acme: CompanyRef, phone: Phone) -> None:
    soon = timezone.now().replace(microsecond=0) + dt.timedelta(hours=2)
    with enter(acme):
        set_code_policy(mint_interval=0, by=ALICE)
        set_code_policy(pass_hours=3, by=ALICE)
        told = ask(phone)[1]
        assert told["expires"] == told["issued"] + 3 * 3600
        set_validity(holder=device_of(phone).holder, valid_from=None, valid_until=soon, by=ALICE)
        assert ask(phone)[1]["expires"] == int(soon.timestamp())
        sooner = soon - dt.timedelta(hours=1)
        Credential.objects.filter(holder=device_of(phone).holder, state="ACTIVE").update(fresh_until=sooner)
        assert ask(phone)[1]["expires"] == int(sooner.timestamp())
        past = timezone.now() - dt.timedelta(seconds=1)
        Credential.objects.filter(holder=device_of(phone).holder, state="ACTIVE").update(fresh_until=past)
    assert ask(phone)[1]["code"] == "profile_stale"


def test_passes_and_codes_take_turns_of_their_own(acme: CompanyRef, phone: Phone) -> None:
    assert ask(phone)[0] == 200
    assert phone.ask()[0] == 200
    status, told = ask(phone)
    assert (status, told["code"], told["wait"]) == (429, "too_soon", 5)


def test_a_pass_is_answered_once_and_for_good_signatures(acme: CompanyRef, phone: Phone) -> None:
    headers = phone.headers("POST", PASSES, b"{}")
    assert phone.repeat("POST", PASSES, b'{"a":1}', headers)[1]["code"] == "bad_signature"
    assert phone.repeat("POST", PASSES, b"{}", headers)[0] == 200
    assert phone.repeat("POST", PASSES, b"{}", headers)[1]["code"] == "request_replayed"


def test_who_gets_no_pass(acme: CompanyRef, phone: Phone) -> None:
    with enter(acme):
        suspend_holder(holder=device_of(phone).holder, by=ALICE)
    assert ask(phone)[1]["code"] == "holder_suspended"
    with enter(acme):
        revoke_device(device=device_of(phone), reason="lost", by=ALICE)
    assert ask(phone)[1]["code"] == "device_revoked"
    with enter(acme):
        waiting = enrolled(henri(email="second@acme.example"), vouched=False)[0]
    assert ask(waiting)[1]["code"] == "device_awaiting"
