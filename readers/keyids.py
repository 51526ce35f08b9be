"""How a reader names itself: `reader:<company id>:<handle>`."""

import re

_KEYID = re.compile(r"reader:([1-9][0-9]{0,9}):([1-9][0-9]{0,9})", re.ASCII)


def parse_keyid(text: str) -> tuple[int, int] | None:
    """Company id and handle, or nothing."""
    found = _KEYID.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def keyid(company_id: int, handle: int) -> str:
    """The name under which a reader signs."""
    return f"reader:{company_id}:{handle}"
