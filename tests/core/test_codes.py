"""Live codes: what is minted opens, and everything that is not says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.codes import (
    CodeFlags,
    CodeRefused,
    LiveContents,
    MintingKeys,
    OpenedCode,
    OpeningKeys,
    code_hash,
    mint_live,
    open_code,
    unlock_flags,
)
from sallyport.codes.daypass import DAY_PASS, DayPassContents
from sallyport.codes.layout import LIVE, CodeFormat, from_text, signature_context, to_text
from sallyport.codes.passes import PASS, SEALED_PASS_BYTES, PassContents, proof_bytes
from sallyport.reasons import Reason
from tests.core.vector_keys import (
    COMPANY,
    FOREIGN_ID,
    ISSUED,
    KEY_ID,
    LIFE,
    derived,
    minting,
    opening,
    sealed,
    signed_inside,
)

KEYS = {KEY_ID: opening(), 8: opening("retired")}
U32 = st.integers(0, 2**32 - 1)


def attempt(text: str, now: int = ISSUED, life: int = LIFE) -> OpenedCode | Reason:
    try:
        return open_code(text, keys=KEYS, foreign=lambda key_id: key_id == FOREIGN_ID, now=now, life=life)
    except CodeRefused as refused:
        return refused.reason


def contents(issued: int = ISSUED) -> LiveContents:
    return LiveContents(1, 2, 3, CodeFlags.PHONE_UNLOCKED, issued, 4)


@given(
    credential=U32,
    device=U32,
    profile=st.integers(0, 65_535),
    minutes=st.one_of(st.none(), st.integers(0, 127)),
    issued=st.integers(ISSUED, 2**32 - 1),
    nonce=U32,
)
def test_what_is_minted_opens(
    credential: int, device: int, profile: int, minutes: int | None, issued: int, nonce: int
) -> None:
    made = LiveContents(credential, device, profile, unlock_flags(minutes), issued, nonce)
    opened = attempt(mint_live(made, minting()), now=issued)
    assert opened == OpenedCode("live", made, issued, KEY_ID)
    assert isinstance(opened, OpenedCode)
    assert opened.use_key == (device, issued, nonce)
    assert opened.unlocked_at == (None if minutes is None else issued - 60 * minutes)
    assert not opened.challenged


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (-3, Reason.NOT_YET_VALID),
        (-2, None),
        (0, None),
        (LIFE, None),
        (LIFE + 2, None),
        (LIFE + 3, Reason.EXPIRED),
        (10**9, Reason.EXPIRED),
    ],
)
def test_the_edges_of_a_life(second: int, expected: Reason | None) -> None:
    outcome = attempt(mint_live(contents(), minting()), now=ISSUED + second)
    assert (outcome if isinstance(outcome, Reason) else None) is expected


def test_a_shorter_life_ends_sooner() -> None:
    text = mint_live(contents(), minting())
    assert attempt(text, now=ISSUED + 18, life=15) is Reason.EXPIRED
    assert isinstance(attempt(text, now=ISSUED + 17, life=15), OpenedCode)


def test_a_retired_set_opens_what_it_issued_in_its_time_and_nothing_later() -> None:
    last = ISSUED - 3600
    keys = minting("retired")
    assert isinstance(attempt(mint_live(contents(last), keys), now=last), OpenedCode)
    assert attempt(mint_live(contents(last), keys), now=last + 60) is Reason.EXPIRED
    assert attempt(mint_live(contents(last + 1), keys), now=last + 1) is Reason.UNKNOWN_KEY


def test_a_set_issues_nothing_before_its_time() -> None:
    early = ISSUED - 86_401
    assert attempt(mint_live(contents(early), minting()), now=early) is Reason.UNKNOWN_KEY
    assert isinstance(attempt(mint_live(contents(early + 1), minting()), now=early), OpenedCode)


def test_two_codes_of_one_second_differ_in_their_nonce_alone_and_in_all_their_look() -> None:
    first = mint_live(LiveContents(1, 2, 3, 1, ISSUED, 4), minting())
    second = mint_live(LiveContents(1, 2, 3, 1, ISSUED, 5), minting())
    # Key id and format stay; everything behind them is a new-looking number.
    assert sum(a != b for a, b in zip(first[12:], second[12:], strict=True)) > 150


@pytest.mark.parametrize(
    "wrong",
    [
        LiveContents(2**32, 0, 0, 0, ISSUED, 0),
        LiveContents(0, -1, 0, 0, ISSUED, 0),
        LiveContents(0, 0, 65_536, 0, ISSUED, 0),
        LiveContents(0, 0, 0, 2, ISSUED, 0),
        LiveContents(0, 0, 0, 0, 2**32, 0),
    ],
)
def test_minting_refuses_what_does_not_fit(wrong: LiveContents) -> None:
    with pytest.raises(ValueError, match=r"fit|flag"):
        mint_live(wrong, minting())


def test_keys_of_the_wrong_size_are_refused() -> None:
    with pytest.raises(ValueError, match="seal key"):
        MintingKeys(1, COMPANY, bytes(32), bytes(32))
    with pytest.raises(ValueError, match="company"):
        MintingKeys(1, b"short", bytes(64), bytes(32))
    with pytest.raises(ValueError, match="seal key"):
        OpeningKeys(1, COMPANY, bytes(32), bytes(32), 0, None)
    with pytest.raises(ValueError, match="Ed25519"):
        OpeningKeys(1, COMPANY, bytes(64), bytes(31), 0, None)


def test_the_sizes_that_are_printed_in_the_format() -> None:
    assert (LIVE.size, LIVE.text_length, LIVE.prefix) == (103, 252, "101")
    assert (DAY_PASS.size, DAY_PASS.text_length, DAY_PASS.prefix) == (103, 252, "301")
    assert (PASS.size, PASS.text_length, PASS.prefix) == (208, 504, "201")
    assert SEALED_PASS_BYTES == 140


@given(st.binary(min_size=103, max_size=103))
def test_every_value_has_one_spelling(data: bytes) -> None:
    text = to_text(LIVE, data)
    assert len(text) == 252
    assert from_text(LIVE, text) == data


def test_pass_and_day_pass_are_laid_down() -> None:
    held = PassContents(1, 2, 3, 1, b"\x02" + derived("point", 32), ISSUED, ISSUED + 86_400, ISSUED + 600)
    assert len(held.pack()) == 56
    assert PassContents.unpack(held.pack()) == held
    visit = DayPassContents(1, 9, 3, 0, ISSUED, ISSUED + 3600)
    assert len(visit.pack()) == 19
    assert DayPassContents.unpack(visit.pack()) == visit
    proof = proof_bytes(company=COMPANY, sealed_pass_hash=bytes(32), at=ISSUED, challenge=4711)
    assert proof.startswith(b"sallyport/code/proof/1\0")
    assert proof != proof_bytes(company=COMPANY, sealed_pass_hash=bytes(32), at=ISSUED, challenge=0)


def test_minutes_without_an_unlock_are_malformed() -> None:
    packed = bytearray(contents().pack())
    context = signature_context(CodeFormat.LIVE, KEY_ID, COMPANY)
    for flags in range(256):
        packed[10] = flags
        text = to_text(LIVE, sealed(CodeFormat.LIVE, signed_inside(bytes(packed), context)))
        outcome = attempt(text)
        assert (outcome is Reason.MALFORMED) == (flags % 2 == 0 and flags > 0), flags


@given(st.text())
def test_any_text_has_a_hash(text: str) -> None:
    assert len(code_hash(text)) == 32
    assert len(code_hash("\ud800" + text)) == 32
