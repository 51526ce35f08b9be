"""What people read somewhere and type somewhere else."""

import base64
import re
import time
from email import message_from_bytes, policy

from django_otp.oath import TOTP

from tests.fixtures.live import Live


def second_factor(secret: str, *, later: float = 0) -> str:
    """The six digits that an authenticator shows now, or then, for the secret as a page spells it."""
    totp = TOTP(base64.b32decode(secret + "=" * (-len(secret) % 8)))
    totp.time = time.time() + later
    return f"{totp.token():06d}"


def mailed_code(live: Live, email: str) -> str | None:
    """The short code in the mail to this address, once it is there."""
    for path in (live.place.var / "mail").glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if message["To"] == email:
            plain = message.get_body(("plain",))
            assert plain is not None
            found = re.search(r"^ {4}([0-9A-Z]{4}-[0-9A-Z]{4})$", plain.get_content(), re.M)
            return found[1] if found else None
    return None
