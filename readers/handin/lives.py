"""Which life of codes was in force when: the company may change it while a reader is cut off. Pure."""

from dataclasses import dataclass
from typing import Final

MOST_TRUST: Final = 72 * 3600  # seconds; no area trusts a list for longer
# Of clocks that differ, and of a change that readers are told of only once it is committed.
SLACK: Final = 120


@dataclass(frozen=True, slots=True)
class Lives:
    """Rising (since, life): unix second and seconds; each stands until the next begins."""

    changes: tuple[tuple[int, int], ...]

    def between(self, first: int, last: int) -> frozenset[int]:
        """The lives that were in force at some second from `first` to `last`."""
        ends = [since for since, _ in self.changes[1:]]
        spans = zip(self.changes, [*ends, None], strict=True) if self.changes else ()
        return frozenset(
            life
            for (since, life), end in spans
            if first <= last and since <= last and (end is None or end > first)
        )

    def told(self, *, at: int, list_at: int) -> frozenset[int]:
        """The lives that a reader can have known at `at` by a list from `list_at`, both unix seconds."""
        return self.between(list_at - SLACK, at + SLACK)
