"""What the door did, from its contact and its exit button. Pure: times go in, events come out.

The events are those of docs/offline.md, "What the door did". Without a contact a door counts as opened once
it was driven, and nothing else is made up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol


class DoorKind(StrEnum):
    """What the server takes as `kind`."""

    OPENED = "opened"
    NOT_OPENED = "not_opened"
    HELD_OPEN = "held_open"
    CLOSED = "closed"
    FORCED = "forced"
    EXIT_BUTTON = "exit_button"
    TAMPERED = "tampered"
    NO_SECURE_CHANNEL = "no_secure_channel"


ALARMS: Final = frozenset(
    {DoorKind.FORCED, DoorKind.HELD_OPEN, DoorKind.TAMPERED, DoorKind.NO_SECURE_CHANNEL}
)


@dataclass(frozen=True, slots=True)
class DoorEvent:
    """One fact. `counter` is the grant's for opened and not_opened, None for all others."""

    kind: DoorKind
    at_ms: int
    counter: int | None = None


@dataclass(frozen=True, slots=True)
class DoorTimes:
    """How long things may take, in milliseconds."""

    grace_ms: int = 2_000  # after the pulse: the leaf may still be on its way
    exit_ms: int = 5_000  # after the exit button
    held_ms: int = 30_000  # open for longer is held open


class DoorSigns(Protocol):
    """Where a door output reports what comes back. Callable from any thread."""

    def contact(self, *, is_open: bool) -> None:
        """The door contact as it is now; repeating it changes nothing."""
        ...

    def exit_button(self) -> None:
        """The button was pressed. It releases the lock by its own wiring, not by us."""
        ...

    def alarm(self, kind: DoorKind) -> None:
        """The hardware was tampered with, or claims to have no secure channel."""
        ...


class DoorMachine:
    """Grants, contact, button and the passing of time into events, their times never falling.

    Each grant that was driven ends in exactly one of opened and not_opened. Whoever is granted while the door
    stands open has it open; one opening answers all who wait, since a contact counts leaves and not people.
    """

    def __init__(self, times: DoorTimes, *, has_contact: bool = True) -> None:
        self._times = times
        self._has_contact = has_contact
        self._now = 0
        self._open: bool | None = None  # None: the contact has not spoken yet
        self._waiting: dict[int, int] = {}  # counter: until when it may be opened
        self._exit_until = 0
        self._held_at: int | None = None  # when an open door becomes one that is held open

    def granted(self, counter: int, pulse_ms: int, at_ms: int) -> list[DoorEvent]:
        """The lock is about to be released for a grant; `driven` follows."""
        events = self.passed(at_ms)
        self._waiting[counter] = self._now + pulse_ms + self._times.grace_ms
        return events

    def driven(self, counter: int, done: bool, at_ms: int) -> list[DoorEvent]:
        """Whether the lock obeyed, said once after each grant.

        A grant that never reached it opened nothing, unless somebody was quicker with a key or a handle.
        """
        events = self.passed(at_ms)
        if not done:
            if self._waiting.pop(counter, None) is not None:
                events.append(DoorEvent(DoorKind.NOT_OPENED, self._now, counter))
        elif counter in self._waiting and (self._open or not self._has_contact):
            del self._waiting[counter]
            if self._held_at is not None:  # held open is told once for each opening
                self._held_at = self._now + self._times.held_ms
            events.append(DoorEvent(DoorKind.OPENED, self._now, counter))
        return events

    def contact(self, is_open: bool, at_ms: int) -> list[DoorEvent]:
        """The contact as it is. Its first word is where things stand, no event."""
        events = self.passed(at_ms)
        if not self._has_contact or is_open is self._open:
            return events
        first, self._open = self._open is None, is_open
        if is_open:
            self._held_at = self._now + self._times.held_ms
            return [*events, *([] if first and not self._waiting else self._opening())]
        self._held_at = None
        return events if first else [*events, DoorEvent(DoorKind.CLOSED, self._now)]

    def exit_button(self, at_ms: int) -> list[DoorEvent]:
        """Somebody leaves."""
        events = self.passed(at_ms)
        self._exit_until = self._now + self._times.exit_ms
        return [*events, DoorEvent(DoorKind.EXIT_BUTTON, self._now)]

    def alarm(self, kind: DoorKind, at_ms: int) -> list[DoorEvent]:
        """What the hardware itself complains about."""
        return [*self.passed(at_ms), DoorEvent(kind, self._now)]

    def passed(self, at_ms: int) -> list[DoorEvent]:
        """Time went by. To be called at least every second; a time that falls is taken as standing still."""
        to = max(self._now, at_ms)
        due = sorted(self._due(to), key=lambda event: event.at_ms)
        self._now = to
        return due

    def _due(self, to: int) -> Iterator[DoorEvent]:
        for counter, until in list(self._waiting.items()):
            if until < to:
                del self._waiting[counter]
                yield DoorEvent(DoorKind.NOT_OPENED, max(self._now, until), counter)
        if self._held_at is not None and self._held_at <= to:
            yield DoorEvent(DoorKind.HELD_OPEN, max(self._now, self._held_at))
            self._held_at = None

    def _opening(self) -> list[DoorEvent]:
        counters, self._waiting = list(self._waiting), {}
        if counters:
            return [DoorEvent(DoorKind.OPENED, self._now, counter) for counter in counters]
        return [] if self._now <= self._exit_until else [DoorEvent(DoorKind.FORCED, self._now)]
