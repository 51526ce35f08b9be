"""What drives a door. One small interface; relays, brokers and controllers stand behind it."""

import json
import os
import time
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class DoorState(StrEnum):
    """How a door output is; told to the server with each contact."""

    READY = "ready"
    AWAY = "away"  # no answer from the hardware
    UNSAFE = "unsafe"  # it answers, but not over a channel that can be trusted: nothing is sent to it


class DoorFailed(Exception):  # noqa: N818 - named for what happened
    """The door was not driven. The message is for the log and holds no secret."""


class DoorOutput(Protocol):
    """A door that can be released for a while."""

    @property
    def state(self) -> DoorState:
        """How the output is, as far as known without asking it now."""
        ...

    async def open(self, pulse_ms: int) -> None:
        """Release the door for `pulse_ms` milliseconds; return once it is driven, not when the pulse is over.

        Raises DoorFailed when it was not. The caller has committed the event before.
        """
        ...

    async def close(self) -> None:
        """Give the hardware back, the door locked; called once, at the end."""
        ...


class SimulatedDoor:
    """Writes each pulse as one line of JSON, `{"at_ms","pulse_ms"}`: for trials and tests."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    @property
    def state(self) -> DoorState:
        """Always there."""
        return DoorState.READY

    async def open(self, pulse_ms: int) -> None:
        """One line, written with one call so that a process that is killed leaves no half of it."""
        line = json.dumps({"at_ms": time.time_ns() // 1_000_000, "pulse_ms": pulse_ms})
        os.write(self._file, f"{line}\n".encode())

    async def close(self) -> None:
        """Close the file."""
        os.close(self._file)
