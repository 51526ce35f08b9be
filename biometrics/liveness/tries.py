"""Five failed sessions within three minutes lock a holder out for a while."""

from dataclasses import dataclass, replace
from typing import Final

from biometrics.liveness.state import LIFE_SECONDS

MOST_FAILURES: Final = 5
WINDOW_SECONDS: Final = 180.0
LOCK_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class Try:
    """A session that was begun and has not passed."""

    session: str
    began: float
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Tries:
    """The sessions of one holder, device or reader. The caller keeps it and tells an operator of a lock.

    Walking away counts as a failure when the session's life is over, and so does beginning another one
    before: else nobody who sees a check go wrong would ever fail.
    """

    open: tuple[Try, ...] = ()
    locked_until: float = 0.0

    def locked(self, now: float) -> bool:
        """Whether no session may begin. Ask `settled(now)`, which sees those that were walked away from."""
        return now < self.locked_until

    def begun(self, session: str, now: float) -> "Tries":
        """A session begins; whatever was still open has failed."""
        failed = tuple(replace(one, failed=True) for one in self.open)
        return replace(self, open=(*failed, Try(session, now))).settled(now)

    def passed(self, session: str) -> "Tries":
        """A session passed: all before it is forgiven."""
        known = any(one.session == session for one in self.open)
        return replace(self, open=()) if known else self

    def forgotten(self, session: str) -> "Tries":
        """A session that nobody could look at: as if it had not begun."""
        return replace(self, open=tuple(one for one in self.open if one.session != session))

    def failed(self, session: str, now: float) -> "Tries":
        """A session failed."""
        marked = (replace(one, failed=one.failed or one.session == session) for one in self.open)
        return replace(self, open=tuple(marked)).settled(now)

    def settled(self, now: float) -> "Tries":
        """As it stands now: old ones forgotten, abandoned ones failed, locked where they are too many."""
        live = (one for one in self.open if now - one.began <= WINDOW_SECONDS)
        kept = tuple(replace(one, failed=one.failed or now - one.began > LIFE_SECONDS) for one in live)
        if sum(one.failed for one in kept) < MOST_FAILURES:
            return replace(self, open=kept)
        return Tries(tuple(one for one in kept if not one.failed), now + LOCK_SECONDS)
