"""What is hashed is what is shown."""

import hashlib

import pytest

from compliance.wording import MOST_TEXT, BadWording, digest, shown_bytes, text_of, title_of


def test_the_hash_is_of_title_empty_line_and_text() -> None:
    assert shown_bytes("Face", "One.\nTwo.") == b"Face\n\nOne.\nTwo."
    assert digest("Face", "Zoë") == hashlib.sha256("Face\n\nZoë".encode()).hexdigest()
    assert digest("Face", "a") != digest("Face\n\na", "")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("One.\r\nTwo.\r", "One.\nTwo."),
        ("\n\nOne.   \n\n\nTwo.\t\n", "One.\n\n\nTwo."),
        ("Zoe\u0308", "Zoë"),
        ("« Oui\u202f»", "« Oui\u202f»"),
    ],
)
def test_one_spelling(typed: str, kept: str) -> None:
    assert text_of(typed) == kept
    assert text_of(kept) == kept


def test_a_title_is_one_line() -> None:
    assert title_of("  Your \n face ") == "Your face"


@pytest.mark.parametrize("words", ["", " \n ", "a\x00b", "a\u202eb", "a\u200bb", "x" * (MOST_TEXT + 1)])
def test_what_cannot_be_shown_is_refused(words: str) -> None:
    with pytest.raises(BadWording):
        text_of(words)
