"""The short code that a person types to bind a phone: eight signs of Crockford's base 32.

Signs that look alike are read as one (https://www.crockford.com/base32.html). The first three find the
invitation, so that every guess counts against it; the other five are the secret (25 bits, five tries, 72
hours). They are derived from the invitation's id under the company's key: the mail can be made again
without the code being stored anywhere.
"""

import secrets
import uuid

from vault.services import hash_token

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOCATOR, LENGTH = 3, 8
_READ_AS = str.maketrans("OIL", "011", " -\u2010\u2011\u2013")


def normalise(typed: str) -> str | None:
    """The code as it was made, or None when no code looks like this."""
    code = typed.upper().translate(_READ_AS)
    return code if len(code) == LENGTH and all(sign in ALPHABET for sign in code) else None


def random_locator() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LOCATOR))


def code_of(locator: str, invitation: uuid.UUID) -> str:
    """The whole code of an invitation. Needs the company's key."""
    bits = int.from_bytes(hash_token("invitation.secret", str(invitation))[:8], "big")
    return locator + "".join(ALPHABET[bits >> shift & 31] for shift in range(0, 25, 5))


def hash_of(code: str) -> bytes:
    return hash_token("invitation.code", code)


def shown(code: str) -> str:
    """As it is written for people: `K7Q2-M9XD`."""
    return f"{code[:4]}-{code[4:]}"
