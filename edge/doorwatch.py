"""The door's machine with a clock and a lock: hardware speaks from threads of its own."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Final

from edge.doorstate import DoorEvent, DoorKind, DoorMachine

TICK: Final = 0.25  # seconds between two looks at what time has brought


class DoorWatch:
    """Takes what a door output reports (`DoorSigns`) and what the program grants; tells the events in order.

    `now_ms` is the reader's own clock (unix milliseconds, never falling). `tell` is called under the lock,
    from whatever thread has spoken: it must be quick and not call back.
    """

    def __init__(
        self, machine: DoorMachine, *, now_ms: Callable[[], int], tell: Callable[[DoorEvent], None]
    ) -> None:
        self._machine = machine
        self._now_ms = now_ms
        self._tell = tell
        self._lock = threading.Lock()
        self._last: int | None = None

    def granted(self, counter: int, pulse_ms: int) -> None:
        """Said by the program just before it drives the door, so that no opening comes before its grant."""
        with self._lock:
            self._last = counter
            self._tell_all(self._machine.granted(counter, pulse_ms, self._now_ms()))

    def driven(self, *, done: bool) -> None:
        """Whether the door obeyed the grant that was said last."""
        with self._lock:
            counter, self._last = self._last, None
            if counter is not None:
                self._tell_all(self._machine.driven(counter, done, self._now_ms()))

    def contact(self, *, is_open: bool) -> None:
        """See DoorSigns."""
        with self._lock:
            self._tell_all(self._machine.contact(is_open, self._now_ms()))

    def exit_button(self) -> None:
        """See DoorSigns."""
        with self._lock:
            self._tell_all(self._machine.exit_button(self._now_ms()))

    def alarm(self, kind: DoorKind) -> None:
        """See DoorSigns."""
        with self._lock:
            self._tell_all(self._machine.alarm(kind, self._now_ms()))

    async def run(self, tick: float = TICK) -> None:
        """Let time pass, until cancelled."""
        while True:
            with self._lock:
                self._tell_all(self._machine.passed(self._now_ms()))
            await asyncio.sleep(tick)

    def _tell_all(self, events: Sequence[DoorEvent]) -> None:
        for event in events:
            self._tell(event)
