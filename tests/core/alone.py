"""A reader that is cut off, for the core's tests: its bundle, its key, codes to show it."""

from dataclasses import replace
from typing import Any

from sallyport.codes import LiveContents, mint_live, unlock_flags
from sallyport.key_list import KeyEntry
from sallyport.keys import Ed25519Signer
from sallyport.offline import Bundle, Gone
from tests.core.situations import ALWAYS, GOOD
from tests.core.vector_keys import COMPANY, ISSUED, KEY_SETS, LIFE, derived, minting

READER = 3
BUNDLE_KEY = Ed25519Signer(derived("bundle", 32))
READER_KEY = Ed25519Signer(derived("reader", 32))
LEVEL, PROFILE, CREDENTIAL, DEVICE = 31, 13, 11, 12


def entry(name: str = "in_use") -> KeyEntry:
    """A key set of the vectors as a reader holds it."""
    one = KEY_SETS[name]
    seal, verify = bytes.fromhex(one["seal_key"]), bytes.fromhex(one["verify_key"])
    return KeyEntry(one["key_id"], seal, verify, one["not_before"], one["not_after"])


def bundle(**changes: Any) -> Bundle:
    """A bundle with which all is well, made as the code of `code()` is issued."""
    door = {"levels": {LEVEL: (ALWAYS,)}, **changes.pop("door", {})}
    fields: dict[str, Any] = {
        "company": COMPANY,
        "reader": READER,
        "number": 5,
        "at_ms": ISSUED * 1000,
        "epoch": 1,
        "seq": 40,
        "door": _door(door),
        "profiles": {PROFILE: (LEVEL,)},
        "gone": Gone(),
        "mode": "as_online",
        "trust": 86_400,
        "life": LIFE,
        "pulse_ms": 5_000,
        "keys": (entry("retired"), entry()),
    }
    return Bundle(**fields | changes)


def code(
    *, credential: int = CREDENTIAL, device: int = DEVICE, profile: int = PROFILE, unlocked: int | None = None
) -> str:
    """A live code that is good from ISSUED for LIFE seconds."""
    contents = LiveContents(credential, device, profile, unlock_flags(unlocked), ISSUED, 14)
    return mint_live(contents, minting())


def _door(changes: dict[str, Any]) -> Any:
    return replace(GOOD.door, **changes)
