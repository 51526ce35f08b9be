"""What changes in this room, and only here."""

from biometrics.services.desk import begin_desk, take_desk_frame
from biometrics.services.sessions import Ask, Begun, DoorEvent, Told, begin_session, permission
from biometrics.services.sweeping import sweep
from biometrics.services.templates import (
    ask_again,
    confirm_face,
    delete_face,
    destroy_for,
    take_back_asking,
    take_back_confirmation,
)
from biometrics.services.tries import locked_out_until
from biometrics.services.uses import DoorFace, DoorOutcome, capture, door_face

__all__ = [
    "Ask",
    "Begun",
    "DoorEvent",
    "DoorFace",
    "DoorOutcome",
    "Told",
    "ask_again",
    "begin_desk",
    "begin_session",
    "capture",
    "confirm_face",
    "delete_face",
    "destroy_for",
    "door_face",
    "locked_out_until",
    "permission",
    "sweep",
    "take_back_asking",
    "take_back_confirmation",
    "take_desk_frame",
]
