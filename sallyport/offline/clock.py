"""The time by which a reader decides: it never falls below what it has seen before.

A network's time may be wrong or forged. Moved back, it would bring expired codes to life again; so whatever
was once signed by the server, or the time of an opening, is a floor that only an operator can lower, by
pairing the reader anew. Moved forward, it must end when it is mended: the machine's word alone is none.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class ReaderClock:
    """A floor of unix milliseconds, and the monotonic clock's reading at which it was laid."""

    floor_ms: int = 0
    laid_at_ms: int = 0

    def raise_floor(self, at_ms: int, mono_ms: int) -> bool:
        """Lay the floor at `at_ms`, unless time stands above it already. Tells whether it rose."""
        if at_ms <= self._floor(mono_ms):
            return False
        self.floor_ms, self.laid_at_ms = at_ms, mono_ms
        return True

    def now_ms(self, wall_ms: int, mono_ms: int) -> int:
        """Unix milliseconds: the wall clock's, or the floor's with what went by since."""
        return max(wall_ms, self._floor(mono_ms))

    def behind_ms(self, wall_ms: int, mono_ms: int) -> int:
        """By how much the wall clock is below the floor: what was set back, or was never set."""
        return max(0, self._floor(mono_ms) - wall_ms)

    def _floor(self, mono_ms: int) -> int:
        return self.floor_ms + max(0, mono_ms - self.laid_at_ms) if self.floor_ms else 0
