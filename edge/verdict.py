"""What the doctor says of one thing."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How it is."""

    GOOD = "good"
    DOUBT = "doubt"  # works, and somebody should look at it
    BAD = "bad"  # the reader cannot do its work


SIGNS = {Level.GOOD: "✓", Level.DOUBT: "!", Level.BAD: "✗"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing, one line, and what to do where it is not good."""

    about: str
    level: Level
    found: str
    hint: str = ""

    def __str__(self) -> str:
        """As it is printed, the hint in a line of its own."""
        line = f"{SIGNS[self.level]} {self.about:10} {self.found}"
        return f"{line}\n  {'':10} → {self.hint}" if self.hint else line


def good(about: str, found: str) -> Verdict:
    """Nothing to do."""
    return Verdict(about, Level.GOOD, found)


def doubt(about: str, found: str, hint: str) -> Verdict:
    """Somebody should look at it."""
    return Verdict(about, Level.DOUBT, found, hint)


def bad(about: str, found: str, hint: str) -> Verdict:
    """The reader cannot do its work."""
    return Verdict(about, Level.BAD, found, hint)
