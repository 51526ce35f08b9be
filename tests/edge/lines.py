"""HTTP and WebSocket in as few lines as tests need: what is done with a request is the caller's."""

import asyncio
import base64
import hashlib
import json
import ssl
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sallyport import http_signatures

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3


@dataclass(frozen=True)
class Asked:
    """One request; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.headers['host']}{self.path}"

    @property
    def data(self) -> Any:
        return json.loads(self.body) if self.body else None

    @property
    def nonce(self) -> str:
        """Of its signature."""
        return http_signatures.parse(self.headers).nonce


Answer = tuple[int, Any]


def refusal(status: int, code: str) -> Answer:
    return status, {"code": code, "text": "", "retry": False}


class Wire:
    """One open WebSocket, text frames only."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, fields: Any) -> None:
        data = json.dumps(fields).encode()
        if len(data) < 126:
            head = struct.pack(">BB", 0x81, len(data))
        elif len(data) < 65_536:
            head = struct.pack(">BBH", 0x81, 126, len(data))
        else:
            head = struct.pack(">BBQ", 0x81, 127, len(data))
        self._writer.write(head + data)
        await self._writer.drain()

    async def hear(self) -> Any:
        """The next frame's JSON. Raises ConnectionError at the end."""
        while True:
            first, length = await self._exactly(2)
            length &= 0x7F
            if length == 126:
                (length,) = struct.unpack(">H", await self._exactly(2))
            elif length == 127:
                (length,) = struct.unpack(">Q", await self._exactly(8))
            mask = await self._exactly(4)
            data = bytes(byte ^ mask[i % 4] for i, byte in enumerate(await self._exactly(length)))
            if first & 0x0F == 0x8:
                raise ConnectionError
            if first & 0x0F == 0x1:
                return json.loads(data)

    async def close(self, code: int) -> None:
        self._writer.write(struct.pack(">BBH", 0x88, 2, code))
        await self._writer.drain()

    async def _exactly(self, size: int) -> bytes:
        try:
            return await self._reader.readexactly(size)
        except asyncio.IncompleteReadError:
            raise ConnectionError from None


async def read_request(reader: asyncio.StreamReader, scheme: str = "http") -> Asked | None:
    """The next request of a connection, None when there is none any more."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Asked(method, path, headers, body, scheme)


def body_of(data: Any) -> bytes:
    """Of a response, as it is written."""
    return b"" if data is None else json.dumps(data).encode()


def written(status: int, data: Any, more: str = "") -> bytes:
    """A response; bytes are written as they are. `more` are header fields, each with its end of line."""
    if isinstance(data, bytes):
        return data
    body = body_of(data)
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return f"{head}{more}\r\n".encode() + body


def upgraded(asked: Asked) -> bytes:
    """The response that makes a socket of a connection."""
    key = asked.headers["sec-websocket-key"].encode()
    accept = base64.b64encode(hashlib.sha1(key + _GUID).digest()).decode()
    head = "HTTP/1.1 101 X\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    return f"{head}sec-websocket-accept: {accept}\r\n\r\n".encode()


async def serve(
    answer: Callable[[Asked], Awaitable[Answer]],
    socket: Callable[[Wire], Awaitable[None]],
    tls: ssl.SSLContext | None = None,
) -> asyncio.Server:
    """Listen on a free port of this machine."""
    scheme = "https" if tls else "http"

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while asked := await read_request(reader, scheme):
                if "sec-websocket-key" in asked.headers:
                    writer.write(upgraded(asked))
                    await socket(Wire(reader, writer))
                    return
                writer.write(written(*await answer(asked)))
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):  # the test is over
            pass
        finally:
            writer.close()

    return await asyncio.start_server(connection, "127.0.0.1", 0, ssl=tls)
