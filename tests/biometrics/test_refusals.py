"""Codes never change once released; each has words that say what to do."""

from biometrics.engine.codes import FaceCode
from biometrics.refusals import as_json, text_of

RELEASED = [
    *("picture_too_large", "picture_kind", "picture_pixels", "picture_broken"),
    *("face_none", "face_several", "face_small", "face_dark", "face_blurred", "face_turned"),
    *("frames_few", "frames_alike", "frames_differ"),
    *("face_busy", "face_late", "face_failed", "face_unavailable"),
]


def test_codes_are_those_that_were_released() -> None:
    assert sorted(code.value for code in FaceCode) == sorted(RELEASED)


def test_every_code_has_words_of_its_own() -> None:
    texts = [text_of(code) for code in FaceCode]
    assert len(set(texts)) == len(texts)
    assert all(text.endswith(".") and ". " in text for text in texts)


def test_an_answer_says_whether_to_try_again() -> None:
    assert as_json(FaceCode.FACE_BUSY) == {
        "code": "face_busy",
        "text": "Too many faces are looked at just now. Use the other way in, or try again.",
        "retry": True,
    }
    assert as_json(FaceCode.FACE_UNAVAILABLE)["retry"] is False
