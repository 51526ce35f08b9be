"""Why a face was not taken, for people: what they can do about it, and whether trying again can help."""

from typing import Final

from biometrics.engine.codes import FaceCode

_TEXTS: Final = {
    FaceCode.PICTURE_TOO_LARGE: "This picture is too large. Use one of at most 2 MiB.",
    FaceCode.PICTURE_KIND: "This is no JPEG or PNG picture of a camera. Use one that is.",
    FaceCode.PICTURE_PIXELS: "This picture has too many pixels. Use one of at most 16 million.",
    FaceCode.PICTURE_BROKEN: "This picture is damaged. Take it again.",
    FaceCode.FACE_NONE: "No face can be seen. Look into the camera.",
    FaceCode.FACE_SEVERAL: "There is more than one face. Only one person may be in the picture.",
    FaceCode.FACE_SMALL: "The face is too small. Come closer.",
    FaceCode.FACE_DARK: "It is too dark. Turn towards the light.",
    FaceCode.FACE_BLURRED: "The picture is blurred. Hold still, and wipe the camera.",
    FaceCode.FACE_TURNED: "The face is turned away. Look straight into the camera.",
    FaceCode.FRAMES_FEW: "Too few pictures were good enough. Begin again.",
    FaceCode.FRAMES_ALIKE: "The pictures are too much alike. Begin again and move as you are asked.",
    FaceCode.FRAMES_DIFFER: "The pictures do not show one person. Begin again, alone before the camera.",
    FaceCode.FACE_BUSY: "Too many faces are looked at just now. Use the other way in, or try again.",
    FaceCode.FACE_LATE: "Looking at the face took too long. Use the other way in, or try again.",
    FaceCode.FACE_FAILED: "Looking at the face failed. Use the other way in, or try again.",
    FaceCode.FACE_UNAVAILABLE: "Faces cannot be looked at just now. Use the other way in.",
}
# Trying the same deed again, with the same or another picture, can help.
_RETRY: Final = frozenset(FaceCode) - {FaceCode.FACE_UNAVAILABLE}


def text_of(code: FaceCode) -> str:
    """What to tell the person before the camera."""
    return _TEXTS[code]


def as_json(code: FaceCode) -> dict[str, object]:
    """The body of an error answer."""
    return {"code": code.value, "text": _TEXTS[code], "retry": code in _RETRY}
