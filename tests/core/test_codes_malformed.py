"""Bad input: whatever a camera, a keyboard or an attacker sends, the answer is a reason and never a fault."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.codes import LiveContents, OpenedCode, mint_live
from sallyport.codes.layout import LIVE
from sallyport.reasons import Reason
from tests.core.test_codes import attempt
from tests.core.vector_keys import FOREIGN_ID, ISSUED, KEY_ID, minting

CODE = mint_live(LiveContents(1, 2, 3, 1, ISSUED, 4), minting())
NUMBER = int(CODE[3:])
CODE_REASONS = {
    Reason.MALFORMED,
    Reason.UNKNOWN_KEY,
    Reason.WRONG_COMPANY,
    Reason.BAD_SEAL,
    Reason.BAD_SIGNATURE,
    Reason.NOT_YET_VALID,
    Reason.EXPIRED,
}


def with_at(place: int, character: str) -> str:
    return CODE[:place] + character + CODE[place + 1 :]


def test_the_code_of_these_tests_is_good() -> None:
    assert isinstance(attempt(CODE), OpenedCode)


def test_truncated_and_oversized() -> None:
    for length in (*range(252), 253, 254, 504, 5000):
        assert attempt((CODE * 20)[:length]) is Reason.MALFORMED, length


def test_oversized_by_megabytes_is_turned_away_at_its_length() -> None:
    assert attempt("1" * 10_000_000) is Reason.MALFORMED


@pytest.mark.parametrize("digit", ["٣", "３", "३", "²", "½", "Ⅷ", "𝟙", "๓"])
@pytest.mark.parametrize("place", [0, 2, 3, 100, 251])
def test_non_ascii_digits(place: int, digit: str) -> None:
    assert attempt(with_at(place, digit)) is Reason.MALFORMED


@pytest.mark.parametrize("character", list("+-_ .,eExX\n\r\t\0\x1f\x7f\u200b\u2212\ufeff\ud800"))
@pytest.mark.parametrize("place", [0, 1, 3, 4, 100, 251])
def test_signs_underscores_blanks_and_controls(place: int, character: str) -> None:
    assert attempt(with_at(place, character)) is Reason.MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        "0" + CODE,
        "0" + CODE[:-1],
        CODE[:3] + "0" + CODE[3:],
        "000" + CODE,
        "0" * 252,
        CODE.lstrip("1"),
        CODE[:3] + str(NUMBER).lstrip("0")[1:],
    ],
)
def test_leading_zeros_give_no_second_spelling(text: str) -> None:
    assert attempt(text) is Reason.MALFORMED


@pytest.mark.parametrize("above", [0, 1, 2**32, 10**249 - 1 - 2**824])
def test_overflow(above: int) -> None:
    assert attempt("101" + str(2**824 + above).zfill(249)) is Reason.MALFORMED


def test_the_same_number_plus_the_modulus_is_no_second_spelling() -> None:
    text = "101" + str(NUMBER + 2**824).zfill(249)
    assert attempt(text) is Reason.MALFORMED


def test_wrong_format_and_wrong_version() -> None:
    for number in set(range(1000)) - {101, 301}:  # 301: a day pass, of the same length
        assert attempt(f"{number:03d}" + CODE[3:]) is Reason.MALFORMED, number
    assert attempt("301" + CODE[3:]) is Reason.BAD_SEAL


def test_every_single_bit_flipped() -> None:
    for bit in range(8 * LIVE.size):
        flipped = NUMBER ^ (1 << (8 * LIVE.size - 1 - bit))
        expected = Reason.BAD_SEAL if bit >= 32 else Reason.UNKNOWN_KEY
        assert attempt("101" + str(flipped).zfill(249)) is expected, bit


def test_a_key_id_changed_to_another_company_s() -> None:
    changed = NUMBER ^ ((KEY_ID ^ FOREIGN_ID) << (8 * (LIVE.size - 4)))
    assert attempt("101" + str(changed).zfill(249)) is Reason.WRONG_COMPANY


def test_every_digit_changed_to_every_other() -> None:
    for place in range(252):
        for digit in set("0123456789") - {CODE[place]}:
            assert attempt(with_at(place, digit)) in CODE_REASONS, (place, digit)


def random_texts(seed: int, count: int) -> list[str]:
    """Random characters, random digits of the right length, random numbers, mutated codes, spliced codes."""
    source = random.Random(seed)
    other = mint_live(LiveContents(9, 9, 9, 0, ISSUED, 9), minting())
    head = KEY_ID << (8 * (LIVE.size - 4))

    def one(kind: int) -> str:
        if kind == 0:
            length = source.choice([0, 1, 3, 251, 252, 253, source.randrange(600)])
            return "".join(chr(source.randrange(0x3000)) for _ in range(length))
        if kind == 1:
            return "101" + "".join(source.choices("0123456789", k=249))
        if kind == 2:  # the right key, random behind it: reaches the seal every time
            return "101" + str(head | source.getrandbits(8 * (LIVE.size - 4))).zfill(249)
        if kind == 3:
            place = source.randrange(252)
            return with_at(place, chr(source.randrange(0x2F, 0x3B)))
        cut = source.randrange(1, 252)
        return CODE[:cut] + other[cut:]

    return [one(source.randrange(5)) for _ in range(count)]


def test_a_hundred_thousand_random_inputs() -> None:
    seen: dict[Reason, int] = {}
    for text in random_texts(seed=20261124, count=100_000):
        if text == CODE:
            continue
        outcome = attempt(text)
        if isinstance(outcome, OpenedCode):  # a splice may be the other good code whole
            assert outcome.contents == LiveContents(9, 9, 9, 0, ISSUED, 9)
            continue
        seen[outcome] = seen.get(outcome, 0) + 1
    assert set(seen) <= CODE_REASONS
    assert {Reason.MALFORMED, Reason.UNKNOWN_KEY, Reason.BAD_SEAL} <= set(seen)


@given(st.text(max_size=300))
def test_any_text_is_malformed(text: str) -> None:
    assert attempt(text) is Reason.MALFORMED


@given(st.from_regex(r"101[0-9]{249}", fullmatch=True))
def test_any_digits_are_refused(text: str) -> None:
    assert attempt(text) in CODE_REASONS
