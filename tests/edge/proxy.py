"""A line that can be cut: a TCP proxy between a reader and its server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any, TypeAlias

Reads: TypeAlias = asyncio.StreamReader
Writes: TypeAlias = asyncio.StreamWriter


class Cut(Enum):
    """Where the line is cut. What is open when it is set is cut at the next byte."""

    NOWHERE = "nowhere"
    REQUEST = "during the request"  # half of it gets through
    ANSWER = "before the answer"  # the server has it all and has answered
    AFTER = "after the answer"
    SILENT = "nothing gets through, and nobody is told"


class Proxy:
    """Passes bytes on, until it does not."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._cut = Cut.NOWHERE
        self._tasks: set[asyncio.Task[Any]] = set()
        self.port = 0
        self.only = b""  # cut only what begins so; all when empty

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def whole(self) -> bool:
        """Whether nothing is cut."""
        return self._cut is Cut.NOWHERE

    def cut(self, where: Cut, *, only: bytes = b"") -> None:
        """From now on."""
        self._cut, self.only = where, only

    def mend(self) -> None:
        self.cut(Cut.NOWHERE)

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            try:
                await self._pass(reader, writer, there, back)
            finally:
                back.close()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        """Until one side ends, or the line is cut."""
        armed = asyncio.Event()
        ways = [
            asyncio.create_task(self._out(reader, back, armed)),
            asyncio.create_task(self._in(there, writer, armed)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)

    async def _out(self, reader: Reads, back: Writes, armed: asyncio.Event) -> None:
        while data := await reader.read(65_536):
            if self._cut is not Cut.NOWHERE and data.startswith(self.only):
                armed.set()
            if armed.is_set() and self._cut is Cut.REQUEST:
                back.write(data[: len(data) // 2])
                await back.drain()
                return
            if self._cut is Cut.SILENT and armed.is_set():
                continue
            back.write(data)
            await back.drain()

    async def _in(self, there: Reads, writer: Writes, armed: asyncio.Event) -> None:
        while data := await there.read(65_536):
            if armed.is_set() and self._cut is Cut.ANSWER:
                return
            if armed.is_set() and self._cut is Cut.SILENT:
                continue
            writer.write(data)
            await writer.drain()
            if armed.is_set() and self._cut is Cut.AFTER:
                return

    def drop(self) -> None:
        """Break what is open."""
        for task in tuple(self._tasks):
            task.cancel()


@asynccontextmanager
async def between(port: int) -> AsyncIterator[Proxy]:
    """A proxy in front of a port."""
    proxy = Proxy(port)
    server = await asyncio.start_server(proxy.connection, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        proxy.drop()
        server.close()
