"""`POST /api/v1/scans` as an ASGI callable in front of Django: read, let the desk decide, answer. And
`/api/v1/scans/frames`, for a face that belongs to a scan.
"""

import asyncio
import contextlib
import gc
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from biometrics.frames import MOST_FRAME
from readers.scanning.answer import refusal_body
from readers.scanning.desk import Desk, Setup
from readers.scanning.envelope import MOST_BODY, Refused, read_head
from readers.scanning.metrics import counts
from readers.scanning.setup import from_settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

FRAMES_PATH: Final = "/api/v1/scans/frames"
_HEADERS: Final = ((b"content-type", b"application/json"), (b"cache-control", b"no-store"))

logger = logging.getLogger(__name__)


class ScanApplication:
    """The callable. It makes its desk in the loop that serves it, at the first need."""

    def __init__(self, setup: Callable[[], Setup]) -> None:
        self._setup = setup
        self._desk: Desk | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self) -> None:
        """Connect before the first scan comes."""
        self.desk()
        # What is loaded by now stays: the collector need not walk it again and again under load.
        gc.collect()
        gc.freeze()

    async def shutdown(self) -> None:
        """Finish what is on its way."""
        desk, self._desk = self._desk, None
        if desk is not None:
            await desk.close()

    def desk(self) -> Desk:
        """The desk of the running loop."""
        loop = asyncio.get_running_loop()
        if self._desk is None or self._loop is not loop:
            self._desk, self._loop = Desk(self._setup()), loop
        return self._desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            status, body = await self._serve(scope, receive)
        except Refused as refused:
            counts.add(refused.status, refused.code)
            status = refused.status
            body = refusal_body(status, refused.code, retry=refused.retry)
        except Exception:
            # Whatever it is: no decision was told, so the door stays shut and the reader may ask again.
            logger.exception("a scan could not be served")
            status, body = 503, refusal_body(503, "server_unavailable", retry=True)
        headers = [*_HEADERS, (b"content-length", b"%d" % len(body))]
        # A client that hung up changes nothing: the verdict stands and is told at the next try.
        with contextlib.suppress(OSError):
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    async def _serve(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        if scope["method"] != "POST":
            raise Refused(405, "method_not_allowed")
        headers = scope["headers"]
        frames = scope["path"] == FRAMES_PATH
        if not frames:
            body = await _read(receive, MOST_BODY)
        head = read_head(headers)
        if frames:
            # A stranger is not listened to for two megabytes.
            await self.desk().expect(head)
            body = await _read(receive, MOST_FRAME)
        query = scope.get("query_string", b"")
        target = scope["path"] + (f"?{query.decode('latin-1')}" if query else "")
        desk = self.desk()
        return 200, await (desk.frame if frames else desk.answer)(head, target, body)


async def _read(receive: Receive, most: int) -> bytes:
    message = await receive()
    body: bytes | bytearray = message.get("body", b"")
    if message.get("more_body"):
        body = bytearray(body)
    while message.get("more_body") and len(body) <= most:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "cut_off")
        body += message.get("body", b"")
    if len(body) > most:
        raise Refused(413, "too_large")
    return bytes(body)


application = ScanApplication(from_settings)
