"""What refusing all keys at once would cut off: counted by the apps above, shown before it is done."""

from collections.abc import Callable
from dataclasses import dataclass

_counters: "dict[str, Counter]" = {}


@dataclass(frozen=True, slots=True)
class Counter:
    """One kind of thing that is under a key, in the words of people."""

    one: str
    many: str
    count: Callable[[], int]


@dataclass(frozen=True, slots=True)
class CutOff:
    """How many there are of it in the current company."""

    name: str
    count: int
    words: str


def counts(name: str, *, one: str, many: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register what counts the current company's things under keys: `@counts("passes", one="pass", ...)`."""

    def register(fn: Callable[[], int]) -> Callable[[], int]:
        known = _counters.get(name)
        if known and known.count.__qualname__ != fn.__qualname__:
            raise RuntimeError(f"{name} is counted twice")
        _counters[name] = Counter(one, many, fn)
        return fn

    return register


def cut_off() -> list[CutOff]:
    """All of it, by name."""
    found = []
    for name, counter in sorted(_counters.items()):
        count = counter.count()
        found.append(CutOff(name, count, f"{count} {counter.one if count == 1 else counter.many}"))
    return found
