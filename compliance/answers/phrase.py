"""Passphrases that can be told over a telephone: groups of four signs, no two of which look alike."""

import secrets
from typing import Final

# Crockford's base 32 (crockford.com/base32.html): without I, L, O and U. Five bits a sign.
SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS: Final = 6
SIZE: Final = 4


def make() -> str:
    """A fresh one: 24 signs, 120 bits."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(SIZE)) for _ in range(GROUPS))
