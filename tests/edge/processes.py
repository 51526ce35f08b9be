"""The reader as a process of its own."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from edge import status

ROOT = Path(__file__).resolve().parent.parent.parent


class Process:
    """One run of `sallyport-reader run`: the door writes lines into a file; codes are lines of another, where
    no configuration says otherwise.
    """

    def __init__(self, home: Path, config: Path | None = None) -> None:
        self.home, self.config = home, config
        self.state, self.door = home / "state", home / "door.log"
        self.codes = home / f"codes-{os.urandom(4).hex()}"
        self._child: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.codes.touch()
        with (self.home / "reader.log").open("ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", *self._program(), "--state", str(self.state), *self._what()),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def _program(self) -> tuple[str, ...]:
        return ("edge.cli",)

    def _what(self) -> tuple[str, ...]:
        if self.config is not None:
            return ("--config", str(self.config), "run")
        return ("run", "--codes", str(self.codes), "--door", str(self.door))

    def show(self, code: str) -> None:
        with self.codes.open("a") as file:
            file.write(f"{code}\n")

    async def status(self) -> dict[str, Any] | None:
        try:
            return await asyncio.to_thread(status.ask, self.state)
        except status.NotRunning:
            return None

    async def up(self, **true: Any) -> dict[str, Any]:
        """Wait until its status says so."""
        found: dict[str, Any] | None = None
        try:
            async with asyncio.timeout(30):
                while True:
                    found = await self.status()
                    if found is not None and all(found[name] == value for name, value in true.items()):
                        return found
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"not {true} but {found}\n{self.last_words()}") from None

    def last_words(self) -> str:
        """The end of its log: what it was busy with."""
        path = self.home / "reader.log"
        return path.read_text()[-3000:] if path.exists() else ""

    @property
    def rss(self) -> int:
        """Bytes in memory at most, so far."""
        assert self._child is not None
        told = Path(f"/proc/{self._child.pid}/status").read_text()
        return 1024 * int(re.findall(r"VmHWM:\s+(\d+) kB", told)[0])

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self._child is not None
        if self._child.returncode is None:
            self._child.send_signal(how)
        return await self._child.wait()

    def openings(self) -> list[int]:
        """The pulses that the door was driven with, of all runs."""
        if not self.door.exists():
            return []
        return [json.loads(line)["pulse_ms"] for line in self.door.read_text().splitlines()]


@asynccontextmanager
async def process(home: Path, config: Path | None = None) -> AsyncIterator[Process]:
    """A reader process that runs, and is ended whatever happens."""
    one = Process(home, config)
    await one.start()
    try:
        yield one
    finally:
        await one.end(signal.SIGKILL)
