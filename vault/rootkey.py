"""Where the root key comes from: a file, the environment, or a key service, behind the same three verbs."""

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
from vault.transit import TransitKey, TransitPlace


class RootKey(Protocol):
    """Wraps and unwraps company keys. `number` tells which root key wrapped a value."""

    @property
    def number(self) -> int: ...

    def wrap(self, plain: bytes, place: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, place: bytes, number: int) -> bytes: ...


class RootKeys:
    """Local root keys and one of a key service: the highest number wraps, the others only unwrap."""

    def __init__(self, local: "LocalRootKey | None", number: int, transit: TransitKey) -> None:
        if number < 1 or (local is not None and local.has(number)):
            raise ImproperlyConfigured("the transit root key needs a number that no other root key has")
        self._local, self._number, self._transit = local, number, transit
        self.number = max(number, local.number if local else 0)

    def __repr__(self) -> str:
        return f"<root key {self.number}>"

    def wrap(self, plain: bytes, place: bytes) -> bytes:
        if self._local is None or self.number == self._number:
            return self._transit.wrap(plain, place)
        return self._local.wrap(plain, place)

    def unwrap(self, wrapped: bytes, place: bytes, number: int) -> bytes:
        if number == self._number:
            return self._transit.unwrap(wrapped, place)
        if self._local is None:
            raise envelope.CannotOpen(f"root key {number} is not here")
        return self._local.unwrap(wrapped, place, number)


class LocalRootKey:
    """Root keys held in memory: the highest number wraps, the others only unwrap."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        if not keys or any(len(key) != envelope.KEY_BYTES for key in keys.values()):
            raise ImproperlyConfigured("the root key is 32 bytes in base64, one `number:key` per line")
        self._boxes = {n: AESGCM(envelope.derive(key, "root-wrap")) for n, key in keys.items()}
        self.number = max(keys)

    def __repr__(self) -> str:
        return f"<root key {self.number}>"

    def has(self, number: int) -> bool:
        """Whether the key of this number is here."""
        return number in self._boxes

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
    """The configured root key: of the environment or a file (`settings.ROOT_KEY`, `ROOT_KEY_FILE`), and of a
    key service where `settings.ROOT_TRANSIT_URL` is set. Both stand while one takes over from the other.
    """
    if not settings.ROOT_TRANSIT_URL:
        return LocalRootKey(parse(_local_text()))
    local = LocalRootKey(parse(_local_text())) if settings.ROOT_KEY or settings.ROOT_KEY_FILE else None
    place = TransitPlace(
        url=settings.ROOT_TRANSIT_URL,
        name=settings.ROOT_TRANSIT_KEY,
        token_file=settings.ROOT_TRANSIT_TOKEN_FILE,
        mount=settings.ROOT_TRANSIT_MOUNT,
        ca_file=settings.ROOT_TRANSIT_CA_FILE,
    )
    return RootKeys(local, settings.ROOT_TRANSIT_NUMBER, TransitKey(place))


def _local_text() -> str:
    text: str = settings.ROOT_KEY
    if text:
        return text
    if not settings.ROOT_KEY_FILE:
        raise ImproperlyConfigured("neither ROOT_KEY nor ROOT_KEY_FILE is set")
    try:
        return Path(settings.ROOT_KEY_FILE).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise ImproperlyConfigured("the root key file cannot be read") from None
