"""Which subdomains a company may take, and which a person would mistake for another's."""

import re
from pathlib import Path
from typing import Final

MOST: Final = 40
LEAST: Final = 3
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])", re.ASCII)

# Hosts we use or may come to use, and words a stranger could pose with.
RESERVED: Final = frozenset((Path(__file__).parent / "reserved.txt").read_text(encoding="ascii").split())

_DIGITS = str.maketrans(
    {
        "0": "o",
        "1": "l",
        "i": "l",
        "2": "z",
        "3": "e",
        "4": "a",
        "5": "s",
        "6": "b",
        "7": "t",
        "8": "b",
        "9": "g",
    }
)
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"))


class SubdomainRefused(Exception):  # noqa: N818 - a refusal is an answer
    """Why a subdomain cannot be had: `code` is stable, `text` for the person."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


def skeleton(subdomain: str) -> str:
    """The name with look-alikes written alike (after UTS #39): equal for names one takes for another."""
    bare = subdomain.replace("-", "").translate(_DIGITS)
    for pair, single in _PAIRS:
        bare = bare.replace(pair, single)
    return bare


_RESERVED_SKELETONS: Final = frozenset(skeleton(word) for word in RESERVED)


def clean(raw: str) -> str:
    """The subdomain as it would be taken. Raises SubdomainRefused: empty, malformed, look_alike, reserved."""
    name = raw.strip().lower()
    if not name:
        raise SubdomainRefused("empty", "Choose the first part of your address.")
    if name.startswith("xn--") or not name.isascii():
        # Punycode can spell any script's twin of an existing name; no table of twins is complete.
        raise SubdomainRefused(
            "look_alike",
            "Use the letters a to z only: others can pose as a different company's name.",
        )
    if not LEAST <= len(name) <= MOST:
        raise SubdomainRefused("malformed", f"Use between {LEAST} and {MOST} characters.")
    if not _LABEL.fullmatch(name) or "--" in name:
        raise SubdomainRefused(
            "malformed",
            "Use letters a to z, digits and single hyphens, with a letter or digit at both ends.",
        )
    if name.isdigit():
        raise SubdomainRefused("malformed", "Use at least one letter.")
    if name in RESERVED:
        raise SubdomainRefused("reserved", "This address is kept for the platform. Choose another.")
    if skeleton(name) in _RESERVED_SKELETONS:
        raise SubdomainRefused("look_alike", "This address looks like one of the platform's. Choose another.")
    return name
