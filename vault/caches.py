"""Opened keys held by the process for a short while, and dropped together when told to."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final, Generic, TypeVar

from tenants import live

HOLD_SECONDS: Final = 60.0
TOPIC: Final = "vault"

Value = TypeVar("Value")
_all: "list[Held[object]]" = []


class Held(Generic[Value]):
    """A bounded map whose entries live a minute; keys begin with the company's id."""

    def __init__(self, most: int, hold: float = HOLD_SECONDS) -> None:
        self._most = most
        self._hold = hold
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[Hashable, ...], tuple[float, Value]] = OrderedDict()
        self.drops = 0  # how often something was dropped: what was read before must not be kept after
        _all.append(self)  # type: ignore[arg-type]

    def peek(self, key: tuple[Hashable, ...]) -> Value | None:
        """What is held, or None."""
        entry = self._entries.get(key)
        return entry[1] if entry and time.monotonic() < entry[0] else None

    def put(self, key: tuple[Hashable, ...], value: Value, *, read_at: int | None = None) -> Value:
        """Hold it; not if something was dropped since `drops` stood at `read_at`: it may be of before."""
        with self._lock:
            if read_at is not None and read_at != self.drops:
                return value
            self._entries[key] = (time.monotonic() + self._hold, value)
            self._entries.move_to_end(key)
            while len(self._entries) > self._most:
                self._entries.popitem(last=False)
        return value

    def get(self, key: tuple[Hashable, ...], load: Callable[[], Value]) -> Value:
        """What is held, else what `load` returns (None is not held)."""
        found = self.peek(key)
        if found is not None:
            return found
        read_at = self.drops
        value = load()
        return value if value is None else self.put(key, value, read_at=read_at)

    def drop(self, key: tuple[Hashable, ...]) -> None:
        with self._lock:
            self._entries.pop(key, None)

    def drop_company(self, company_id: int | None) -> None:
        """Drop the company's entries; None drops everything."""
        with self._lock:
            self.drops += 1
            for key in [k for k in self._entries if company_id is None or k[0] == company_id]:
                del self._entries[key]


def drop(company_id: int | None = None) -> None:
    """Forget the opened keys of a company, or of all, in this process."""
    for held in _all:
        held.drop_company(company_id)


def drop_everywhere(company_id: int) -> None:
    """Forget a company's opened keys here and, as fast as Valkey carries it, in every process."""
    drop(company_id)
    live.tell_everywhere(TOPIC, {"company": company_id})


def told(payload: dict[str, Any]) -> None:
    """What another process announced; whatever it is, something held here may be gone."""
    company_id = payload.get("company")
    drop(company_id if isinstance(company_id, int) else None)
