"""The socket: told at once who may pass no more. Where there is none, the policy is asked for."""

import asyncio
import json
import logging
import random
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from edge.caller import NoAnswer, Refused
from edge.chores import Desk, fetch_once
from edge.encoding import b64, unb64
from edge.line import place
from edge.store import StoreFailed
from edge.witness import Witnessing
from sallyport import reader_protocol as wire
from sallyport.offline import BundleWrong

PATH: Final = "/api/v1/readers/socket"
OWN_PING: Final = 20.0  # seconds; who is silent for 60 is put out
SILENT: Final = 75.0
FIRST_PAUSE: Final = 0.5
NOWHERE: Final = (0, 0)  # of a policy
log = logging.getLogger(__name__)


class NotUnderstood(Exception):  # noqa: N818 - named for what happened
    """A frame or an answer that is none of this protocol."""


class Talk(Protocol):
    """A socket of text frames, as far as it is used."""

    async def send(self, message: str) -> None: ...

    async def recv(self, decode: bool | None = None) -> str | bytes: ...


@dataclass(frozen=True, slots=True)
class Step:
    """Where the policy stands after a delta, and the signed changes that lead there, if they can be told."""

    epoch: int
    seq: int
    data: bytes
    sig: bytes

    @classmethod
    def of(cls, fields: Any) -> "Step":
        """From a delta's frame or an answer of `GET /policy`. Raises NotUnderstood."""
        try:
            epoch, seq = fields["epoch"], fields["seq"]
            if type(epoch) is not int or type(seq) is not int or min(epoch, seq) < 0:
                raise ValueError
            data, sig = unb64(fields.get("bytes", "")), unb64(fields.get("sig", ""))
        except (AttributeError, KeyError, TypeError, ValueError):
            raise NotUnderstood("no delta") from None
        return cls(epoch, seq, data, sig)


async def follow(desk: Desk, step: Step) -> None:
    """Apply what a delta says, by its signed changes or by a new bundle: afterwards it may be acknowledged.

    Raises NoAnswer, Refused, BundleWrong and StoreFailed where it could not be; what is held stays.
    """
    holding = desk.holding
    if step.data:
        try:
            reload = await desk.disk.run(holding.take_changes, step.data, step.sig)
        except BundleWrong as error:
            log.warning("the changes do not fit (%s): fetching the bundle", error)
            reload = True
    else:
        reload = holding.behind or holding.point != (step.epoch, step.seq)
    if reload:
        await fetch_once(desk)
    epoch, seq = holding.point
    if epoch != step.epoch or seq < step.seq:
        raise BundleWrong("the bundle is behind the policy that was told")


def acknowledgement(desk: Desk, step: Step) -> wire.Ack:
    """The signed word that the policy was applied up to there."""
    identity, at_ms = desk.caller.identity, desk.clock.now_ms()
    signed = wire.ack_bytes(
        company=identity.company, reader=identity.reader, epoch=step.epoch, seq=step.seq, at_ms=at_ms
    )
    return wire.Ack(step.epoch, step.seq, at_ms, desk.caller.key.sign(signed))


class Socket:
    """The socket of one reader, opened again and again with growing pauses; `open` while it is up to date."""

    def __init__(self, desk: Desk, witnessing: Witnessing) -> None:
        self._desk = desk
        self._witnessing = witnessing
        self.open = False

    async def run(self) -> None:
        """For ever. A socket that breaks makes the reader look at once whether the server is still there."""
        pause = FIRST_PAUSE
        while True:
            await self._desk.reach.back.wait()
            try:
                await self._desk.reach.during(self._talk())
            except (NoAnswer, Refused, BundleWrong, StoreFailed) as error:
                log.error("the policy could not be followed: %s", error)
            except (OSError, ValueError, WebSocketException, wire.ProtocolError, NotUnderstood) as error:
                log.warning("the socket ended: %s", error)
            if self.open:
                pause = FIRST_PAUSE
                self._desk.reach.to_contact.set()
            self.open = False
            await asyncio.sleep(pause * random.uniform(0.1, 1.0))  # noqa: S311 - spreads, hides nothing
            pause = min(pause * 2, self._desk.pace.longest_pause)

    async def _talk(self) -> None:
        caller = self._desk.caller
        address = caller.identity.origin.replace("http", "ws", 1) + PATH
        parts = urlsplit(address)
        here = place(parts.hostname or "")
        default = 443 if parts.scheme == "wss" else 80
        where: dict[str, Any] = (
            {"host": here, "port": parts.port or default} if here != parts.hostname else {}
        )
        # Its own pings are frames of the protocol: those of the transport may end at a proxy.
        async with connect(
            address,
            **where,
            ssl=caller.tls if address.startswith("wss:") else None,
            proxy=None,
            ping_interval=None,
            open_timeout=10,
            close_timeout=1,
            max_size=2 * wire.MAX_FRAME,
        ) as socket:
            pinging = asyncio.create_task(_ping(socket))
            try:
                while True:
                    async with asyncio.timeout(SILENT):
                        text = await socket.recv(decode=True)
                    await self._heard(socket, text)
            finally:
                pinging.cancel()

    async def _heard(self, socket: Talk, text: str | bytes) -> None:
        message = wire.decode(str(text))
        match message:
            case wire.Challenge(nonce):
                await socket.send(wire.encode(self._hello(nonce)))
            case wire.Delta():
                step = Step.of(json.loads(text))
                await follow(self._desk, step)
                await socket.send(wire.encode(acknowledgement(self._desk, step)))
            case wire.Ready():
                self.open = True
            case wire.CheckpointPush():
                told = await self._desk.disk.run(self._witnessing.shown, message)
                if told is not None:
                    await socket.send(wire.encode(told))
            case wire.Ping():
                await socket.send(wire.encode(wire.Pong()))
            case wire.Pong():
                pass
            case _:
                raise NotUnderstood("a frame that only readers send")

    def _hello(self, nonce: bytes) -> wire.Hello:
        identity, (epoch, seq) = self._desk.caller.identity, self._desk.holding.point
        key = self._desk.caller.key.present
        signed = wire.hello_bytes(
            company=identity.company, reader=identity.reader, server_nonce=nonce, epoch=epoch, seq=seq
        )
        return wire.Hello(identity.keyid(key.public), epoch, seq, key.sign(signed))

    async def poll(self) -> None:
        """While there is no socket but a server: ask for the policy, apply, acknowledge."""
        told = NOWHERE
        while True:
            await asyncio.sleep(self._desk.pace.poll)
            await self._desk.reach.back.wait()
            if self.open:
                continue
            try:
                told = await self._desk.reach.during(poll_once(self._desk, told))
            except (NoAnswer, Refused, BundleWrong, StoreFailed, NotUnderstood) as error:
                log.warning("the policy was not followed: %s", error)


async def poll_once(desk: Desk, told: tuple[int, int] = NOWHERE) -> tuple[int, int]:
    """Ask until nothing is new. `told` is the point that was acknowledged last; so is what is returned.

    What a bundle has brought meanwhile, fetched for another reason, is acknowledged too.
    """
    while True:
        stands = epoch, seq = desk.holding.point
        path = f"/api/v1/readers/policy?epoch={epoch}&seq={seq}"
        step = Step.of(await desk.caller.call("GET", path))
        await follow(desk, step)
        if (step.epoch, step.seq) != told:
            ack = acknowledgement(desk, step)
            body = {"epoch": ack.epoch, "seq": ack.seq, "at_ms": ack.at_ms, "sig": b64(ack.sig)}
            await desk.caller.call("POST", "/api/v1/readers/acks", body)
            told = (step.epoch, step.seq)
        if told == stands:
            return told


async def _ping(socket: Talk) -> None:
    try:
        while True:
            await asyncio.sleep(OWN_PING)
            await socket.send(wire.encode(wire.Ping()))
    except ConnectionClosed:
        return  # whoever reads learns of it
