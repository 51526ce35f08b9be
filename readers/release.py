"""The newest reader program, as readers are told of it: a notice, never an update by itself."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Release:
    """A version of the program, where it lies, and the signature (base64) over it."""

    version: str
    url: str
    sig: str


def is_newer(version: str, than: str) -> bool:
    """Whether 1.10.0 is newer than 1.9.3. What is no version is older than any."""
    return _parts(version) > _parts(than)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")) if VERSION.fullmatch(version) else ()


VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){1,3}", re.ASCII)
