"""How a kiosk names itself where it signs: `kiosk:<company id>:<handle>`."""

import re
from typing import NamedTuple

_KEYID = re.compile(r"kiosk:([1-9][0-9]{0,9}):([1-9][0-9]{0,9})", re.ASCII)


class KioskId(NamedTuple):
    """Company id and handle."""

    company: int
    handle: int


def parse_keyid(text: str) -> KioskId | None:
    """Its parts, or nothing."""
    found = _KEYID.fullmatch(text)
    return KioskId(int(found[1]), int(found[2])) if found else None


def keyid(company_id: int, handle: int) -> str:
    """The name under which a kiosk signs."""
    return f"kiosk:{company_id}:{handle}"
