"""The socket of an open console."""

import asyncio
import contextlib
import json
import logging
from importlib import import_module
from typing import Final

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie
from django_otp.middleware import OTPMiddleware

from operators.permissions import Permission, permissions_of, signed_in
from pages.live import in_company, join, leave
from tenants import hosts
from tenants.refs import CompanyRef

logger = logging.getLogger(__name__)

CLOSE_TRY_AGAIN: Final = 1013  # RFC 6455's registry: try again later
CLOSE_NOT_SIGNED_IN: Final = 4401
CLOSE_REFUSED: Final = 4403
CLOSE_UNKNOWN_HOST: Final = 4404
RECHECK_SECONDS: Final = 30.0


def permissions_behind(cookies: dict[str, str]) -> frozenset[Permission] | None:
    """What the operator of this session may do; None when nobody is signed in with both factors."""
    request = HttpRequest()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(cookies.get(settings.SESSION_COOKIE_NAME))
    request.user = get_user(request)
    OTPMiddleware(lambda _: None)._install_lazy_accessors(request)
    operator = signed_in(request)
    return None if operator is None else permissions_of(operator)


class ConsoleSocket(AsyncWebsocketConsumer):
    """Hints to one console; closes when its operator is signed out or loses the role, or the company ends."""

    ref: CompanyRef | None = None
    watch: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Host, session, role; then listen."""
        headers = dict(self.scope["headers"])
        self.host = headers.get(b"host", b"").decode("latin-1")
        ref = await self._here()
        await self.accept()  # a close code reaches the page only after the handshake
        if ref is None:
            await self.close(code=CLOSE_UNKNOWN_HOST)
            return
        self.cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
        code = await self._refusal(ref)
        if code is not None:
            await self.close(code=code)
            return
        self.ref = ref
        join(ref, self.hint)
        self.watch = asyncio.get_running_loop().create_task(self._recheck(ref))
        await self.hint("ready")

    async def _here(self) -> CompanyRef | None:
        # At a former address there are no pages any more, so there is nothing to tell them.
        ref = await hosts.aresolve(self.host)
        return None if ref is None or ref.moved_to else ref

    async def _refusal(self, ref: CompanyRef) -> int | None:
        held = await in_company(ref, lambda: permissions_behind(self.cookies))
        if held is None:
            return CLOSE_NOT_SIGNED_IN
        return None if Permission.EVENTS_VIEW in held else CLOSE_REFUSED

    async def _recheck(self, ref: CompanyRef) -> None:
        code = None
        while code is None:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                code = await self._refusal(ref) if await self._here() else CLOSE_UNKNOWN_HOST
            except Exception:
                # Fail closed: a page whose right to listen cannot be checked asks by itself until it can.
                logger.exception("a console could not be checked")
                code = CLOSE_TRY_AGAIN
        self._left()
        await self.close(code=code)

    async def hint(self, what: str) -> None:
        """One word to the page."""
        with contextlib.suppress(RuntimeError):  # the page went away between two hints
            await self.send(text_data=json.dumps({"t": what}))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A console has nothing to say here."""

    async def disconnect(self, code: int) -> None:
        """The page is gone."""
        if self.watch is not None:
            self.watch.cancel()
        self._left()

    def _left(self) -> None:
        if self.ref is not None:
            leave(self.ref, self.hint)
            self.ref = None
