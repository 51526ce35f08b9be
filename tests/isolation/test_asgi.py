"""Raw routes and sockets: they find the company by the host themselves, and close where there is none."""

from dataclasses import replace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator

from config.asgi import application
from tenants import context, hosts
from tenants.refs import CompanyRef, CompanyState
from tests.isolation import house

NOBODYS = ["nobody.localhost", "evil.example", "localhost", "", "acme.localhost.evil.example", "127.0.0.1"]
RAW = house.raw_routes()
SOCKETS = house.sockets()

pytestmark = pytest.mark.django_db


def connection_to(kind: str, path: str, host: str) -> Any:
    """The whole application, asked for a path of a host."""
    scope = {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", host.encode()), (b"content-type", b"application/json")],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 4000),
        "subprotocols": [],
    }
    talk: Any = ApplicationCommunicator
    return talk(application, scope)


async def status(path: str, host: str) -> int:
    """Status of an unsigned POST."""
    talk = connection_to("http", path, host)
    await talk.send_input({"type": "http.request", "body": b"{}", "more_body": False})
    found: int = (await talk.receive_output(10))["status"]
    await talk.wait(10)
    return found


async def closing_code(path: str, host: str) -> int | None:
    """The code a socket closes with, None when it stays open.

    It may shake hands first, since a browser learns the code only then; it must not say anything.
    """
    talk = connection_to("websocket", path, host)
    await talk.send_input({"type": "websocket.connect"})
    message = await talk.receive_output(10)
    if message["type"] == "websocket.accept":
        message = await talk.receive_output(10)
    await talk.send_input({"type": "websocket.disconnect", "code": 1000})
    await talk.wait(10)
    return message["code"] if message["type"] == "websocket.close" else None


@pytest.mark.parametrize("path", RAW)
@pytest.mark.parametrize("host", NOBODYS)
async def test_a_raw_route_serves_no_unknown_host(path: str, host: str) -> None:
    assert await status(path, host) in {400, 401, 404}


@pytest.mark.parametrize("path", [*SOCKETS, "/no/such/socket"])
@pytest.mark.parametrize("host", NOBODYS)
async def test_a_socket_closes_on_an_unknown_host(path: str, host: str) -> None:
    assert await closing_code(path, host) == 4404


@pytest.mark.parametrize("path", [*RAW, *SOCKETS])
async def test_a_suspended_company_is_closed_too(acme: CompanyRef, path: str) -> None:
    hosts.forget()
    # Held by the process, so that the threads of the application see it outside this test's transaction.
    hosts._hosts.put(acme.host, replace(acme, state=CompanyState.SUSPENDED))
    try:
        if path in RAW:
            assert await status(path, acme.host) in {401, 403, 404}
        else:
            assert await closing_code(path, acme.host) in {4403, 4404}
    finally:
        hosts.forget()


@pytest.mark.parametrize("path", [*RAW, *SOCKETS])
async def test_no_company_is_left_behind(path: str) -> None:
    if path in RAW:
        await status(path, "acme.localhost")
    else:
        await closing_code(path, "acme.localhost")
    assert await sync_to_async(context.current_or_none)() is None
