"""Codes drawn in the console and typed at a tablet that is to be paired. Pure.

A code has eight signs of Crockford's Base32 (no I, L, O, U). The first three find the pairing and are no
secret; the other five (2^25) are guessed at most five times, so a guess succeeds once in 6.7 million.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 8
LOCATOR_LENGTH: Final = 3
LIFE: Final = timedelta(minutes=10)
REMEMBERED: Final = timedelta(days=1)  # for so long an old code is told apart from a wrong one
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def draw() -> str:
    """A new code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def shown(code: str) -> str:
    """The code in two groups, as people read it aloud."""
    return f"{code[:4]}-{code[4:]}"


def as_drawn(text: str) -> str:
    """The code as drawn, whatever case, blanks or look-alike letters were typed."""
    return text.upper().translate(_LOOKALIKES)


def code_digest(typed: str) -> bytes:
    """What stands for the code in a signed proof."""
    return sha256(typed.encode("ascii", "replace")).digest()
