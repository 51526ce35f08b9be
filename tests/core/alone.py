"""A reader that is cut off, for the core's tests: its bundle, its key, codes to show it."""

from dataclasses import replace
from typing import Any

from sallyport.codes import LiveContents, mint_live, unlock_flags
from sallyport.key_list import KeyEntry
from sallyport.keys import Ed25519Signer
from sallyport.offline import FIRST_PREVIOUS, Bundle, Changes, Gone, JournalEntry, Judge
from tests.core.situations import ALWAYS, GOOD
from tests.core.vector_keys import COMPANY, ISSUED, KEY_SETS, LIFE, derived, minting

READER = 3
BUNDLE_KEY = Ed25519Signer(derived("bundle", 32))
READER_KEY = Ed25519Signer(derived("reader", 32))
LEVEL, PROFILE, CREDENTIAL, DEVICE = 31, 13, 11, 12
GONE = Gone(frozenset({1, 7, 900}), frozenset({2}), frozenset({3}), frozenset({4, 2**32 - 1}))


def key_set(name: str = "in_use") -> KeyEntry:
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
        "keys": (key_set("retired"), key_set()),
    }
    return Bundle(**fields | changes)


def code(
    *, credential: int = CREDENTIAL, device: int = DEVICE, profile: int = PROFILE, unlocked: int | None = None
) -> str:
    """A live code that is good from ISSUED for LIFE seconds."""
    contents = LiveContents(credential, device, profile, unlock_flags(unlocked), ISSUED, 14)
    return mint_live(contents, minting())


def changes(**told: Any) -> Changes:
    """What follows `bundle()`: one credential revoked and one back, one phone gone, a new profile."""
    fields: dict[str, Any] = {
        "company": COMPANY,
        "epoch": 1,
        "seq_before": 40,
        "seq": 42,
        "at_ms": (ISSUED + 60) * 1000,
        "credentials": {11: "revoked", 20: ""},
        "devices": {12: True, 21: False},
        "profiles": {14: (31, 40)},
    }
    return Changes(**fields | told)


def entry(**told: Any) -> JournalEntry:
    """The first entry of the journal: `code()` granted, five seconds after it was issued."""
    judge = Judge(bundle())
    found = judge.decide(code(), now=ISSUED + 5, challenges=(), used=lambda use: False).decision
    fields: dict[str, Any] = {
        "position": 1,
        "counter": 41,
        "at_ms": (ISSUED + 5) * 1000,
        "code": code(),
        "challenges": (),
        "granted": found.granted,
        "reason": found.reason,
        "facts": found.facts_text,
        "epoch": 1,
        "seq": 40,
        "previous": FIRST_PREVIOUS,
    }
    return JournalEntry(**fields | told)


def _door(changes: dict[str, Any]) -> Any:
    return replace(GOOD.door, **changes)
