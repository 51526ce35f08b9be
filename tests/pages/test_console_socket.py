"""The open socket of a console, through the full ASGI stack: who may listen is asked again and again."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from credentials.services import move_company
from operators.models import Operator
from operators.services import enrol_totp
from pages import consumers, live
from tenants import context
from tenants.models import Company
from tenants.refs import CompanyRef, CompanyState
from tenants.services import set_state
from tests import cast
from tests.readers.wires import Plug, plugged

PATH = "/console/live"


@pytest.fixture(autouse=True)
def _closed_threads() -> Iterator[None]:
    """The threads of the consoles keep their connections; a test gives them back."""
    yield
    count = len(live._turns._pool._threads)
    together = threading.Barrier(max(count, 1))

    def close() -> None:
        connections.close_all()
        together.wait(10)

    for done in [live._turns._pool.submit(close) for _ in range(count)]:
        done.result()


@pytest.fixture
def cookie(own_company: CompanyRef, monkeypatch: pytest.MonkeyPatch) -> str:
    """The session of the owner, both factors given; consoles are checked all the time."""
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.05)
    client = Client(HTTP_HOST=own_company.host)
    with context.enter(own_company):
        owner = Operator.objects.get()
        device = enrol_totp(operator=owner, secret=cast.TOTP_SECRET)
        client.force_login(owner)
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


async def hint(plug: Plug) -> Any:
    output = await plug.line.receive_output(10)
    assert output["type"] == "websocket.send", output
    return json.loads(output["text"])["t"]


async def in_the_company(ref: CompanyRef, deed: Callable[[], object]) -> None:
    def do() -> None:
        with context.enter(ref):
            deed()
        connections.close_all()

    await sync_to_async(do)()


async def opened(plug: Plug) -> None:
    assert await plug.connect() == (True, None)
    assert await hint(plug) == "ready"


async def test_it_stays_open_while_its_operator_is_signed_in(own_company: CompanyRef, cookie: str) -> None:
    async with plugged(own_company.host, path=PATH, cookie=cookie) as plug:
        await opened(plug)
        assert await plug.line.receive_nothing(timeout=0.5)


async def test_suspending_the_company_closes_it(own_company: CompanyRef, cookie: str) -> None:
    async with plugged(own_company.host, path=PATH, cookie=cookie) as plug:
        await opened(plug)
        await in_the_company(
            own_company,
            lambda: set_state(company=Company.objects.get(pk=own_company.id), state=CompanyState.SUSPENDED),
        )
        assert await plug.code() == consumers.CLOSE_UNKNOWN_HOST


async def test_at_a_former_address_it_closes_and_opens_no_more(own_company: CompanyRef, cookie: str) -> None:
    def move() -> None:
        move_company(subdomain=f"{own_company.schema.replace('_', '')}moved", by="operator:olga")

    async with plugged(own_company.host, path=PATH, cookie=cookie) as plug:
        await opened(plug)
        await in_the_company(own_company, move)
        assert await plug.code() == consumers.CLOSE_UNKNOWN_HOST
    async with plugged(own_company.host, path=PATH, cookie=cookie) as plug:
        assert await plug.connect() == (True, None)
        assert await plug.code() == consumers.CLOSE_UNKNOWN_HOST


async def test_taking_the_operator_away_closes_it(own_company: CompanyRef, cookie: str) -> None:
    async with plugged(own_company.host, path=PATH, cookie=cookie) as plug:
        await opened(plug)
        await in_the_company(own_company, lambda: Operator.objects.update(is_active=False))
        assert await plug.code() == consumers.CLOSE_NOT_SIGNED_IN


async def test_a_check_that_fails_closes_it(
    own_company: CompanyRef, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(cookies: object) -> None:
        raise RuntimeError("unforeseen")

    async with plugged(own_company.host, path=PATH, cookie=cookie) as plug:
        await opened(plug)
        monkeypatch.setattr(consumers, "permissions_behind", broken)
        assert await plug.code() == consumers.CLOSE_TRY_AGAIN


async def test_a_look_that_fails_does_not_end_the_looking(
    own_company: CompanyRef, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: Iterator[int | Exception] = iter([1, RuntimeError("unforeseen"), 2])

    def newest() -> int:
        found = next(looks, 2)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(live, "newest_event", newest)
    async with plugged(own_company.host, path=PATH, cookie=cookie) as plug:
        await opened(plug)
        assert await hint(plug) == "scans"
