"""Day passes: open in the window of the visit and are not used up; all else says why."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.codes import DayPassContents, LiveContents, OpenedCode, mint_day_pass, mint_live
from sallyport.codes.daypass import DAY_PASS
from sallyport.codes.layout import CodeFormat, signature_context, to_text
from sallyport.reasons import Reason
from tests.core.pass_vectors import VISIT, day_text
from tests.core.test_passes import attempt
from tests.core.vector_keys import COMPANY, FOREIGN_ID, ISSUED, KEY_ID, minting, signed_inside

CODE = mint_day_pass(VISIT, minting())
NUMBER = int(CODE[3:])
DAY = 86_400
U32 = st.integers(0, 2**32 - 1)
SIGN = signature_context(CodeFormat.DAY_PASS, KEY_ID, COMPANY)


def at(text: str, now: int = ISSUED) -> OpenedCode | Reason:
    return attempt(text, now)


@given(U32, U32, st.integers(0, 65_535), st.integers(ISSUED, 2**32 - 2), st.data())
def test_what_is_minted_opens_through_its_window(
    credential: int, visit: int, profile: int, begins: int, data: st.DataObject
) -> None:
    ends = data.draw(st.integers(begins + 1, 2**32 - 1))
    text = mint_day_pass(DayPassContents(credential, visit, profile, 0, begins, ends), minting())
    opened = at(text, data.draw(st.integers(begins, ends)))
    told = LiveContents(credential, 0, profile, 0, begins, visit)
    assert opened == OpenedCode("day_pass", told, begins, KEY_ID)
    assert isinstance(opened, OpenedCode)
    assert (opened.use_key, opened.unlocked_at) == (None, None)
    assert at(text, begins - 1) is Reason.NOT_YET_VALID
    assert at(text, ends + 1) is Reason.EXPIRED


def test_every_single_bit_flipped() -> None:
    for bit in range(8 * DAY_PASS.size):
        flipped = NUMBER ^ 1 << (8 * DAY_PASS.size - 1 - bit)
        expected = Reason.BAD_SEAL if bit >= 32 else Reason.UNKNOWN_KEY
        assert at(to_text(DAY_PASS, flipped.to_bytes(103, "big"))) is expected, bit


def test_truncated_and_oversized() -> None:
    for length in (*range(252), 253, 504, 5000):
        assert at((CODE * 20)[:length]) is Reason.MALFORMED, length


def test_wrong_format_and_wrong_version() -> None:
    for number in set(range(1000)) - {101, 301}:
        assert at(f"{number:03d}" + CODE[3:]) is Reason.MALFORMED, number
    assert at("101" + CODE[3:]) is Reason.BAD_SEAL
    live = mint_live(LiveContents(11, 12, 13, 0, ISSUED, 14), minting())
    assert at("301" + live[3:]) is Reason.BAD_SEAL


def test_a_live_code_s_words_are_no_day_pass_s_whoever_holds_the_sealing_key() -> None:
    live = signature_context(CodeFormat.LIVE, KEY_ID, COMPANY)
    assert at(day_text(signed_inside(VISIT.pack(), live))) is Reason.BAD_SIGNATURE
    assert at(day_text(signed_inside(VISIT.pack(), SIGN), CodeFormat.LIVE)) is Reason.BAD_SEAL
    assert isinstance(at(day_text(signed_inside(VISIT.pack(), SIGN))), OpenedCode)


@given(st.binary(min_size=99, max_size=99))
def test_anything_behind_a_good_key_id_is_refused(data: bytes) -> None:
    assert at(to_text(DAY_PASS, KEY_ID.to_bytes(4, "big") + data)) is Reason.BAD_SEAL


def test_another_company_s() -> None:
    assert at(mint_day_pass(VISIT, minting("foreign"))) is Reason.WRONG_COMPANY
    changed = NUMBER ^ (KEY_ID ^ FOREIGN_ID) << (8 * (DAY_PASS.size - 4))
    assert at(to_text(DAY_PASS, changed.to_bytes(103, "big"))) is Reason.WRONG_COMPANY


def test_printed_before_its_set_was_retired_it_opens_through_its_visit() -> None:
    text = mint_day_pass(VISIT, minting("retired"))
    assert isinstance(at(text), OpenedCode)
    assert isinstance(at(text, VISIT.ends), OpenedCode)


def test_a_set_that_is_not_in_use_yet_has_made_none() -> None:
    begins = ISSUED + DAY  # the second from which the set is in use
    text = mint_day_pass(replace(VISIT, begins=ISSUED, ends=begins + 60), minting("coming"))
    assert at(text, ISSUED) is Reason.UNKNOWN_KEY
    assert at(text, begins - 3) is Reason.UNKNOWN_KEY
    assert isinstance(at(text, begins - 2), OpenedCode)
    assert isinstance(at(text, begins + 60), OpenedCode)


def test_any_flag_is_malformed() -> None:
    raw = VISIT.pack()
    for flags in range(1, 256):
        inner = raw[:10] + bytes((flags,)) + raw[11:]
        assert at(day_text(signed_inside(inner, SIGN))) is Reason.MALFORMED, flags


def test_a_window_that_is_none_is_malformed() -> None:
    raw = VISIT.pack()
    for ends in (VISIT.begins, VISIT.begins - 1, 0):
        inner = raw[:-4] + ends.to_bytes(4, "big")
        assert at(day_text(signed_inside(inner, SIGN))) is Reason.MALFORMED


@pytest.mark.parametrize(
    "wrong",
    [
        replace(VISIT, credential=2**32),
        replace(VISIT, visit=-1),
        replace(VISIT, profile=65_536),
        replace(VISIT, flags=1),
        replace(VISIT, ends=VISIT.begins),
        replace(VISIT, ends=2**32),
    ],
)
def test_minting_refuses_what_does_not_fit(wrong: DayPassContents) -> None:
    with pytest.raises(ValueError, match=r"fit|flag"):
        mint_day_pass(wrong, minting())
