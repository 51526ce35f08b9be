"""A tablet at a door that asks for a face: the server's side of a capture, in the test's hands."""

import base64
import secrets
import struct
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Route

from sallyport.http_signatures import parse, verify
from sallyport.reasons import Reason
from sallyport.rules import Assurance
from tests.core import alone
from tests.readers.field import Field, Told

FRAMES = "scans/frames"
WAY = "Ring at reception, ground floor."
HEAD = struct.Struct(">16s16sI")


@dataclass(frozen=True)
class Frame:
    """One that came: which session it names, its number, and its picture."""

    session: uuid.UUID
    nonce: bytes
    sequence: int
    jpeg: bytes

    @property
    def picture(self) -> NDArray[Any]:
        found = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert found is not None
        return found


def step(move: str, colour: str = "") -> Told:
    return {"move": move, "colour": colour}


# What the server says of a frame, by its place; an int is the status of a refusal.
Script = Callable[[int], Told | int]


def walk(moves: tuple[str, ...] = ("centre", "turn_left", "centre"), each: int = 2) -> Script:
    """A person who does what is asked: each step takes so many frames."""

    def said(place: int) -> Told:
        done = (place + 1) // each
        if done >= len(moves):
            return {"phase": "passed", "step": None, "done": len(moves), "of": len(moves)}
        return {"phase": "running", "step": step(moves[done]), "done": done, "of": len(moves)}

    return said


def forever(**more: Any) -> Script:
    return lambda _: {"phase": "running", "step": step("centre"), "done": 0, "of": 3} | more


class FaceField(Field):
    """`script`: what is said of each frame; `verdict`: what comes of a face that was taken."""

    def __init__(self) -> None:
        super().__init__()
        self.bundle = alone.bundle(
            at_ms=self.now_ms, life=60, door={"assurance": Assurance.CODE_FACE_CHALLENGE}
        )
        self.script: Script = walk()
        self.verdict = Reason.GRANTED
        self.seconds, self.way = 15.0, WAY
        self.frames: list[Frame] = []
        self.types: list[str] = []
        self.languages: list[str] = []
        self.begun: list[Told] = []
        self.forgets = False  # whether a session is no longer known when it is claimed
        self.committed: list[tuple[int, str]] = []

    def decide(self, told: Told) -> Told:
        """A code that is good in every other way."""
        self.asked.append(told)
        face = told.get("face")
        if face is True or (isinstance(face, str) and self.forgets):
            return self.answer(told, False, Reason.FACE_REQUIRED) | {"face": self.begin()}
        reason = Reason.FACE_REQUIRED
        if face is not None:
            assert face == self.begun[-1]["session"]
            reason = self.verdict
        self.counter = told["counter"]
        self.committed.append((self.counter, reason.value))
        return self.answer(told, reason is Reason.GRANTED, reason)

    def begin(self) -> Told:
        nonce = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        plan = {"sequence": 0, "step": step("centre"), "done": 0, "of": 3, "seconds": self.seconds}
        told = {"session": str(uuid.uuid4()), "nonce": nonce, **plan, "equal_way": self.way}
        self.begun.append(told)
        return told

    def routed(self, route: Route) -> None:
        if not route.request.url.endswith(FRAMES) or self.gone or FRAMES in self.away:
            super().routed(route)
            return
        frame = self.read(route)
        said = self.script(len(self.frames))
        self.frames.append(frame)
        if isinstance(said, int):
            told = {"code": "server_unavailable", "text": "Not now.", "retry": True}
            route.fulfill(status=said, json=told)
            return
        route.fulfill(json={"hint": "", "text": "", "sequence": frame.sequence + 1} | said)

    def read(self, route: Route) -> Frame:
        """The frame of a request that the reader's key has signed, over the bytes as they are."""
        request, body = route.request, route.request.post_data_buffer
        assert body is not None
        assert self.key is not None
        parsed = parse(request.headers)
        verify(parsed, method="POST", url=request.url, body=body, public=self.key)
        self.types.append(request.headers["content-type"])
        self.languages.append(request.headers["accept-language"])
        session, nonce, sequence = HEAD.unpack_from(body)
        return Frame(uuid.UUID(bytes=session), nonce, sequence, body[HEAD.size :])


def face_picture(grey: int = 180) -> bytes:
    """What is before the camera instead of a code (PNG): dark on the left, light on the right."""
    frame = np.full((480, 640, 3), grey, np.uint8)
    frame[:, :320] = 40
    cv2.ellipse(frame, (320, 240), (110, 150), 0, 0, 360, (150, 170, 210), -1)
    return bytes(cv2.imencode(".png", frame)[1].tobytes())
