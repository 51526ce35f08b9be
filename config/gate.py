"""Sends each connection to the callable that serves it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

logger = logging.getLogger(__name__)


async def healthy(scope: Scope, receive: Receive, send: Send) -> None:
    """Say that this process serves; for the launcher and load balancers."""
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok\n"})


class Gate:
    """`raw` paths go past Django: DESIGN section 4 puts the scan in front of it.

    A raw callable may carry coroutines `startup` and `shutdown`; they run in the server's loop.
    """

    def __init__(self, *, http: ASGIApp, websocket: ASGIApp) -> None:
        self.http = http
        self.websocket = websocket
        self.raw: dict[str, ASGIApp] = {
            path: import_string(dotted) for path, dotted in settings.RAW_ROUTES.items()
        }
        self.raw["/healthz"] = healthy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http":
            await self.raw.get(scope["path"], self.http)(scope, receive, send)
        elif scope["type"] == "websocket":
            await self.websocket(scope, receive, send)
        else:
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            phase = message["type"].rpartition(".")[2]
            await self._each(phase)
            await send({"type": f"lifespan.{phase}.complete"})
            if phase == "shutdown":
                return

    async def _each(self, phase: str) -> None:
        hooks: Iterable[Callable[[], Awaitable[None]]] = [
            hook for app in dict.fromkeys(self.raw.values()) if (hook := getattr(app, phase, None))
        ]
        results = await asyncio.gather(*(hook() for hook in hooks), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                # A room that cannot start answers 503 by itself; the others serve.
                logger.error("%s of a raw route failed", phase, exc_info=result)
