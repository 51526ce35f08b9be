"""Minting in front of Django: the same answers, over connections of its own, with everything committed."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import connections

from config.gate import Gate
from credentials.asgi import MOST_BODY, Mint
from credentials.models import Device, DeviceState, Vouching
from credentials.services import revoke_device, set_code_policy
from sallyport.codes import CodeRefused, open_code
from tenants.context import CompanyRef, current, enter
from tests.credentials.phone import ALICE, Phone, enrolled, henri
from vault import rotation
from vault.selectors import opening_keys

PATH = "/api/v1/wallet/codes"


@pytest.fixture
def phone(own_company: CompanyRef) -> Iterator[Phone]:
    with enter(own_company):
        yield enrolled(henri(), Phone(own_company.host))[0]


def device_of(phone: Phone) -> Device:
    return Device.objects.get(thumbprint=phone.keyid.removeprefix("device:"))


Request = tuple[bytes, dict[str, str]]


def signed(phone: Phone, body: bytes = b"{}", **other: Any) -> Request:
    return body, phone.headers("POST", PATH, body, **other)


def send(phone: Phone, *requests: Request, at_once: bool = False) -> list[tuple[int, dict[str, Any]]]:
    async def all_of_them() -> list[tuple[int, dict[str, Any]]]:
        mint = Mint()
        transport = httpx.ASGITransport(app=mint)
        try:
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{phone.host}") as client:
                calls = [client.post(PATH, content=body, headers=headers) for body, headers in requests]
                if at_once:
                    answers = await asyncio.gather(*calls)
                else:
                    answers = [await call for call in calls]
            return [(answer.status_code, answer.json()) for answer in answers]
        finally:
            await mint.shutdown()

    return asyncio.run(all_of_them())


def test_the_gate_sends_minting_past_django() -> None:
    assert settings.RAW_ROUTES[PATH] == "credentials.asgi.application"

    async def nobody(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("Django was asked")

    gate = Gate(http=nobody, websocket=nobody)
    assert isinstance(gate.raw[PATH], Mint)


def test_a_code_that_opens(phone: Phone) -> None:
    ((status, told),) = send(phone, signed(phone))
    assert status == 200
    now = told["server_now"]
    assert {**told, "code": ""} == {
        "code": "",
        "pass_mark": phone.me()[1]["pass_mark"],
        "kind": "live",
        "issued": now,
        "life": 30,
        "expires": now + 30,
        "unlocked_until": 0,
        "server_now": now,
    }
    opened = open_code(told["code"], keys=opening_keys(), foreign=lambda _: False, now=now, life=30)
    assert opened.contents.device == device_of(phone).handle


def test_of_one_request_sent_many_times_at_once_one_is_answered(phone: Phone) -> None:
    request = signed(phone)
    answers = send(phone, *[request] * 12, at_once=True)
    assert sorted(status for status, _ in answers) == [200] + [401] * 11
    assert {told["code"] for status, told in answers if status == 401} == {"request_replayed"}


def test_of_many_requests_at_once_one_gets_a_code(phone: Phone) -> None:
    answers = send(phone, *[signed(phone) for _ in range(12)], at_once=True)
    assert sorted(status for status, _ in answers) == [200] + [429] * 11


def test_a_revocation_ends_minting_for_a_process_that_knows_the_phone(phone: Phone) -> None:
    set_code_policy(mint_interval=0, by=ALICE)
    mint = Mint()

    async def ask() -> int:
        transport = httpx.ASGITransport(app=mint)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{phone.host}") as client:
            body, headers = signed(phone)
            return (await client.post(PATH, content=body, headers=headers)).status_code

    with asyncio.Runner() as runner:
        assert runner.run(ask()) == 200
        revoke_device(device=device_of(phone), reason="lost", by=ALICE)
        assert runner.run(ask()) == 403
        runner.run(mint.shutdown())


def test_first_use_confirms_the_phone(phone: Phone) -> None:
    set_code_policy(vouching=Vouching.FIRST_USE, by=ALICE)
    new, device = enrolled(henri(name="Other", email="other@acme.example"), Phone(phone.host), vouched=False)
    ((status, _),) = send(new, signed(new))
    device.refresh_from_db()
    assert (status, device.state) == (200, DeviceState.ACTIVE)


def test_first_use_confirms_no_second_phone(phone: Phone) -> None:
    set_code_policy(vouching=Vouching.FIRST_USE, by=ALICE)
    new, device = enrolled(device_of(phone).holder, Phone(phone.host), vouched=False)
    ((status, told),) = send(new, signed(new))
    device.refresh_from_db()
    assert (status, told["code"], device.state) == (403, "device_awaiting", DeviceState.AWAITING)


@pytest.mark.parametrize(
    ("other", "code"), [({"created": 1_000_000_000}, "clock_skew"), ({"keyid": "device:x"}, "not_enrolled")]
)
def test_refusals(phone: Phone, other: dict[str, Any], code: str) -> None:
    ((status, told),) = send(phone, signed(phone, **other))
    assert (status, told["code"]) == (401, code)


def test_unsigned_and_twice_signed(phone: Phone) -> None:
    body, headers = signed(phone)
    twice = httpx.Headers([*headers.items(), ("Signature", headers["Signature"])])
    answers = send(phone, (body, {}), (body, twice))  # type: ignore[arg-type]
    assert [(status, told["code"]) for status, told in answers] == [(401, "not_signed")] * 2


def test_too_large_and_not_post(phone: Phone) -> None:
    ((status, told),) = send(phone, signed(phone, b"x" * (MOST_BODY + 1)))
    assert (status, told["code"]) == (413, "too_large")

    async def get() -> int:
        transport = httpx.ASGITransport(app=Mint())
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{phone.host}") as client:
            return (await client.get(PATH)).status_code

    assert asyncio.run(get()) == 405


def test_an_unknown_host(phone: Phone) -> None:
    phone.host = "nobody.localhost"
    ((status, told),) = send(phone, signed(phone))
    assert (status, told["code"]) == (404, "unknown_host")


def test_without_a_database_minting_says_so(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """And never makes a code it could not look up."""
    device_of(phone)  # the host and its company are known by now
    monkeypatch.setattr("credentials.asgi.WAIT_SECONDS", 0.3)
    monkeypatch.setitem(settings.DATABASES["default"], "PORT", 1)
    ((status, told),) = send(phone, signed(phone))
    assert (status, told["code"], told["retry"]) == (503, "server_unavailable", True)


def test_keys_that_are_refused_make_no_more_codes(phone: Phone) -> None:
    """One process mints before and after: it holds no keys beside those that the vault drops."""
    set_code_policy(mint_interval=0, by=ALICE)

    async def before_and_after() -> list[dict[str, Any]]:
        mint = Mint()
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=mint), base_url=f"http://{phone.host}")
        told = []
        try:
            for turn in range(2):
                if turn:
                    await asyncio.to_thread(refuse)
                body, headers = signed(phone)
                told.append((await client.post(PATH, content=body, headers=headers)).json())
        finally:
            await client.aclose()
            await mint.shutdown()
        return told

    ref = current()

    def refuse() -> None:
        with enter(ref):
            rotation.refuse_and_rotate(by=ALICE)
        connections.close_all()

    first, second = asyncio.run(before_and_after())
    keys = opening_keys()
    with pytest.raises(CodeRefused):
        open_code(first["code"], keys=keys, foreign=lambda _: False, now=first["server_now"], life=30)
    opened = open_code(second["code"], keys=keys, foreign=lambda _: False, now=second["server_now"], life=30)
    assert opened.contents.device == device_of(phone).handle
