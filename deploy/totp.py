"""The six digits of an authenticator app (RFC 6238), for the demo's logins and the tour."""

import base64
import hashlib
import hmac
import struct

STEP_SECONDS = 30


def totp(secret: str, now: float) -> str:
    """The digits for a Base32 secret at a time in unix seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(now) // STEP_SECONDS), hashlib.sha1)
    at = digest[-1] & 15
    value = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{value % 1_000_000:06d}"
