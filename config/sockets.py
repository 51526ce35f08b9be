"""WebSocket routes of all rooms, and the check that a browser's socket comes from its own page."""

from importlib import import_module
from typing import cast
from urllib.parse import urlsplit

from channels.routing import URLRouter
from django.urls import path

from config.gate import ASGIApp, Receive, Scope, Send
from config.rooms import present

ROOMS = ("readers", "pages")
REFUSED = 4403
NOT_FOUND = 4404


async def no_such_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Close a socket for which there is no route."""
    await receive()
    await send({"type": "websocket.close", "code": NOT_FOUND})


def socket_routes() -> ASGIApp:
    """Every room's `sockets.SOCKETS` (Django `path(route, consumer.as_asgi())`), then a closing route."""
    routes = [
        route
        for room in ROOMS
        if present(f"{room}.sockets")
        for route in import_module(f"{room}.sockets").SOCKETS
    ]
    closing = path("<path:rest>", no_such_socket)  # type: ignore[arg-type]
    return cast(ASGIApp, URLRouter([*routes, closing]))  # type: ignore[list-item]


class SameOrigin:
    """Closes a browser's socket whose Origin is not the host it is opened to.

    Reader programs send no Origin and prove themselves by their key. Sibling companies are same-site, so
    a cookie alone would let one company's page open a socket of another.
    """

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the socket on, or close it."""
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        if origin is not None and urlsplit(origin.decode("latin-1")).netloc.encode() != headers.get(b"host"):
            await receive()
            await send({"type": "websocket.close", "code": REFUSED})
            return
        await self.inner(scope, receive, send)
