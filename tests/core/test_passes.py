"""Pass + proof: opens for the phone that proves it, in its time and at its door, once; all else says why."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.codes import (
    CodeRefused,
    LiveContents,
    OpenedCode,
    PassContents,
    mint_live,
    open_code,
    prove,
    seal_pass,
)
from sallyport.codes.layout import to_text
from sallyport.codes.passes import (
    HALF_ORDER,
    PASS,
    PROOF_NONCE,
    SEALED_PASS_BYTES,
    has_lower_s,
    lower_s,
)
from sallyport.keys import P256Signer
from sallyport.reasons import Reason
from tests.core.pass_vectors import AT, HELD, ORDER, inside, other_s, packed, proven, shown_with
from tests.core.vector_keys import (
    COMPANY,
    FOREIGN_ID,
    ISSUED,
    KEY_ID,
    LIFE,
    OTHER_PHONE,
    PHONE,
    minting,
    opening,
    point,
)

KEYS = {KEY_ID: opening(), 8: opening("retired"), 10: opening("coming")}
CODE = shown_with()
NUMBER = int(CODE[3:])
DAY = 86_400
HALF_DAY = HELD.expires - HELD.issued
REASONS = {
    Reason.MALFORMED,
    Reason.UNKNOWN_KEY,
    Reason.WRONG_COMPANY,
    Reason.BAD_SEAL,
    Reason.BAD_SIGNATURE,
}


def attempt(text: str, now: int = AT, challenges: tuple[int, ...] = (0,)) -> OpenedCode | Reason:
    try:
        return open_code(
            text, keys=KEYS, foreign=FOREIGN_ID.__eq__, now=now, life=LIFE, challenges=challenges
        )
    except CodeRefused as refused:
        return refused.reason


def text_of(number: int) -> str:
    return to_text(PASS, number.to_bytes(PASS.size, "big"))


U32 = st.integers(0, 2**32 - 1)


@given(
    handles=st.tuples(U32, U32, st.integers(0, 65_535)),
    issued=st.integers(ISSUED, 2**32 - 1 - DAY),
    lasts=st.integers(1, DAY),
    challenge=st.integers(0, 9999),
    data=st.data(),
)
def test_what_is_proven_opens(
    handles: tuple[int, int, int], issued: int, lasts: int, challenge: int, data: st.DataObject
) -> None:
    held = PassContents(*handles, 0, point(PHONE), issued, issued + lasts, 0)
    at = data.draw(st.integers(issued - 30, issued + lasts))
    now = data.draw(st.integers(max(at - 30, issued - 2), min(at + 60, issued + lasts + 2)))
    opened = attempt(shown_with(held, at=at, challenge=challenge), now, (1234, challenge))
    expected = LiveContents(*handles, 0, at, PROOF_NONCE)
    assert opened == OpenedCode("pass", expected, at, KEY_ID, challenge > 0)
    assert isinstance(opened, OpenedCode)
    assert opened.use_key == (handles[1], at, PROOF_NONCE)


def test_any_phone_s_proof_opens_and_no_live_code_uses_it_up() -> None:
    phone = P256Signer.generate()
    kept = seal_pass(replace(HELD, device_key=point(phone)), minting())
    opened = attempt(prove(kept, company=COMPANY, at=AT, key=phone))
    assert isinstance(opened, OpenedCode)
    live = attempt(mint_live(LiveContents(11, 12, 13, 0, AT, 2**32 - 1), minting()))
    assert isinstance(live, OpenedCode)
    assert opened.use_key != live.use_key


def test_every_single_bit_flipped() -> None:
    bits = 8 * PASS.size
    for bit in range(bits):
        outcome = attempt(text_of(NUMBER ^ 1 << (bits - 1 - bit)))
        if bit < 32:
            expected = Reason.UNKNOWN_KEY
        elif bit < 8 * SEALED_PASS_BYTES:
            expected = Reason.BAD_SEAL
        else:
            expected = Reason.BAD_SIGNATURE
        assert outcome is expected, bit


def test_truncated_and_oversized() -> None:
    for length in (*range(504), 505, 756, 10_000):
        assert attempt((CODE * 20)[:length]) is Reason.MALFORMED, length


def test_every_place_with_another_digit() -> None:
    for place in range(504):
        other = "0" if CODE[place] != "0" else "1"
        assert attempt(CODE[:place] + other + CODE[place + 1 :]) in REASONS, place


def test_wrong_format_and_wrong_version() -> None:
    for number in set(range(1000)) - {201}:
        assert attempt(f"{number:03d}" + CODE[3:]) is Reason.MALFORMED, number


def test_a_live_code_or_a_day_pass_is_no_pass() -> None:
    live = mint_live(LiveContents(11, 12, 13, 0, AT, 1), minting())
    for text in ("201" + live[3:], "201" + live[3:] + live[:252], "201" + live[3:].zfill(501)):
        assert attempt(text) in {Reason.MALFORMED, Reason.UNKNOWN_KEY}
    assert attempt("101" + CODE[3:252]) in REASONS


@given(st.binary(min_size=204, max_size=204))
def test_anything_behind_a_good_key_id_is_refused(data: bytes) -> None:
    assert attempt(to_text(PASS, KEY_ID.to_bytes(4, "big") + data)) is Reason.BAD_SEAL


@given(st.binary(min_size=68, max_size=68))
def test_anything_behind_a_good_pass_is_refused(proof: bytes) -> None:
    kept = seal_pass(HELD, minting())
    for challenges, expected in (((0,), {Reason.BAD_SIGNATURE}), ((7,), {Reason.BAD_SIGNATURE, *LATER})):
        assert attempt(to_text(PASS, kept + proof), challenges=challenges) in expected


LATER = {Reason.NOT_YET_VALID, Reason.EXPIRED, Reason.WRONG_DOOR}


def test_another_company_s_pass_and_sets_out_of_their_time() -> None:
    assert attempt(shown_with(keys="foreign")) is Reason.WRONG_COMPANY
    assert attempt(shown_with(keys="retired")) is Reason.UNKNOWN_KEY
    assert attempt(shown_with(keys="coming")) is Reason.UNKNOWN_KEY
    last = ISSUED - 3600  # the retired set's last second; its pass goes on opening until it ends
    held = replace(HELD, issued=last, expires=last + HALF_DAY)
    assert isinstance(attempt(shown_with(held, keys="retired")), OpenedCode)
    assert attempt(shown_with(replace(held, issued=last + 1), keys="retired")) is Reason.UNKNOWN_KEY
    first = ISSUED + DAY
    held = replace(HELD, issued=first, expires=first + HALF_DAY)
    assert isinstance(attempt(shown_with(held, at=first, keys="coming"), first), OpenedCode)


def test_a_copied_pass_is_worth_nothing_without_the_phone_s_key() -> None:
    kept = seal_pass(HELD, minting())
    assert attempt(proven(kept, key=OTHER_PHONE)) is Reason.BAD_SIGNATURE
    # The thief's own pass, made good by the thief's key, does not lend its proof to the copied one.
    own = seal_pass(replace(HELD, device=99, device_key=point(OTHER_PHONE)), minting())
    assert isinstance(attempt(proven(own, key=OTHER_PHONE)), OpenedCode)
    assert attempt(proven(kept, key=OTHER_PHONE, over=own)) is Reason.BAD_SIGNATURE


def test_a_proof_holds_for_its_pass_alone() -> None:
    renewed = seal_pass(replace(HELD, issued=ISSUED + 1), minting())
    data = bytes.fromhex(f"{NUMBER:0416x}")
    assert attempt(to_text(PASS, renewed + data[SEALED_PASS_BYTES:])) is Reason.BAD_SIGNATURE


def test_the_other_spelling_of_a_proof_is_refused_and_the_original_opens() -> None:
    """Of two texts that ECDSA holds equal only one opens, so that there is one grant."""
    data = bytes.fromhex(f"{NUMBER:0416x}")
    s = int.from_bytes(data[-32:], "big")
    flipped = other_s(CODE)
    assert flipped != CODE
    # ECDSA itself takes both:
    message_free = P256Signer.generate()
    low = lower_s(message_free.sign(b"m"))
    high = low[:32] + (ORDER - int.from_bytes(low[32:], "big")).to_bytes(32, "big")
    message_free.public.verify(b"m", low)
    message_free.public.verify(b"m", high)
    assert (has_lower_s(low), has_lower_s(high), lower_s(high)) == (True, False, low)
    assert 0 < s <= HALF_ORDER
    assert attempt(flipped) is Reason.BAD_SIGNATURE
    assert attempt(other_s(shown_with(challenge=7)), challenges=(7,)) is Reason.BAD_SIGNATURE
    assert isinstance(attempt(CODE), OpenedCode)


def test_the_wallet_s_own_proofs_are_of_the_lower_spelling() -> None:
    kept = seal_pass(HELD, minting())
    for second in range(20):  # half of all signatures have the higher s
        text = prove(kept, company=COMPANY, at=AT + second, key=PHONE)
        assert isinstance(attempt(text, AT + second), OpenedCode)


@pytest.mark.parametrize(
    ("signed", "shown", "expected"),
    [
        (0, (0,), None),
        (4711, (4711,), None),
        (4711, (1234, 4711), None),  # the number before
        (4711, (4711, 1234), None),
        (4711, (0,), Reason.BAD_SIGNATURE),
        (4711, (1234, 999), Reason.WRONG_DOOR),
        (0, (4711, 1234), Reason.WRONG_DOOR),
        (0, (), Reason.WRONG_DOOR),
        (4711, (), Reason.WRONG_DOOR),
    ],
)
def test_the_number_of_the_door(signed: int, shown: tuple[int, ...], expected: Reason | None) -> None:
    outcome = attempt(shown_with(challenge=signed), challenges=shown)
    if expected is None:
        assert isinstance(outcome, OpenedCode)
        assert outcome.challenged is (signed > 0)
    else:
        assert outcome is expected


def test_where_no_number_is_asked_the_kind_of_sequence_does_not_matter() -> None:
    with pytest.raises(CodeRefused, match="bad_signature"):
        open_code(
            shown_with(key=OTHER_PHONE),
            keys=KEYS,
            foreign=FOREIGN_ID.__eq__,
            now=AT,
            life=LIFE,
            challenges=[0],
        )


@pytest.mark.parametrize(
    ("spoilt", "now", "shown", "expected"),
    [
        (shown_with(challenge=999), AT - 31, (7,), Reason.NOT_YET_VALID),
        (shown_with(challenge=999), AT + 61, (7,), Reason.EXPIRED),
        (shown_with(challenge=999), AT, (7,), Reason.WRONG_DOOR),
        (shown_with(key=OTHER_PHONE), AT + 61, (0,), Reason.BAD_SIGNATURE),
        (other_s(shown_with(challenge=999)), AT + 61, (7,), Reason.BAD_SIGNATURE),
        (shown_with(keys="retired", key=OTHER_PHONE), AT + 61, (0,), Reason.UNKNOWN_KEY),
        (shown_with(keys="foreign", key=OTHER_PHONE), AT + 61, (0,), Reason.WRONG_COMPANY),
        (inside(packed(flags=0x80), label="foreign sign"), AT + 61, (0,), Reason.BAD_SIGNATURE),
    ],
)
def test_of_several_faults_the_first_in_precedence_is_told(
    spoilt: str, now: int, shown: tuple[int, ...], expected: Reason
) -> None:
    assert attempt(spoilt, now, shown) is expected


@pytest.mark.parametrize(
    "contents",
    [
        packed(flags=2),
        packed(flags=0xFE),
        packed(expires=ISSUED),
        packed(expires=ISSUED - 1),
        packed(expires=ISSUED + DAY + 1),
        packed(device_key=b"\x02" + b"\xff" * 32),
        packed(device_key=b"\x00" + bytes(32)),
        packed(device_key=b"\x04" + HELD.device_key[1:]),
        packed(device_key=b"\x02" + (5).to_bytes(32, "big")[:31] + b"\x01"),
    ],
)
def test_a_pass_that_the_server_would_not_make_is_malformed(contents: bytes) -> None:
    assert attempt(inside(contents)) is Reason.MALFORMED


@pytest.mark.parametrize(
    "wrong",
    [
        replace(HELD, credential=2**32),
        replace(HELD, device=-1),
        replace(HELD, profile=65_536),
        replace(HELD, flags=2),
        replace(HELD, device_key=PHONE.public.raw),
        replace(HELD, expires=ISSUED),
        replace(HELD, expires=ISSUED + DAY + 1),
        replace(HELD, unlocked_until=2**32),
    ],
)
def test_sealing_refuses_what_does_not_fit(wrong: PassContents) -> None:
    with pytest.raises(ValueError, match=r"fit|flag|24 hours"):
        seal_pass(wrong, minting())
