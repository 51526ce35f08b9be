"""A frame and its answer, sealed for the way through Valkey (AES-256-GCM, a fresh nonce each).

The key is this web process's own: drawn at random, used for an hour at most, kept in memory, and sent along
wrapped by the house's root key. So the root key itself seals no frame, no table holds the key, a face worker
asks a key service once for each key rather than for each frame, and a root key that is replaced needs no word
here. What is sealed is bound to its id and to its way, there or back.
"""

import os
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault import envelope
from vault.rootkey import root_key

KEY_SECONDS: Final = 3600.0
KEYS_HELD: Final = 64
PLACE: Final = envelope.place("faces", "key")
_HEAD: Final = struct.Struct(">IH")  # number of the root key, length of the wrapped key


@dataclass(frozen=True, slots=True)
class Passage:
    """A key for the way, and how it is written before a frame."""

    head: bytes
    box: AESGCM = field(repr=False)

    def seal_frame(self, plain: bytes, frame: str) -> bytes:
        """With the wrapped key before it."""
        return self.head + envelope.seal(self.box, plain, envelope.place("faces", "frame", frame))

    def seal_answer(self, plain: bytes, frame: str) -> bytes:
        """The way back, under the same key."""
        return envelope.seal(self.box, plain, envelope.place("faces", "answer", frame))

    def open_answer(self, sealed: bytes, frame: str) -> bytes:
        """The reverse. Raises CannotOpen."""
        return envelope.open_sealed(self.box, sealed, envelope.place("faces", "answer", frame))


def open_frame(sealed: bytes, frame: str) -> tuple[Passage, bytes]:
    """What `seal_frame` sealed under this id, and the way back.

    Raises CannotOpen for anything else and where this machine has another root key, RootKeyAway.
    """
    if len(sealed) < _HEAD.size:
        raise envelope.CannotOpen("not a sealed frame")
    number, length = _HEAD.unpack_from(sealed)
    end = _HEAD.size + length
    box = _unwrapped(number, sealed[_HEAD.size : end])
    plain = envelope.open_sealed(box, sealed[end:], envelope.place("faces", "frame", frame))
    return Passage(sealed[:end], box), plain


@lru_cache(maxsize=KEYS_HELD)
def _unwrapped(number: int, wrapped: bytes) -> AESGCM:
    return AESGCM(root_key().unwrap(wrapped, PLACE, number))


def _made() -> Passage:
    key, root = os.urandom(envelope.KEY_BYTES), root_key()
    wrapped = root.wrap(key, PLACE)
    return Passage(_HEAD.pack(root.number, len(wrapped)) + wrapped, AESGCM(key))


class Passages:
    """This process's key, a new one each hour. For any thread. Raises RootKeyAway."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._held: tuple[float, Passage] | None = None

    def now(self) -> Passage:
        """The one to use."""
        with self._lock:
            if self._held is None or self._clock() >= self._held[0]:
                self._held = (self._clock() + KEY_SECONDS, _made())
            return self._held[1]
