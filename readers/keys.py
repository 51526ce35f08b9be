"""Readers' public keys, built once and kept: parsing a P-256 point costs as much as verifying with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from sallyport.keys import BadKey, BadSignature, VerifyKeyLike, public_key
from sallyport.reader_protocol import key_print

_LENGTHS = {"ed25519": 32, "ecdsa-p256-sha256": 65}


class Holds(Protocol):
    """What answers yes or no."""

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is good over `message`."""


class VerifyKey:
    """A key that answers yes or no."""

    __slots__ = ("like",)

    def __init__(self, like: VerifyKeyLike) -> None:
        self.like = like

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `message`."""
        try:
            self.like.verify(message, signature)
        except BadSignature:
            return False
        return True


@lru_cache(maxsize=8192)
def verify_key(algorithm: str, raw: bytes) -> VerifyKey:
    """The ready key. Raises BadKey."""
    if len(raw) != _LENGTHS.get(algorithm):
        raise BadKey("wrong length")
    return VerifyKey(public_key(algorithm, raw))


def well_formed(algorithm: str, raw: bytes) -> bool:
    """Whether these bytes are a key of that algorithm in its one accepted spelling."""
    try:
        verify_key(algorithm, raw)
    except BadKey:
        return False
    return True


@dataclass(frozen=True, slots=True)
class DatedKey:
    """A key with the unix ms until which its reader signed with it; None for one that still signs."""

    algorithm: str
    raw: bytes
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class KeysAt:
    """The keys that a reader had at one time."""

    keys: tuple[VerifyKey, ...]

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether one of them has signed this."""
        return any(key.holds(message, signature) for key in self.keys)


def keys_at(keys: Sequence[DatedKey], at_ms: int) -> KeysAt:
    """Those that could sign something which the reader dates `at_ms`."""
    return KeysAt(
        tuple(
            verify_key(one.algorithm, one.raw)
            for one in keys
            if one.until_ms is None or at_ms <= one.until_ms
        )
    )


@dataclass(frozen=True, slots=True)
class Overlap:
    """The key in force, and while another is on its way that one, with the unix time that ends the first."""

    key: bytes
    next_key: bytes | None = None
    ends: float | None = None

    def named(self, name: str, now: float) -> bytes | None:
        """The key of this print that is taken at unix time `now`; empty names the one in force."""
        if not name or name == key_print(self.key):
            return None if self.ends is not None and now >= self.ends else self.key
        if self.next_key is not None and name == key_print(self.next_key):
            return self.next_key
        return None
