"""What is done with one frame: opened, its one face found, judged and, where it is wanted, measured."""

from dataclasses import dataclass
from enum import StrEnum

from biometrics.engine.codes import FaceRefused
from biometrics.engine.interface import Face, FaceEngine, Vector
from biometrics.engine.pictures import open_picture
from biometrics.engine.quality import Quality, measured, only_face


class Want(StrEnum):
    """How much is asked of a frame."""

    FACE = "face"  # where it is and how it stands; a turned or dark one too
    VECTOR = "vector"  # its measure, of a frame without fault only


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was found. Pixels are those of the opened picture: `width` x `height`."""

    width: int
    height: int
    face: Face
    quality: Quality
    vector: Vector | None


def look(engine: FaceEngine, data: bytes, want: Want) -> Look:
    """Look at a frame as it came. Raises FaceRefused, and ValueError for what the engine cannot measure."""
    rgb = open_picture(data)
    face = only_face(engine.detect(rgb))
    quality = measured(rgb, face)
    vector = None
    if want is Want.VECTOR:
        if quality.fault:
            raise FaceRefused(quality.fault)
        vector = engine.embed(rgb, face)
    return Look(rgb.shape[1], rgb.shape[0], face, quality, vector)
