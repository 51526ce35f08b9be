"""How long engine processes take for each kind of question, learnt from those that were answered."""

from typing import Final

from biometrics.engine.looking import Kind

LEARNS: Final = 5  # answers that a mean reaches back
SHARE_LEARNS: Final = 10


class Pace:
    """Seconds, 0 for what was never done. Not for more than one thread."""

    def __init__(self) -> None:
        self._took: dict[Kind, float] = {}
        self.each = 0.0  # of any kind
        self._share = 0.0  # of those that were seen, how many were measured too

    def took(self, kind: Kind, seconds: float) -> None:
        """So long was a process at work."""
        self._took[kind] = _learnt(self._took.get(kind, 0.0), seconds)
        self.each = _learnt(self.each, seconds)
        if kind is Kind.OBSERVE:
            self._share *= 1 - 1 / SHARE_LEARNS
        elif kind is Kind.EMBED:
            self._share = min(1.0, self._share + 1 / SHARE_LEARNS)

    def whole(self, kind: Kind) -> float:
        """A question with all that may come of it: what is seen may have to be measured."""
        more = self._of(Kind.EMBED) if kind is Kind.OBSERVE else 0.0
        return self._of(kind) + more

    def likely(self, kind: Kind) -> float:
        """A question with what mostly comes of it."""
        more = self._share * self._of(Kind.EMBED) if kind is Kind.OBSERVE else 0.0
        return self._of(kind) + more

    def _of(self, kind: Kind) -> float:
        return self._took.get(kind, self.each)


def _learnt(mean: float, seconds: float) -> float:
    return mean + (seconds - mean) / LEARNS if mean else seconds
