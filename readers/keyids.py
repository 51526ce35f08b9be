"""How a reader names itself: `reader:<company id>:<handle>:<its key>`, the key by `key_print`.

The part of the key may be left out: the key meant is then the one in force, never one that is on its way.
"""

import re
from typing import NamedTuple

_KEYID = re.compile(r"reader:([1-9][0-9]{0,9}):([1-9][0-9]{0,9})(?::([0-9a-f]{16}))?", re.ASCII)


class KeyId(NamedTuple):
    """Company id, handle, and which key; empty for the one in force."""

    company: int
    handle: int
    key: str


def parse_keyid(text: str) -> KeyId | None:
    """Its parts, or nothing."""
    found = _KEYID.fullmatch(text)
    return KeyId(int(found[1]), int(found[2]), found[3] or "") if found else None


def keyid(company_id: int, handle: int, key: str = "") -> str:
    """The name under which a reader signs; `key` by its print."""
    return f"reader:{company_id}:{handle}:{key}" if key else f"reader:{company_id}:{handle}"
