"""Passkeys of a phone: registering them, unlocking with them, and everything that unlocks nothing."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from credentials.models import Device, DeviceUse, Passkey, UnlockTicket
from credentials.services import grant_unlock, revoke_device, set_code_policy
from ledger.models import LedgerEntry
from ledger.selectors import current_policy
from sallyport.keys import b64url
from tenants.context import CompanyRef, enter
from tests.credentials.authenticator import PRESENT, VERIFIED, Authenticator
from tests.credentials.phone import ALICE, Phone, enrolled, henri

ORIGIN = "http://acme.localhost"
WALLET = "/api/v1/wallet/"


def ask(phone: Phone, path: str, told: Any = None) -> tuple[int, dict[str, Any]]:
    return phone.send("POST", WALLET + path, {} if told is None else told)


def register(phone: Phone, passkey: Authenticator, **bent: Any) -> tuple[int, dict[str, Any]]:
    status, offer = ask(phone, "passkeys/options")
    if status != 200:
        return status, offer
    credential = passkey.create(offer["options"], **({"origin": ORIGIN} | bent))
    return ask(phone, "passkeys", {"ticket": offer["ticket"], "credential": credential})


def unlock(phone: Phone, passkey: Authenticator, **bent: Any) -> tuple[int, dict[str, Any]]:
    _, offer = ask(phone, "unlock/options")
    assertion = passkey.get(offer["options"], **({"origin": ORIGIN} | bent))
    return ask(phone, "unlock", {"ticket": offer["ticket"], "assertion": assertion})


@pytest.fixture
def phone(acme: CompanyRef) -> Phone:
    with enter(acme):
        return enrolled(henri())[0]


@pytest.fixture
def passkey(phone: Phone) -> Authenticator:
    """Registered on Henri's phone."""
    made = Authenticator()
    assert register(phone, made) == (201, {"passkeys": 1})
    return made


def device_of(phone: Phone) -> Device:
    return Device.objects.get(thumbprint=phone.keyid.removeprefix("device:"))


def unlocked(phone: Phone) -> bool:
    return bool(phone.me()[1]["unlock"]["until"])


def test_registering_and_unlocking(acme: CompanyRef, phone: Phone, passkey: Authenticator) -> None:
    assert phone.me()[1]["passkeys"] == 1
    assert not unlocked(phone)
    status, told = unlock(phone, passkey)
    assert (status, told["unlocked_until"]) == (200, told["server_now"] + 300)
    assert phone.me()[1]["unlock"]["until"] - told["unlocked_until"] in {-1, 0}
    assert phone.ask()[1]["unlocked_until"] == phone.me()[1]["unlock"]["until"]
    assert ask(phone, "lock")[1]["unlocked_until"] == 0
    assert not unlocked(phone)
    with enter(acme):
        entry = LedgerEntry.objects.get(verb="passkey_added")
        assert (entry.actor, entry.handle) == (
            f"holder:{device_of(phone).holder.handle}",
            device_of(phone).handle,
        )
        row = Passkey.objects.get()
        assert (row.rp_id, row.sign_count) == ("acme.localhost", 1)
        assert row.last_used_at is not None


def test_what_an_authenticator_is_asked(phone: Phone) -> None:
    _, offer = ask(phone, "passkeys/options")
    asked = offer["options"]
    assert asked["rp"] == {"id": "acme.localhost", "name": "Acme"}
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert (asked["attestation"], asked["user"]["name"]) == ("none", "Acme")
    made = Authenticator()
    register(phone, made)
    asked = ask(phone, "unlock/options")[1]["options"]
    assert (asked["rpId"], asked["userVerification"]) == ("acme.localhost", "required")
    assert [one["id"] for one in asked["allowCredentials"]] == [b64url(made.id)]


def test_a_further_passkey_needs_an_unlock(acme: CompanyRef, phone: Phone, passkey: Authenticator) -> None:
    assert register(phone, Authenticator())[1]["code"] == "unlock_required"
    unlock(phone, passkey)
    other = Authenticator()
    assert register(phone, other) == (201, {"passkeys": 2})
    assert unlock(phone, other)[0] == 200
    # An unlock that ended between the question and the answer counts no more.
    _, offer = ask(phone, "passkeys/options")
    ask(phone, "lock")
    credential = Authenticator().create(offer["options"], origin=ORIGIN)
    refused = ask(phone, "passkeys", {"ticket": offer["ticket"], "credential": credential})
    assert refused[1]["code"] == "unlock_required"


def test_a_phone_that_awaits_its_confirmation_has_ten_minutes(acme: CompanyRef) -> None:
    with enter(acme):
        phone, device = enrolled(henri(), vouched=False)
    assert ask(phone, "passkeys/options")[0] == 200
    with enter(acme):
        long_ago = timezone.now() - dt.timedelta(minutes=11)
        Device.objects.filter(pk=device.pk).update(enrolled_at=long_ago)
    assert ask(phone, "passkeys/options")[1]["code"] == "device_awaiting"


def test_where_an_unlock_is_required_it_opens_the_way(
    acme: CompanyRef, phone: Phone, passkey: Authenticator
) -> None:
    with enter(acme):
        set_code_policy(unlock_required=True, unlock_minutes=1, by=ALICE)
    assert phone.ask()[1]["code"] == "unlock_required"
    assert unlock(phone, passkey)[0] == 200
    assert phone.ask()[0] == 200
    assert ask(phone, "passes")[1]["unlocked_until"] > 0


def test_a_ticket_takes_one_answer_in_its_time(
    acme: CompanyRef, phone: Phone, passkey: Authenticator
) -> None:
    _, offer = ask(phone, "unlock/options")
    answer = {"ticket": offer["ticket"], "assertion": passkey.get(offer["options"], origin=ORIGIN)}
    assert ask(phone, "unlock", answer)[0] == 200
    assert ask(phone, "unlock", answer)[1]["code"] == "unlock_ticket_void"
    # A wrong answer uses it up as well.
    _, offer = ask(phone, "unlock/options")
    good = passkey.get(offer["options"], origin=ORIGIN)
    assert (
        ask(phone, "unlock", {"ticket": offer["ticket"], "assertion": {}})[1]["code"] == "unlock_not_verified"
    )
    assert (
        ask(phone, "unlock", {"ticket": offer["ticket"], "assertion": good})[1]["code"]
        == "unlock_ticket_void"
    )
    # Cancelled and taken up again too late.
    _, offer = ask(phone, "unlock/options")
    with enter(acme):
        UnlockTicket.objects.update(expires_at=timezone.now())
    late = {"ticket": offer["ticket"], "assertion": passkey.get(offer["options"], origin=ORIGIN)}
    assert ask(phone, "unlock", late)[1]["code"] == "unlock_ticket_void"


def test_a_ticket_is_one_phones_for_one_purpose(
    acme: CompanyRef, phone: Phone, passkey: Authenticator
) -> None:
    _, offer = ask(phone, "unlock/options")
    answer = {"ticket": offer["ticket"], "assertion": passkey.get(offer["options"], origin=ORIGIN)}
    with enter(acme):
        other = enrolled(henri(email="second@acme.example"))[0]
    assert ask(other, "unlock", answer)[1]["code"] == "unlock_ticket_void"
    credential = Authenticator().create(
        offer["options"] | {"rp": {"id": "acme.localhost"}, "user": {"id": "AA"}}, origin=ORIGIN
    )
    told = {"ticket": offer["ticket"], "credential": credential}
    assert ask(phone, "passkeys", told)[1]["code"] == "unlock_ticket_void"
    # An answer to one ticket is none to another.
    second = ask(phone, "unlock/options")[1]
    told = {"ticket": second["ticket"], "assertion": answer["assertion"]}
    assert ask(phone, "unlock", told)[1]["code"] == "unlock_ticket_void"
    assert not unlocked(phone)


def _unverified(passkey: Authenticator) -> dict[str, Any]:
    passkey.flags = PRESENT
    return {}


def _absent(passkey: Authenticator) -> dict[str, Any]:
    passkey.flags = VERIFIED
    return {}


def _other_key(passkey: Authenticator) -> dict[str, Any]:
    passkey.key = Authenticator().key
    return {}


def _other_passkey(passkey: Authenticator) -> dict[str, Any]:
    passkey.id = Authenticator().id
    return {}


def _other_user(passkey: Authenticator) -> dict[str, Any]:
    passkey.user = b64url(bytes(16))
    return {}


FAULTS: list[tuple[Callable[[Authenticator], dict[str, Any]], str]] = [
    (_unverified, "unlock_not_verified"),
    (_absent, "unlock_not_verified"),
    (_other_key, "unlock_not_verified"),
    (_other_passkey, "passkey_unknown"),
    (_other_user, "passkey_unknown"),
    (lambda _: {"type": "webauthn.create"}, "unlock_not_verified"),
    (lambda _: {"origin": "http://globex.localhost"}, "passkey_wrong_host"),
    (lambda _: {"origin": "http://localhost"}, "passkey_wrong_host"),
    (lambda _: {"origin": "https://acme.localhost"}, "passkey_wrong_host"),
    (lambda _: {"origin": "http://acme.localhost:81"}, "passkey_wrong_host"),
    (lambda _: {"origin": "http://acme.localhost.evil"}, "passkey_wrong_host"),
    (lambda _: {"crossOrigin": True}, "passkey_wrong_host"),
    (lambda _: {"rp_id": "localhost"}, "passkey_wrong_host"),
    (lambda _: {"rp_id": "globex.localhost"}, "passkey_wrong_host"),
]


@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_what_unlocks_nothing(
    phone: Phone,
    passkey: Authenticator,
    fault: Callable[[Authenticator], dict[str, Any]],
    code: str,
) -> None:
    status, told = unlock(phone, passkey, **fault(passkey))
    assert (status, told["code"]) == (403, code)
    assert not unlocked(phone)


@pytest.mark.parametrize(
    "told",
    [
        {"id": 5},
        {"id": "*"},
        {"id": "AA", "response": 5},
        {"id": "AA", "response": {"userHandle": 5}},
        {"id": "AA", "response": {}},
    ],
)
def test_what_is_no_answer_at_all(phone: Phone, passkey: Authenticator, told: dict[str, Any]) -> None:
    _, offer = ask(phone, "unlock/options")
    status, answer = ask(phone, "unlock", {"ticket": offer["ticket"], "assertion": told})
    assert (status, answer["code"]) in {(403, "unlock_not_verified"), (403, "passkey_unknown")}
    ticket = offer["ticket"]
    bodies: list[Any] = [{}, {"ticket": "x", "assertion": {}}, {"ticket": ticket, "assertion": 5}, []]
    for body in bodies:
        assert ask(phone, "unlock", body)[1]["code"] == "malformed"


@pytest.mark.parametrize(
    ("bent", "code"),
    [
        ({"origin": "http://globex.localhost"}, "passkey_wrong_host"),
        ({"rp_id": "localhost"}, "unlock_not_verified"),
        ({"type": "webauthn.get"}, "unlock_not_verified"),
        ({"challenge": b64url(bytes(32))}, "unlock_ticket_void"),
    ],
)
def test_what_registers_nothing(phone: Phone, bent: dict[str, Any], code: str) -> None:
    assert register(phone, Authenticator(), **bent)[1]["code"] == code
    assert register(phone, Authenticator(flags=PRESENT))[1]["code"] == "unlock_not_verified"
    assert phone.me()[1]["passkeys"] == 0


def test_a_counter_that_goes_back_is_refused_and_told(
    acme: CompanyRef, phone: Phone, passkey: Authenticator
) -> None:
    assert unlock(phone, passkey, step=7)[0] == 200
    ask(phone, "lock")
    for step in (0, -3):
        status, told = unlock(phone, passkey, step=step)
        assert (status, told["code"]) == (403, "passkey_counter_back")
    assert not unlocked(phone)
    with enter(acme):
        told_of = [entry.data for entry in LedgerEntry.objects.filter(verb="passkey_counter_back")]
        assert {(one["known"], one["told"]) for one in told_of} == {(7, 7), (7, 4)}
    assert unlock(phone, passkey, step=4)[0] == 200


def test_a_synced_passkey_never_counts_and_is_fine(phone: Phone) -> None:
    made = Authenticator()
    register(phone, made)
    for _ in range(2):
        assert unlock(phone, made, step=0)[0] == 200


def test_a_passkey_of_another_phone_and_of_another_address(
    acme: CompanyRef, phone: Phone, passkey: Authenticator
) -> None:
    with enter(acme):
        other = enrolled(henri(email="second@acme.example"))[0]
    assert ask(other, "unlock/options")[1]["code"] == "passkey_unknown"
    assert register(other, Authenticator())[0] == 201
    assert unlock(other, passkey)[1]["code"] == "passkey_unknown"
    # The company has moved: what was registered before is known and of no use, and a new one is a first one.
    with enter(acme):
        Passkey.objects.update(rp_id="old.localhost")
    assert ask(phone, "unlock/options")[1]["code"] == "passkey_wrong_host"
    assert phone.me()[1]["passkeys"] == 0
    assert register(phone, Authenticator())[0] == 201


def test_a_revoked_phone_unlocks_nothing(acme: CompanyRef, phone: Phone, passkey: Authenticator) -> None:
    with enter(acme):
        revoke_device(device=device_of(phone), reason="lost", by=ALICE)
    for path in ("passkeys/options", "unlock/options", "unlock", "lock"):
        assert ask(phone, path)[1]["code"] == "device_revoked"


def test_tickets_do_not_pile_up(acme: CompanyRef, phone: Phone, passkey: Authenticator) -> None:
    for _ in range(14):
        assert ask(phone, "unlock/options")[0] == 200
    with enter(acme):
        assert UnlockTicket.objects.count() == 10


def test_an_unlock_moves_no_policy(own_company: CompanyRef) -> None:
    with enter(own_company):
        device = enrolled(henri(), Phone(own_company.host))[1]
        before = current_policy()
        grant_unlock(device=device, method="face", now_ms=1_000)
        assert DeviceUse.objects.get(device=device.handle).unlocked_by == "face"
        assert current_policy() == before
