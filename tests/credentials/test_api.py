"""The wallet's requests over HTTP, with literal payloads, and everything that must not be answered."""

import json
import time

import pytest
from django.test import Client

from credentials.models import Device, DeviceState
from credentials.services import revoke_device, suspend_holder, vouch_device
from sallyport.keys import P256Signer
from tenants.context import CompanyRef, enter
from tests.credentials.phone import ALICE, Phone, code_for, enrolled, henri


@pytest.fixture
def phone(acme: CompanyRef) -> Phone:
    """Henri's, confirmed."""
    with enter(acme):
        return enrolled(henri())[0]


def device_of(phone: Phone) -> Device:
    return Device.objects.get(thumbprint=phone.keyid.removeprefix("device:"))


def test_enrolling_tells_how_the_phone_stands(acme: CompanyRef) -> None:
    with enter(acme):
        code = code_for(henri(language="de"))
    phone = Phone()
    status, told = phone.enrol(code)
    assert abs(told.pop("server_now") - time.time()) < 5
    assert status == 201
    assert told == {
        "company": "Acme",
        "moved_to": None,
        "first_name": "Henri",
        "language": "de",
        "device": phone.keyid,
        "device_state": "AWAITING",
        "holder_state": "ACTIVE",
        "ready": False,
        "life": 30,
        "valid_until": None,
        "other_phone": None,
        "passkeys": 0,
        "unlock": {"required": False, "minutes": 5, "until": 0},
        "pass_hours": 12,
        "pass_mark": None,
        "waiting_phone": None,
        "may_ask_phone": False,
        "notices_asked": 0,
    }


def test_a_confirmed_phone_is_ready_and_gets_a_code(acme: CompanyRef, phone: Phone) -> None:
    status, me = phone.me()
    assert (status, me["device_state"], me["ready"]) == (200, "ACTIVE", True)
    status, told = phone.ask()
    assert status == 200
    assert told.pop("code").isdecimal()
    assert told.pop("pass_mark") == me["pass_mark"]
    now = told.pop("server_now")
    assert told == {"kind": "live", "issued": now, "life": 30, "expires": now + 30, "unlocked_until": 0}


def test_a_phone_is_told_of_a_new_one_and_not_the_other_way(acme: CompanyRef, phone: Phone) -> None:
    assert phone.me()[1]["other_phone"] is None
    with enter(acme):
        code = code_for(device_of(phone).holder)
    new = Phone()
    now = new.enrol(code)[1]["server_now"]
    told = phone.me()[1]["other_phone"]
    assert told["label"] == "Henri's phone"
    assert abs(told["at"] - now) <= 1
    assert new.me()[1]["other_phone"] is None
    with enter(acme):
        revoke_device(device=device_of(new), reason="lost", by=ALICE)
    assert phone.me()[1]["other_phone"] is None


def test_the_page_is_open_and_holds_nothing(acme: CompanyRef) -> None:
    response = Client().get("/wallet/", headers={"Host": "acme.localhost"})
    assert response.status_code == 200
    assert "set-cookie" not in {name.lower() for name in response.headers}
    assert b"<script>" not in response.content
    assert b"style=" not in response.content


def test_opening_the_link_burns_nothing(acme: CompanyRef) -> None:
    with enter(acme):
        code = code_for(henri())
    for _ in range(10):
        Client().get("/wallet/", headers={"Host": "acme.localhost"})
    assert Client().get("/api/v1/wallet/enrol", headers={"Host": "acme.localhost"}).status_code == 405
    assert Phone().enrol(code)[0] == 201


def test_a_wrong_code_is_told_with_a_stable_name(acme: CompanyRef) -> None:
    status, told = Phone().enrol("K7Q2-M9XD")
    assert status == 403
    assert told == {
        "code": "code_wrong",
        "text": "This code is not valid. Check it, or ask for a new one.",
        "retry": True,
    }


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"code": "K7Q2M9XD"},
        {"code": 5, "public_key": ["x"]},
        [],
        "x",
        {"code": "x" * 99, "public_key": ""},
    ],
)
def test_a_malformed_enrolment(acme: CompanyRef, told: object) -> None:
    status, answer = Phone().send("POST", "/api/v1/wallet/enrol", told)
    assert (status, answer["code"]) == (400, "malformed")


@pytest.mark.parametrize("public_key", ["A" * 87, "*" * 87, "B" + "A" * 86])
def test_what_is_no_point_is_no_key(acme: CompanyRef, public_key: str) -> None:
    told = {"code": "K7Q2M9XD", "public_key": public_key}
    status, answer = Phone().send("POST", "/api/v1/wallet/enrol", told)
    assert (status, answer["code"]) == (400, "bad_key")


def test_enrolling_another_phones_key_is_refused(acme: CompanyRef) -> None:
    """The proof is by a key, and it is that key which is bound."""
    with enter(acme):
        code = code_for(henri())
    mine, stolen = Phone(), Phone()
    told = {"code": code, "public_key": stolen.public_key, "label": ""}
    assert mine.send("POST", "/api/v1/wallet/enrol", told)[1]["code"] == "bad_signature"
    assert mine.send("POST", "/api/v1/wallet/enrol", told, keyid=stolen.keyid)[1]["code"] == "bad_signature"
    assert mine.enrol(code)[0] == 201


def test_an_unsigned_request_gets_nothing_whatever_its_cookie(acme: CompanyRef, phone: Phone) -> None:
    client = Client()
    client.cookies["session"] = "anything"
    for method, path in (
        ("POST", "/api/v1/wallet/enrol"),
        ("POST", "/api/v1/wallet/codes"),
        ("GET", "/api/v1/wallet/me"),
    ):
        response = client.generic(method, path, b"{}", headers={"Host": "acme.localhost"})
        assert (response.status_code, response.json()["code"]) == (401, "not_signed")


def test_another_key_may_not_speak_for_a_phone(acme: CompanyRef, phone: Phone) -> None:
    status, told = phone.ask(key=P256Signer.generate())
    assert (status, told["code"]) == (401, "bad_signature")


def test_an_unknown_phone(acme: CompanyRef) -> None:
    assert Phone().ask() == (
        401,
        {"code": "not_enrolled", "text": "This phone is not enrolled here.", "retry": False},
    )


def test_a_signature_covers_address_method_and_body(acme: CompanyRef, phone: Phone) -> None:
    path = "/api/v1/wallet/codes"
    headers = phone.headers("POST", path, b"{}")
    assert phone.repeat("POST", path, b'{"a":1}', headers)[1]["code"] == "bad_signature"
    assert phone.repeat("POST", path + "?a=1", b"{}", headers)[1]["code"] == "bad_signature"
    assert phone.repeat("GET", "/api/v1/wallet/me", b"", headers)[1]["code"] == "bad_signature"
    assert phone.repeat("POST", path, b"{}", headers)[0] == 200


@pytest.mark.parametrize("offset", [-61, 62, -600, 600])
def test_a_clock_that_is_off_is_told_ours(acme: CompanyRef, phone: Phone, offset: int) -> None:
    status, told = phone.ask(created=int(time.time()) + offset)
    assert (status, told["code"], told["retry"]) == (401, "clock_skew", True)
    assert abs(told["server_now"] - time.time()) < 5


@pytest.mark.parametrize("offset", [-58, 58])
def test_a_clock_that_is_a_little_off_is_fine(acme: CompanyRef, phone: Phone, offset: int) -> None:
    assert phone.ask(created=int(time.time()) + offset)[0] == 200


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/v1/wallet/codes"), ("GET", "/api/v1/wallet/me")])
def test_a_request_is_answered_once(acme: CompanyRef, phone: Phone, method: str, path: str) -> None:
    body = b"{}" if method == "POST" else b""
    headers = phone.headers(method, path, body)
    assert phone.repeat(method, path, body, headers)[0] == 200
    status, told = phone.repeat(method, path, body, headers)
    assert (status, told["code"], told["retry"]) == (401, "request_replayed", True)


def test_a_request_that_came_too_soon_cannot_be_kept_for_later(acme: CompanyRef, phone: Phone) -> None:
    path = "/api/v1/wallet/codes"
    phone.ask()
    headers = phone.headers("POST", path, b"{}")
    status, told = phone.repeat("POST", path, b"{}", headers)
    assert (status, told["code"], told["wait"]) == (429, "too_soon", 5)
    assert phone.repeat("POST", path, b"{}", headers)[1]["code"] == "request_replayed"


def test_a_revoked_phone_learns_that_and_nothing_else(acme: CompanyRef, phone: Phone) -> None:
    with enter(acme):
        revoke_device(device=device_of(phone), reason="lost", by=ALICE)
    expected = {
        "code": "device_revoked",
        "text": "This phone was revoked. Ask for a new invitation.",
        "retry": False,
    }
    assert phone.ask() == (403, expected)
    assert phone.me() == (403, expected)


def test_a_suspended_persons_phone_knows_it(acme: CompanyRef, phone: Phone) -> None:
    with enter(acme):
        suspend_holder(holder=device_of(phone).holder, by=ALICE)
    assert phone.ask()[1]["code"] == "holder_suspended"
    status, me = phone.me()
    assert (status, me["holder_state"], me["ready"]) == (200, "SUSPENDED", False)


def test_a_phone_of_one_company_is_nobody_at_another(
    acme: CompanyRef, globex: CompanyRef, phone: Phone
) -> None:
    phone.host = "globex.localhost"
    assert phone.ask()[1]["code"] == "not_enrolled"
    with enter(acme):
        code = code_for(henri(email="second@acme.example"))
    assert Phone("globex.localhost").enrol(code)[1]["code"] == "code_wrong"


def test_a_request_signed_for_one_company_is_not_taken_by_another(
    acme: CompanyRef, globex: CompanyRef, phone: Phone
) -> None:
    with enter(globex):
        device = enrolled(henri(), Phone("globex.localhost"))[1]
        Device.objects.filter(pk=device.pk).update(
            public_key=phone.key.public.raw, thumbprint=phone.keyid.removeprefix("device:")
        )
    headers = phone.headers("POST", "/api/v1/wallet/codes", b"{}")
    phone.host = "globex.localhost"
    assert phone.repeat("POST", "/api/v1/wallet/codes", b"{}", headers)[1]["code"] == "bad_signature"


def test_unknown_hosts_are_not_found(acme: CompanyRef, phone: Phone) -> None:
    response = Client().get("/wallet/", headers={"Host": "nobody.localhost"})
    assert response.status_code == 404


def test_an_oversized_body_is_refused(acme: CompanyRef, phone: Phone) -> None:
    status, told = phone.send("POST", "/api/v1/wallet/enrol", {"label": "x" * 5000})
    assert (status, told["code"]) == (413, "too_large")


def test_answers_are_never_kept_by_a_cache(acme: CompanyRef, phone: Phone) -> None:
    headers = phone.headers("POST", "/api/v1/wallet/codes", b"{}") | {"Host": "acme.localhost"}
    response = Client().generic("POST", "/api/v1/wallet/codes", b"{}", headers=headers)
    assert response.headers["Cache-Control"] == "no-store"
    assert json.loads(response.content)["code"]


def test_awaiting_then_confirmed(acme: CompanyRef) -> None:
    with enter(acme):
        phone, device = enrolled(henri(), vouched=False)
    assert phone.ask()[1]["code"] == "device_awaiting"
    assert phone.me()[1]["ready"] is False
    with enter(acme):
        vouch_device(device=device, by=ALICE)
        device.refresh_from_db()
    assert device.state == DeviceState.ACTIVE
    assert phone.me()[1]["ready"] is True
