"""What can be asked of one frame, and how it is done. Every picture is opened by the same rules first."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, Generic, TypeVar, cast

from biometrics.engine import sight
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Face, FaceEngine, Model, Points, Rgb, Vector
from biometrics.engine.laying import laid_back
from biometrics.engine.pictures import open_picture
from biometrics.engine.quality import Quality, measured, only_face
from biometrics.engine.sight import Colour, Grey

MOST_FACES: Final = 32  # are told; more than one is already too many
BLACK: Final = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A frame with one face and without fault. Pixels are those of the opened picture: `width` x `height`."""

    width: int
    height: int
    face: Face
    quality: Quality
    vector: Vector
    model: Model  # by which the vector was made


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A frame with whatever faces are in it, turned, dark or none: nothing is refused for them.

    The colours are the surest face's and those beside it, black without one.
    """

    width: int
    height: int
    faces: tuple[Face, ...]  # the surest first
    quality: Quality | None  # of the one face; None for none, for several, and for one that has no shape
    thumbnail: Grey  # (16, 17)
    face_colour: Colour
    ground_colour: Colour


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """The measure of a face, and by which model it was made.

    `laid`: its measure when laid back to the shape that was asked for; None where none was, or it cannot be.
    """

    vector: Vector
    model: Model
    laid: Vector | None = None


Found = TypeVar("Found")


class Kind(StrEnum):
    """How much is asked of a frame."""

    VECTOR = "vector"
    OBSERVE = "observe"
    EMBED = "embed"


@dataclass(frozen=True, slots=True, eq=False)
class Want(Generic[Found]):
    """What is asked of a frame; `Found` is what comes back. Take one of the two below, or `embed`."""

    kind: Kind
    face: Face | None = None
    shape: Points | None = None  # of the same face when it looked straight ahead

    VECTOR: ClassVar["Want[Look]"]  # all at once: the one face of a frame without fault, measured
    OBSERVE: ClassVar["Want[Sight]"]  # what is there; who asks decides whether it is worth measuring

    @staticmethod
    def embed(face: Face, shape: Points | None = None) -> "Want[Embedding]":
        """The measure of a face that OBSERVE found in the very same bytes; laid back to `shape` as well."""
        return Want(Kind.EMBED, face, shape)


Want.VECTOR = Want(Kind.VECTOR)
Want.OBSERVE = Want(Kind.OBSERVE)


def look(engine: FaceEngine, data: bytes, want: Want[Found]) -> Found:
    """Look at a frame as it came. Raises FaceRefused, and ValueError for what the engine cannot measure."""
    return cast(Found, _DOING[want.kind](engine, open_picture(data), want))


def _looked(engine: FaceEngine, rgb: Rgb, _: Want[Any]) -> Look:
    face = only_face(engine.detect(rgb))
    quality = measured(rgb, face)
    if quality.fault:
        raise FaceRefused(quality.fault)
    return Look(rgb.shape[1], rgb.shape[0], face, quality, engine.embed(rgb, face), engine.model)


def _observed(engine: FaceEngine, rgb: Rgb, _: Want[Any]) -> Sight:
    every = engine.detect(rgb)
    # A turned head is found less surely; what else may be a face beside a sure one is none.
    faces = ([face for face in every if face.sure] or every[:1])[:MOST_FACES]
    return Sight(
        rgb.shape[1],
        rgb.shape[0],
        tuple(faces),
        _quality(rgb, faces[0]) if len(faces) == 1 else None,
        sight.thumbnail(rgb),
        sight.face_colour(rgb, faces[0].box) if faces else BLACK,
        sight.ground_colour(rgb, faces[0].box) if faces else BLACK,
    )


def _quality(rgb: Rgb, face: Face) -> Quality | None:
    try:
        return measured(rgb, face)
    except FaceRefused:
        return None


def _embedded(engine: FaceEngine, rgb: Rgb, want: Want[Any]) -> Embedding:
    if want.face is None:
        raise FaceRefused(FaceCode.FACE_NONE)
    return Embedding(engine.embed(rgb, want.face), engine.model, _laid(engine, rgb, want.face, want.shape))


def _laid(engine: FaceEngine, rgb: Rgb, face: Face, shape: Points | None) -> Vector | None:
    if shape is None:
        return None
    try:
        picture, straight = laid_back(rgb, face, shape)
    except ValueError:
        return None
    return engine.embed(picture, straight)


_DOING: Final[dict[Kind, Callable[[FaceEngine, Rgb, Want[Any]], Any]]] = {
    Kind.VECTOR: _looked,
    Kind.OBSERVE: _observed,
    Kind.EMBED: _embedded,
}
