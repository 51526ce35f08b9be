"""Entries as a reader hands them in, and what becomes of each."""

import json
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from sallyport.codes import code_hash
from sallyport.offline import JournalEntry
from sallyport.reasons import Reason

MOST_FACTS: Final = 16 * 1024  # characters of what becomes an event
# What is longer is set apart, up to this: a journal that is refused for one entry would come again for ever.
LONGEST_FACTS: Final = 256 * 1024


class Result(StrEnum):
    """What became of an entry."""

    RECORDED = "recorded"
    KNOWN = "known"
    QUARANTINED = "quarantined"


class Fault(StrEnum):
    """Why an entry is kept apart. Codes are stable once released."""

    SIGNATURE_WRONG = "signature_wrong"
    CHAIN_BROKEN = "chain_broken"
    EVENT_ID_REUSED = "event_id_reused"
    CODE_NOT_OURS = "code_not_ours"
    FACTS_DIFFER = "facts_differ"
    FACTS_TOO_LONG = "facts_too_long"
    OUT_OF_TIME = "out_of_time"


OF_THE_CHAIN: Final = frozenset({Fault.SIGNATURE_WRONG, Fault.CHAIN_BROKEN})


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as it came: well formed, nothing of it believed. `previous` 32 bytes, `sig` 64."""

    position: int
    counter: int
    at_ms: int
    code: str
    challenges: tuple[int, ...]
    granted: bool
    reason: str
    facts: str
    epoch: int
    seq: int
    previous: bytes
    sig: bytes

    def entry(self) -> JournalEntry:
        """As it was signed. Raises ValueError for a reason that this version does not know."""
        fields = {name: getattr(self, name) for name in Told.__slots__ if name not in {"sig", "reason"}}
        return JournalEntry(reason=Reason(self.reason), **fields)

    @property
    def code_hash(self) -> bytes:
        """SHA-256 of what was shown."""
        return code_hash(self.code)

    @property
    def text(self) -> str:
        """The whole entry as JSON in ASCII: PostgreSQL takes it whatever a camera has read."""
        fields = {name: getattr(self, name) for name in Told.__slots__}
        fields |= {"previous": self.previous.hex(), "sig": self.sig.hex()}
        return json.dumps(fields)

    def identify(self) -> bytes:
        """32 bytes by which the same entry is known again."""
        return sha256(self.text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Piece:
    """Entries of one hand-in; `after` is the position behind which these are all that the reader has, up to
    the last of them, None where it does not say.
    """

    entries: tuple[Told, ...]
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is answered for one entry; `fault` where it was quarantined."""

    position: int
    result: Result
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a reader's chain that the server has: 0 and 32 zero bytes before the first."""

    position: int
    hash: bytes


class JournalGap(Exception):  # noqa: N818 - named for what happened
    """Entries between the head and these have not come yet: nothing was taken, hand in from the head."""

    def __init__(self, head: Head) -> None:
        super().__init__(f"the journal stands at {head.position}")
        self.head = head


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The outcomes in the order of the entries, and where the chain stands now."""

    outcomes: tuple[Outcome, ...]
    head: Head
