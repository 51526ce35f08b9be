"""Why a session failed. To the person all are `liveness_failed`; the kind is for the operator's page."""

from enum import StrEnum
from typing import Final

CODE: Final = "liveness_failed"


class Kind(StrEnum):
    """Stable: these stand in records."""

    # The session itself: refused without touching it.
    OTHER_SESSION = "other_session"  # wrong nonce, purpose, holder, device or consent
    ALREADY_ENDED = "already_ended"  # passed, failed or claimed before
    NOT_PASSED = "not_passed"
    # What ends a session.
    EXPIRED = "expired"
    OUT_OF_ORDER = "out_of_order"
    FRAME_REPEATED = "frame_repeated"
    FRAME_LATE = "frame_late"
    TOO_MANY_FRAMES = "too_many_frames"
    NOT_READABLE = "not_readable"  # measured values that no picture gives
    TWO_FACES = "two_faces"
    FACE_LOST = "face_lost"
    JUMPED = "jumped"
    TOO_SOON = "too_soon"  # followed a step before a person could have seen it
    WRONG_TURN = "wrong_turn"
    NO_TURN = "no_turn"
    A_SHEET = "a_sheet"  # what was turned is a picture: laid back, it is the first one again
    NOT_CLOSER = "not_closer"
    NOT_CENTRED = "not_centred"
    NO_FLASH = "no_flash"
    OTHER_FACE = "other_face"


class LivenessRefused(Exception):  # noqa: N818  (named for what happened)
    """A frame or a claim that this session does not take; the session stays as it is."""

    code: Final = CODE

    def __init__(self, kind: Kind) -> None:
        super().__init__(f"{self.code}: {kind.value}")
        self.kind = kind
