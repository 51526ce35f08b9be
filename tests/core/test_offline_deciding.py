"""A reader alone comes to the verdict of the server, save for what its area asks of it when it is cut off."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.codes import DayPassContents, mint_day_pass, open_code
from sallyport.keys import BadSignature, Ed25519Signer
from sallyport.offline import (
    FIRST_PREVIOUS,
    Alone,
    Gone,
    JournalEntry,
    Judge,
    ReaderClock,
    entry_bytes,
    entry_hash,
    sign_entry,
    verify_entry,
)
from sallyport.reasons import Reason
from sallyport.rules import (
    Assurance,
    CredentialFacts,
    DeviceFacts,
    GrantFacts,
    HolderKind,
    Presentation,
    decide,
    decide_again,
    reached,
)
from tests.core.alone import CREDENTIAL, DEVICE, LEVEL, PROFILE, READER, READER_KEY, bundle, code, entry
from tests.core.situations import ALWAYS, NEVER
from tests.core.vector_keys import COMPANY, ISSUED, LIFE, OTHER_COMPANY, derived, minting, opening

LISTS = {
    ("ACTIVE", "ACTIVE"): "",
    ("REVOKED", "ACTIVE"): "revoked",
    ("LOST", "SUSPENDED"): "revoked",
    ("SUSPENDED", "ACTIVE"): "suspended",
    ("EXPIRED", "OFFBOARDED"): "suspended",
    ("ACTIVE", "SUSPENDED"): "inactive",
    ("ACTIVE", "OFFBOARDED"): "inactive",
}


def alone(text: str | None = None, *, now: int = ISSUED + 5, used: bool = False, **told: Any) -> Alone:
    judge = Judge(bundle(**told))
    return judge.decide(code() if text is None else text, now=now, challenges=(), used=lambda use: used)


def reason(text: str | None = None, **told: Any) -> Reason:
    found = alone(text, **told).decision
    assert decide_again(found.facts_text) == found
    return found.reason


@given(
    states=st.sampled_from(sorted(LISTS)),
    device=st.sampled_from(["ACTIVE", "REVOKED", "AWAITING"]),
    levels=st.frozensets(st.sampled_from([LEVEL, 32, 33])),
    schedules=st.sampled_from([(ALWAYS,), (NEVER,), (NEVER, ALWAYS), ()]),
    assurance=st.sampled_from([Assurance.CODE, Assurance.CODE_UNLOCK]),
    unlocked=st.sampled_from([None, 0, 3, 9]),
    door=st.fixed_dictionaries(
        {},
        optional={
            "unlock_age": st.just(300),
            "area_lockdown": st.booleans(),
            "mode": st.sampled_from(["normal", "lockdown", "unlocked_by_schedule", "else"]),
            "challenge": st.booleans(),
            "unlock_schedule": st.sampled_from([ALWAYS, NEVER, None]),
        },
    ),
)
def test_alone_it_decides_as_the_server_would(
    *,
    states: tuple[str, str],
    device: str,
    levels: frozenset[int],
    schedules: tuple[Any, ...],
    assurance: Assurance,
    unlocked: int | None,
    door: dict[str, Any],
) -> None:
    where = LISTS[states]
    gone = replace(Gone(), devices=frozenset({DEVICE} if device != "ACTIVE" else ()))
    if where:
        gone = replace(gone, **{where: frozenset({CREDENTIAL})})
    door |= {"levels": {LEVEL: schedules}, "assurance": assurance}
    held = bundle(door=door, gone=gone, profiles={PROFILE: tuple(sorted(levels))})
    text, now = code(unlocked=unlocked), ISSUED + 5
    told = Judge(held).decide(text, now=now, challenges=(), used=lambda use: False).decision
    opened = open_code(
        text, keys={7: opening()}, foreign=lambda key_id: False, now=now, life=LIFE, challenges=(0,)
    )
    grants = tuple(GrantFacts(level) for level in sorted(levels))
    online = decide(
        now=now,
        door=held.door,
        presentation=Presentation(opened, reached(opened)),
        credential=CredentialFacts(CREDENTIAL, *states, HolderKind.EMPLOYEE, None, None, PROFILE, grants),
        device=DeviceFacts(DEVICE, device, CREDENTIAL),
    )
    assert (told.granted, told.reason) == (online.granted, online.reason)
    assert decide_again(told.facts_text) == told


def test_a_good_code_is_granted_once() -> None:
    found = alone()
    assert (found.decision.reason, found.use) == (Reason.GRANTED, (DEVICE, ISSUED, 14))
    again = alone(used=True)
    assert (again.decision.reason, again.use) == (Reason.REPLAYED, None)
    assert reason(used=True, gone=Gone(revoked=frozenset({CREDENTIAL}))) is Reason.REPLAYED
    assert reason("1" * 252, used=True) is Reason.MALFORMED


@pytest.mark.parametrize(
    ("mode", "needs", "unlocked", "expected"),
    [
        ("refuse", Assurance.CODE, 0, Reason.OFFLINE_REFUSED),
        ("no such mode", Assurance.CODE, 0, Reason.OFFLINE_REFUSED),
        ("as_online", Assurance.CODE, None, Reason.GRANTED),
        ("as_online", Assurance.CODE_UNLOCK, None, Reason.ASSURANCE_TOO_LOW),
        ("as_online", Assurance.CODE_UNLOCK, 1, Reason.GRANTED),
        ("as_online", Assurance.CODE_FACE, 1, Reason.OFFLINE_REFUSED),
        ("as_online", Assurance.CODE_FACE_CHALLENGE, 1, Reason.OFFLINE_REFUSED),
        ("code", Assurance.CODE_FACE, None, Reason.GRANTED),
        ("code_unlock", Assurance.CODE, None, Reason.ASSURANCE_TOO_LOW),
        ("code_unlock", Assurance.CODE_FACE, 1, Reason.GRANTED),
    ],
)
def test_what_an_area_asks_when_its_reader_is_cut_off(
    mode: str, needs: Assurance, unlocked: int | None, expected: Reason
) -> None:
    assert reason(code(unlocked=unlocked), mode=mode, door={"assurance": needs}) is expected


def test_an_old_list_is_not_trusted() -> None:
    held: dict[str, Any] = {"trust": 3600, "at_ms": (ISSUED + 5 - 3600) * 1000}
    assert reason(**held) is Reason.GRANTED
    assert reason(now=ISSUED + 6, **held) is Reason.LIST_TOO_OLD
    assert reason(now=ISSUED + 6, door={"levels": {}}, **held) is Reason.NOT_ALLOWED_HERE


def test_a_day_pass_is_refused() -> None:
    paper = mint_day_pass(DayPassContents(CREDENTIAL, 77, PROFILE, 0, ISSUED - 60, ISSUED + 3600), minting())
    assert reason(paper) is Reason.OFFLINE_REFUSED


def test_what_is_not_ours_is_refused() -> None:
    assert reason(profiles={}) is Reason.NOT_ALLOWED_HERE
    assert reason(keys=()) is Reason.UNKNOWN_KEY
    assert reason(now=ISSUED + LIFE + 3) is Reason.EXPIRED
    assert reason("") is Reason.MALFORMED


def signed(of: JournalEntry) -> bytes:
    return entry_bytes(of, company=COMPANY, reader=READER)


def test_an_entry_is_signed_by_its_reader_and_chained() -> None:
    first = signed(entry())
    second = signed(entry(position=2, counter=42, previous=entry_hash(first)))
    signature = sign_entry(second, READER_KEY)
    verify_entry(second, signature, READER_KEY.public)
    for wrong, public in ((first, READER_KEY.public), (second, Ed25519Signer(derived("else", 32)).public)):
        with pytest.raises(BadSignature):
            verify_entry(wrong, signature, public)
    assert first.endswith(hashlib.sha256(entry().facts.encode()).digest() + FIRST_PREVIOUS)


@pytest.mark.parametrize(
    "told",
    [
        {"position": 2},
        {"counter": 42},
        {"at_ms": 1},
        {"code": "1"},
        {"challenges": (17,)},
        {"granted": False},
        {"reason": Reason.REPLAYED},
        {"facts": "{}"},
        {"epoch": 2},
        {"seq": 41},
        {"previous": b"\1" * 32},
    ],
)
def test_every_part_of_an_entry_is_signed(told: dict[str, Any]) -> None:
    assert signed(entry(**told)) != signed(entry())
    assert entry_bytes(entry(), company=OTHER_COMPANY, reader=READER) != signed(entry())
    assert entry_bytes(entry(), company=COMPANY, reader=READER + 1) != signed(entry())


def test_time_does_not_fall() -> None:
    clock = ReaderClock()
    assert clock.now_ms(5_000, 10) == 5_000
    assert clock.raise_floor(8_000, 100)
    assert clock.now_ms(5_000, 100) == 8_000
    assert clock.now_ms(5_000, 1_100) == 9_000  # it goes on by the monotonic clock
    assert clock.behind_ms(5_000, 1_100) == 4_000
    assert clock.now_ms(20_000, 1_200) == 20_000
    assert clock.behind_ms(20_000, 1_200) == 0
    assert not clock.raise_floor(8_500, 1_100)
    assert clock.now_ms(0, 1_100) == 9_000
