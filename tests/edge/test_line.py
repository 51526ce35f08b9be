"""Names under .localhost are this computer, whatever a resolver says; the server hears the name asked for."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from edge.line import AsyncTransport, Transport, place

NAME = "no-resolver-knows-it.localhost"


@asynccontextmanager
async def told() -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that notes what it was sent, and its port."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


@pytest.mark.parametrize(
    ("host", "where"),
    [
        ("acme.localhost", "127.0.0.1"),
        ("localhost", "localhost"),
        ("acme.example", "acme.example"),
        ("localhost.acme.example", "localhost.acme.example"),
        ("acmelocalhost", "acmelocalhost"),
    ],
)
def test_where_a_name_is(host: str, where: str) -> None:
    assert place(host) == where


async def test_requests_go_here_under_their_name() -> None:
    tls = ssl.create_default_context()
    async with told() as (port, heard):
        url = f"http://{NAME}:{port}/next"
        async with httpx.AsyncClient(transport=AsyncTransport(tls), trust_env=False) as client:
            assert (await client.get(url)).status_code == 204

        def ask() -> int:
            with httpx.Client(transport=Transport(tls), trust_env=False) as client:
                return client.get(url).status_code

        assert await asyncio.to_thread(ask) == 204
    assert len(heard) == 2
    assert all(f"Host: {NAME}:{port}".encode() in one for one in heard)
