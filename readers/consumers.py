"""The socket of a reader: who are you, this changed, I have applied it."""

import asyncio
import contextlib
import logging
import secrets
import time
from dataclasses import replace
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.utils import timezone

from readers import selectors, services
from readers.keyids import parse_keyid
from readers.keys import verify_key
from readers.models import ReaderState
from readers.push.line import Line
from readers.push.room import CLOSE_SILENT, CLOSE_TRY_AGAIN, Room, join, leave
from readers.push.work import in_company
from readers.refusals import ReaderRefused
from sallyport import reader_protocol as wire
from tenants import hosts
from tenants.refs import CompanyRef

logger = logging.getLogger(__name__)
HELLO_SECONDS = 10.0
MOST_SKEW = 60  # seconds that a reader's clock may be ahead
CLOSE_NOT_UNDERSTOOD = 4400


class ReaderSocket(AsyncWebsocketConsumer):
    """One reader. The company comes from the host, the reader from its signature over our nonce."""

    ref: CompanyRef
    room: Room | None = None
    line: Line | None = None
    nonce: bytes | None = None
    hello_timer: asyncio.TimerHandle | None = None
    dismissal: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Resolve the host; challenge."""
        ref = await hosts.aresolve(self._host())
        if ref is None:
            await self.close(code=wire.CLOSE_UNKNOWN_HOST)
            return
        self.ref = ref
        self.nonce = secrets.token_bytes(32)
        await self.accept()
        loop = asyncio.get_running_loop()
        self.hello_timer = loop.call_later(HELLO_SECONDS, self._dismiss, CLOSE_SILENT)
        await self._say(wire.Challenge(self.nonce))

    def _host(self) -> str:
        return dict(self.scope["headers"]).get(b"host", b"").decode("latin-1")

    async def _say(self, message: wire.Message) -> None:
        await self.send(text_data=wire.encode(message))

    async def _send_text(self, text: str) -> None:
        with contextlib.suppress(RuntimeError):  # the other side went away between two frames
            await self.send(text_data=text)

    async def _close_with(self, code: int) -> None:
        self._left()
        with contextlib.suppress(RuntimeError):
            await self.close(code=code)

    def _dismiss(self, code: int) -> None:
        """Close from outside of the reader's own frames; it is sent nothing more from now on."""
        self._left()
        if self.dismissal is None:
            self.dismissal = asyncio.get_running_loop().create_task(self._see_off(code))

    async def _see_off(self, code: int) -> None:
        # Granian holds a close back until the receive that is under way has ended: the pong ends it.
        await self._send_text(wire.encode(wire.Ping()))
        with contextlib.suppress(RuntimeError):
            await self.close(code=code)

    async def disconnect(self, code: int) -> None:
        """The socket is gone."""
        self._left()

    def _left(self) -> None:
        if self.hello_timer is not None:
            self.hello_timer.cancel()
        if self.room is not None and self.line is not None:
            leave(self.room, self.line)
        self.room = None

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One frame of the reader."""
        if self.dismissal is not None:
            return
        try:
            message = wire.decode(text_data or "")
        except wire.ProtocolError:
            await self._close_with(CLOSE_NOT_UNDERSTOOD)
            return
        if self.room is None or self.line is None:
            try:
                await self._before_hello(message)
            except DatabaseError:
                logger.warning("a reader of company %s could not be let in", self.ref.id)
                await self._close_with(CLOSE_TRY_AGAIN)
            return
        self.line.hear()
        match message:
            case wire.Ack():
                self.room.acks.put((self.line, message))
            case wire.Witness():
                self.room.witnesses.put((self.line, message))
            case wire.Fork():
                await self.room.fork(self.line, message)
            case wire.Ping():
                await self._say(wire.Pong())
            case wire.Pong():
                pass
            case _:
                await self._close_with(CLOSE_NOT_UNDERSTOOD)

    async def _before_hello(self, message: Any) -> None:
        if not isinstance(message, wire.Hello) or self.nonce is None:
            await self._close_with(CLOSE_NOT_UNDERSTOOD)
            return
        nonce, self.nonce = self.nonce, None
        named = parse_keyid(message.keyid)
        ours = named is not None and named.company == self.ref.id
        key = await in_company(self.ref, selectors.reader_key, named.handle) if named and ours else None
        raw = key.overlap.named(named.key, time.time()) if named and key else None
        if key is None or raw is None or not self._is_signed(message, key, raw, nonce):
            await self._close_with(wire.CLOSE_BAD_SIGNATURE)
            return
        if key.state != ReaderState.ACTIVE:
            await self._close_with(wire.CLOSE_SUSPENDED)
            return
        if raw != key.public_key and not await self._is_in_force(key, raw):
            await self._close_with(wire.CLOSE_BAD_SIGNATURE)
            return
        await self._enter(message, replace(key, public_key=raw))

    def _is_signed(self, hello: wire.Hello, key: selectors.ReaderKey, raw: bytes, nonce: bytes) -> bool:
        signed = wire.hello_bytes(
            company=self.ref.uid, reader=key.handle, server_nonce=nonce, epoch=hello.epoch, seq=hello.seq
        )
        return verify_key(key.algorithm, raw).holds(signed, hello.sig)

    async def _is_in_force(self, key: selectors.ReaderKey, raw: bytes) -> bool:
        """Whether a key that was on its way is now: its first word here is what puts it there.

        A hello carries no time of its reader: it is taken to be of the latest that its clock may say.
        """
        now = timezone.now()
        try:
            await in_company(
                self.ref,
                services.saw_new_key,
                handle=key.handle,
                key=raw,
                created=int(now.timestamp()) + MOST_SKEW,
                now=now,
            )
        except ReaderRefused:
            return False
        return True

    async def _enter(self, hello: wire.Hello, key: selectors.ReaderKey) -> None:
        if self.hello_timer is not None:
            self.hello_timer.cancel()
        self.line = Line(
            handle=key.handle,
            key=verify_key(key.algorithm, key.public_key),
            key_raw=key.public_key,
            send_text=self._send_text,
            dismiss=self._dismiss,
            sent=(hello.epoch, hello.seq),
            checkpoint=await in_company(self.ref, selectors.last_witnessed, key.handle),
        )
        self.room = join(self.ref, self.line)
        try:
            await self.room.catch_up(self.line)
        except Exception:
            # Left in the room it would stay behind: no push begins from where it stands.
            logger.exception("a reader could not be brought up to date")
            self._dismiss(CLOSE_TRY_AGAIN)
