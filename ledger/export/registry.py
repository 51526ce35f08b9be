"""What other rooms add to an excerpt: who has countersigned, under which keys, and where numbers stand."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Countersignature:
    """A reader's signature over the hash of the checkpoint `number` that it has stored."""

    number: int
    reader: int
    checkpoint_hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A reader's number that stands outside of an excerpt although its neighbours stand in it.

    `why` is a word of the verifier: `elsewhere` (another checkpoint), `apart` (handed in and kept apart).
    """

    reader: int
    counter: int
    why: str


Span = tuple[int, int]
Signatures = Callable[[Span], Iterator[Countersignature]]
ReaderKeys = Callable[[], Iterable[tuple[int, bytes]]]
Numbers = Callable[[Span], Iterator[Elsewhere]]
signatures: list[Signatures] = []
keys: list[ReaderKeys] = []
numbers: list[Numbers] = []


def countersignatures(function: Signatures) -> Signatures:
    """Register what yields the countersignatures of a span of checkpoint numbers, by rising number."""
    signatures.append(function)
    return function


def reader_keys(function: ReaderKeys) -> ReaderKeys:
    """Register what yields (handle, raw public key) of every reader, keys that it had before included."""
    keys.append(function)
    return function


def counted_elsewhere(function: Numbers) -> Numbers:
    """Register what yields, by reader and number, what an excerpt of these sealed positions leaves out."""
    numbers.append(function)
    return function
