"""Why a frame or a set of frames was not taken: codes that never change once released."""

from enum import StrEnum


class FaceCode(StrEnum):
    """What is told of a frame; texts for people are in `biometrics.desk_texts`."""

    PICTURE_TOO_LARGE = "picture_too_large"
    PICTURE_KIND = "picture_kind"
    PICTURE_PIXELS = "picture_pixels"
    PICTURE_BROKEN = "picture_broken"
    FACE_NONE = "face_none"
    FACE_SEVERAL = "face_several"
    FACE_SMALL = "face_small"
    FACE_DARK = "face_dark"
    FACE_BLURRED = "face_blurred"
    FACE_TURNED = "face_turned"
    FRAMES_FEW = "frames_few"
    FRAMES_ALIKE = "frames_alike"
    FRAMES_DIFFER = "frames_differ"
    FACE_BUSY = "face_busy"
    FACE_LATE = "face_late"
    FACE_FAILED = "face_failed"
    FACE_UNAVAILABLE = "face_unavailable"


class FaceRefused(Exception):  # noqa: N818  (a refusal is an answer, not a fault)
    """A refusal with its stable code, and nothing else: no picture, no vector, no trace."""

    def __init__(self, code: FaceCode) -> None:
        super().__init__(code.value)
        self.code = code


class EngineUnavailable(RuntimeError):  # noqa: N818  (named for what is so)
    """The engine cannot be had on this machine as it is set up; the text says what to do."""
