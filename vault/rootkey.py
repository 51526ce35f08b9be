"""Where the root key comes from: a file, the environment, later a key service behind the same three verbs."""

import base64
import binascii
import os
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from vault import envelope


class RootKey(Protocol):
    """Wraps and unwraps company keys. `number` tells which root key wrapped a value."""

    @property
    def number(self) -> int: ...

    def wrap(self, plain: bytes, place: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, place: bytes, number: int) -> bytes: ...


class LocalRootKey:
    """Root keys held in memory: the highest number wraps, the others only unwrap."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        if not keys or any(len(key) != envelope.KEY_BYTES for key in keys.values()):
            raise ImproperlyConfigured("the root key is 32 bytes in base64, one `number:key` per line")
        self._boxes = {n: AESGCM(envelope.derive(key, "root-wrap")) for n, key in keys.items()}
        self.number = max(keys)

    def __repr__(self) -> str:
        return f"<root key {self.number}>"

    def wrap(self, plain: bytes, place: bytes) -> bytes:
        return envelope.seal(self._boxes[self.number], plain, place)

    def unwrap(self, wrapped: bytes, place: bytes, number: int) -> bytes:
        box = self._boxes.get(number)
        if box is None:
            raise envelope.CannotOpen(f"root key {number} is not here")
        return envelope.open_sealed(box, wrapped, place)


def parse(text: str) -> dict[int, bytes]:
    """Lines of `number:base64`; a single line without a number is number 1."""
    keys: dict[int, bytes] = {}
    for line in filter(None, (part.strip() for part in text.splitlines())):
        number, colon, encoded = line.partition(":")
        if not colon:
            number, encoded = "1", line
        try:
            keys[int(number)] = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise ImproperlyConfigured("the root key cannot be read") from None
    return keys


def generate() -> str:
    """A fresh root key as the text of its file."""
    return f"1:{base64.b64encode(os.urandom(envelope.KEY_BYTES)).decode()}\n"


@lru_cache(maxsize=1)
def root_key() -> RootKey:
    """The configured root key: `settings.ROOT_KEY` (the environment) or the file `settings.ROOT_KEY_FILE`."""
    text = getattr(settings, "ROOT_KEY", "")
    if not text:
        path = getattr(settings, "ROOT_KEY_FILE", "")
        if not path:
            raise ImproperlyConfigured("neither ROOT_KEY nor ROOT_KEY_FILE is set")
        try:
            text = Path(path).read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            raise ImproperlyConfigured("the root key file cannot be read") from None
    return LocalRootKey(parse(text))
