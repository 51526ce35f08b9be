"""The journal: what a reader decided alone, entry by entry, chained and signed by the reader's own key.

An entry is on the disk before the door opens. It holds the code itself, which the server opens again: a grant
that no code stands behind is found at hand-in.
"""

import hashlib
import struct
from dataclasses import dataclass
from typing import Final

from sallyport.codes import code_hash
from sallyport.keys import SigningKeyLike, VerifyKeyLike
from sallyport.reasons import Reason, number

_CONTEXT: Final = b"sallyport/journal/1\0"
# company, reader, position, counter, at (unix ms), SHA-256 of the code, two challenges, granted, reason,
# policy epoch and seq, SHA-256 of the facts, hash of the entry before
_ENTRY: Final = struct.Struct(">16sIQQQ32sHHBBIQ32s32s")
FIRST_PREVIOUS: Final = b"\0" * 32
MOST_HANDED_IN: Final = 500  # entries of one request


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One presentation that was decided without the server.

    `position` counts the entries of this reader from 1 without a gap; `counter` is the event's number, the
    one under which the server may have been asked; `challenges` are the numbers that the door showed.
    """

    position: int
    counter: int
    at_ms: int
    code: str
    challenges: tuple[int, ...]
    granted: bool
    reason: Reason
    facts: str
    epoch: int
    seq: int
    previous: bytes


def entry_bytes(entry: JournalEntry, *, company: bytes, reader: int) -> bytes:
    """What the reader signs; the chain is made of the hashes of these bytes."""
    if len(company) != 16 or len(entry.previous) != 32 or len(entry.challenges) > 2:
        raise ValueError("company 16 bytes, hash 32, two challenges at most")
    shown = (*entry.challenges, 0, 0)
    return _CONTEXT + _ENTRY.pack(
        company,
        reader,
        entry.position,
        entry.counter,
        entry.at_ms,
        code_hash(entry.code),
        shown[0],
        shown[1],
        entry.granted,
        number(entry.reason),
        entry.epoch,
        entry.seq,
        hashlib.sha256(entry.facts.encode()).digest(),
        entry.previous,
    )


def entry_hash(signed: bytes) -> bytes:
    """The 32 bytes by which the next entry names this one; `signed` are its `entry_bytes`."""
    return hashlib.sha256(signed).digest()


def sign_entry(signed: bytes, key: SigningKeyLike) -> bytes:
    """The reader's 64-byte signature over `entry_bytes`."""
    return key.sign(signed)


def verify_entry(signed: bytes, signature: bytes, public: VerifyKeyLike) -> None:
    """Return when the entry is this reader's. Raises sallyport.keys.BadSignature."""
    public.verify(signed, signature)
