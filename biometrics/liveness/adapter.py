"""From what an engine process says of a frame to an Observation."""

import hashlib
from dataclasses import dataclass

import numpy as np

from biometrics.engine.interface import Face, Order
from biometrics.engine.looking import Sight
from biometrics.liveness.observations import Observation, SeenFace


@dataclass(frozen=True, slots=True)
class Arrived:
    """A frame as it came: its bytes, its place in the row, the server's time in seconds."""

    raw: bytes
    sequence: int
    at: float


def observation(sight: Sight, arrived: Arrived) -> Observation:
    """What was seen of a frame, not yet embedded.

    Raises ValueError where the engine's five points are not dlib's: a turn is judged by the eyes' corners.
    """
    return Observation(
        sequence=arrived.sequence,
        arrived_at=arrived.at,
        digest=hashlib.sha256(arrived.raw).digest(),
        width=sight.width,
        thumbnail=sight.thumbnail,
        faces=tuple(_seen(face) for face in sight.faces),
        face_colour=sight.face_colour,
        ground_colour=sight.ground_colour,
    )


def _seen(face: Face) -> SeenFace:
    if face.order is not Order.DLIB:
        raise ValueError("liveness needs an engine with dlib's five points")
    box = (float(face.box.left), float(face.box.top), float(face.box.right), float(face.box.bottom))
    return SeenFace(box, np.asarray(face.landmarks, dtype=np.float64))
