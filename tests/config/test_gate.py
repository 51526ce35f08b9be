"""The way into the system: raw routes, sockets of the own origin, health."""

import asyncio
from typing import Any

import pytest

from config.gate import Gate, Message, Receive, Scope, Send
from config.sockets import REFUSED, SameOrigin


class Told(list[Message]):
    """Collects what an application sends."""

    async def send(self, message: Message) -> None:
        self.append(message)


async def nothing() -> Message:
    return {"type": "websocket.connect"}


def app(name: bytes) -> Any:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "served", "by": name})

    return serve


def scope(kind: str, path: str = "/", **headers: str) -> Scope:
    told = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": kind, "path": path, "headers": told}


async def served(wanted: Scope) -> Any:
    told = Told()
    await Gate(http=app(b"django"), websocket=app(b"socket"))(wanted, nothing, told.send)
    return told[0].get("by") or told[0].get("status")


async def test_what_goes_where() -> None:
    assert await served(scope("http", "/people/")) == b"django"
    assert await served(scope("http", "/healthz")) == 200
    assert await served(scope("websocket", "/healthz")) == b"socket"


async def test_hooks_of_raw_routes_run_and_may_fail() -> None:
    ran: list[str] = []

    class Raw:
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...

        async def startup(self) -> None:
            ran.append("startup")
            raise RuntimeError("cannot start")

        async def shutdown(self) -> None:
            ran.append("shutdown")

    gate = Gate(http=app(b""), websocket=app(b""))
    gate.raw = {"/raw": Raw()}
    coming = asyncio.Queue[Message]()
    for phase in ("startup", "shutdown"):
        coming.put_nowait({"type": f"lifespan.{phase}"})
    told = Told()
    await gate({"type": "lifespan"}, coming.get, told.send)
    assert ran == ["startup", "shutdown"]
    assert [message["type"] for message in told] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


@pytest.mark.parametrize(
    ("origin", "passes"),
    [
        (None, True),
        ("http://acme.localhost:8000", True),
        ("http://globex.localhost:8000", False),
        ("http://acme.localhost", False),
        ("null", False),
    ],
)
async def test_a_page_of_a_sibling_opens_no_socket(origin: str | None, passes: bool) -> None:
    told = Told()
    headers = {"host": "acme.localhost:8000", **({"origin": origin} if origin else {})}
    await SameOrigin(app(b"socket"))(scope("websocket", **headers), nothing, told.send)
    assert (told[0].get("by") == b"socket") is passes
    assert passes or told[0] == {"type": "websocket.close", "code": REFUSED}
