"""Codes never change once released; each has words that say what to do."""

from biometrics.desk_texts import CODES, text_of
from biometrics.engine.codes import FaceCode

RELEASED = [
    *("picture_too_large", "picture_kind", "picture_pixels", "picture_broken"),
    *("face_none", "face_several", "face_small", "face_dark", "face_blurred", "face_turned"),
    *("frames_few", "frames_alike", "frames_differ"),
    *("face_busy", "face_late", "face_failed", "face_unavailable"),
]


def test_codes_are_those_that_were_released() -> None:
    assert sorted(code.value for code in FaceCode) == sorted(RELEASED)


def test_every_code_has_words_in_every_language() -> None:
    for language, texts in CODES.items():
        said = {code: text_of(code.value, language) for code in FaceCode}
        assert all(text.endswith(".") for text in said.values())
        # No page of ours takes such a picture, or ends so early: what is said of any fault is said of these.
        any_fault = {code for code, text in said.items() if text == texts["failed"]}
        assert any_fault == {
            *(code for code in FaceCode if code.value.startswith("picture_")),
            FaceCode.FRAMES_FEW,
        }
