"""Sockets through the full ASGI stack: the gate, the origin check, the routes, the consumer."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from asgiref.testing import ApplicationCommunicator

from config.asgi import application
from readers.push.work import in_company
from sallyport import reader_protocol as wire
from tests.readers.pretend import Pretend

PATH = "/api/v1/readers/socket"
PATIENCE = 10


class Communicator(Protocol):
    """What asgiref's communicator does; it carries no types of its own."""

    async def send_input(self, message: dict[str, Any]) -> None: ...

    async def receive_output(self, timeout: float = 1) -> dict[str, Any]: ...

    async def receive_nothing(self, timeout: float = 0.1) -> bool: ...

    async def wait(self, timeout: float = 1) -> None: ...


COMMUNICATOR: Callable[[object, dict[str, Any]], Communicator] = ApplicationCommunicator


class Plug:
    """A socket that speaks the readers' protocol."""

    def __init__(self, host: str, *, path: str = PATH, **headers: str) -> None:
        given = {"host": host, **headers}
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "subprotocols": [],
        }
        self.line = COMMUNICATOR(application, scope)

    async def connect(self) -> tuple[bool, int | None]:
        """Whether the server took the socket; the code with which it did not."""
        await self.line.send_input({"type": "websocket.connect"})
        answer = await self.line.receive_output(PATIENCE)
        if answer["type"] == "websocket.accept":
            return True, None
        return False, int(answer["code"])

    async def send_text(self, text: str) -> None:
        await self.line.send_input({"type": "websocket.receive", "text": text})

    async def say(self, message: wire.Message) -> None:
        await self.send_text(wire.encode(message))

    async def hear(self) -> Any:
        """The next message of the server."""
        output = await self.line.receive_output(PATIENCE)
        assert output["type"] == "websocket.send", output
        return wire.decode(output["text"])

    async def code(self) -> int:
        """The code with which the server closed, frames before it passed over."""
        while True:
            output = await self.line.receive_output(PATIENCE)
            if output["type"] == "websocket.close":
                return int(output["code"])

    async def challenged(self) -> bytes:
        accepted, _ = await self.connect()
        assert accepted
        challenge = await self.hear()
        assert isinstance(challenge, wire.Challenge)
        return challenge.nonce

    async def hang_up(self) -> None:
        await self.line.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.line.wait(PATIENCE)


@asynccontextmanager
async def plugged(host: str, *, path: str = PATH, **headers: str) -> AsyncIterator[Plug]:
    plug = Plug(host, path=path, **headers)
    try:
        yield plug
    finally:
        await plug.hang_up()


@asynccontextmanager
async def greeted(reader: Pretend, *, epoch: int, seq: int) -> AsyncIterator[Plug]:
    """A socket after hello; the first delta is still to be heard."""
    async with plugged(reader.company.host) as plug:
        nonce = await plug.challenged()
        await plug.say(reader.hello(nonce, epoch=epoch, seq=seq))
        yield plug


async def acknowledge(plug: Plug, reader: Pretend) -> wire.Delta:
    """Hear a delta and acknowledge it."""
    delta = await plug.hear()
    assert isinstance(delta, wire.Delta), delta
    await plug.say(reader.ack(epoch=delta.epoch, seq=delta.seq))
    return delta


@asynccontextmanager
async def ready(reader: Pretend, *, epoch: int = 1, seq: int = 0) -> AsyncIterator[Plug]:
    """A socket whose reader is up to date."""
    async with greeted(reader, epoch=epoch, seq=seq) as plug:
        await acknowledge(plug, reader)
        assert isinstance(await plug.hear(), wire.Ready)
        yield plug


def work(reader: Pretend) -> Callable[..., Any]:
    """Run a service or selector inside the reader's company."""
    return lambda func, *args, **kwargs: in_company(reader.company, func, *args, **kwargs)
