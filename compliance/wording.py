"""The words of a notice as they are shown, byte for byte: what the hash in a consent is of."""

import hashlib
import unicodedata
from typing import Final

MOST_TITLE: Final = 120
MOST_TEXT: Final = 20_000
# What would show otherwise than it is stored: other controls, and marks that turn the direction of text.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs"})


class BadWording(ValueError):  # noqa: N818 - named for what it is
    """A title or text that cannot be shown as it is."""


def title_of(text: str) -> str:
    """A title in the one spelling that is stored: a single line. Raises BadWording."""
    return _checked(" ".join(text.split()), MOST_TITLE)


def text_of(text: str) -> str:
    """A text in the one spelling that is stored: lines end with \\n and nothing else. Raises BadWording."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    lines = [line.rstrip() for line in plain.split("\n")]
    return _checked("\n".join(lines).strip("\n"), MOST_TEXT)


def shown_bytes(title: str, text: str) -> bytes:
    """What a person sees: title, an empty line, text, in UTF-8."""
    return f"{title}\n\n{text}".encode()


def digest(title: str, text: str) -> str:
    """SHA-256 of what is shown, as 64 hexadecimal digits."""
    return hashlib.sha256(shown_bytes(title, text)).hexdigest()


def _checked(text: str, most: int) -> str:
    found = unicodedata.normalize("NFC", text)
    if not found.strip():
        raise BadWording("There is nothing to read here.")
    if len(found) > most:
        raise BadWording(f"It has {len(found)} signs; {most} is the most.")
    if any(sign != "\n" and unicodedata.category(sign) in _HIDDEN for sign in found):
        raise BadWording("It holds signs that are not shown.")
    return found
