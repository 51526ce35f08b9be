"""How a running reader is: asked over a socket in its folder, so that no disk wears out by telling."""

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

SOCKET: Final = "status.sock"
_PATIENCE: Final = 3.0  # seconds


class NotRunning(Exception):  # noqa: N818 - named for what happened
    """No reader answers in this folder."""


@contextmanager
def _near(folder: Path) -> Iterator[str]:
    """The socket's path by way of the open folder: a whole path may be longer than a socket's name can be."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{file}/{SOCKET}"
    finally:
        os.close(file)


async def serve(folder: Path, tell: Callable[[], Awaitable[dict[str, Any]]]) -> asyncio.Server:
    """Answer each caller with one line of JSON. Only the folder's owner can call."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(json.dumps(await tell()).encode() + b"\n")
            await writer.drain()
        finally:
            writer.close()

    with _near(folder) as path:
        return await asyncio.start_unix_server(answer, path)


def ask(folder: Path) -> dict[str, Any]:
    """What the running reader says of itself. Raises NotRunning."""
    try:
        with _near(folder) as path, socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_PATIENCE)
            line.connect(path)
            with line.makefile("rb") as file:
                found = json.loads(file.readline())
    except (OSError, ValueError) as error:
        raise NotRunning(f"no reader runs in {folder}") from error
    if not isinstance(found, dict):
        raise NotRunning(f"no reader runs in {folder}")
    return found
