"""A person before a phone's camera, as the routes see it: signed frames, and an engine that is told.

Frames are bytes of no picture; what they would show is the puppet of `tests.biometrics.puppet`. Time is the
test's own and goes on by a fifth of a second a frame.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar, cast

import numpy as np
import pytest
from django.test import Client

from biometrics import frames
from biometrics.api import views
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Box, Face, Model, Order
from biometrics.engine.looking import Embedding, Kind, Sight, Want
from biometrics.engine.quality import Quality
from sallyport.keys import b64url_decode
from tests.biometrics import puppet
from tests.credentials.phone import Phone

FACE, SESSIONS, FRAMES = (f"/api/v1/wallet/face{end}" for end in ("", "/sessions", "/frames"))
MODEL: Final = Model("dlib-resnet-v1", "of the puppet", 128)
FIT: Final = Quality(side=160, light=120, sharpness=0.05, turn=0.0)
WAYS: Final = {"turn_left": 1.0, "turn_right": -1.0}
Found = TypeVar("Found")


@dataclass
class Scripted:
    """An engine that sees how the puppet stands, whatever the bytes."""

    look: puppet.Look = field(default_factory=puppet.Look)
    quality: Quality = FIT
    faces: int = 1
    tremble: float = 0.06  # how far one frame's measure is off another's
    refuses: FaceCode | None = None
    deadline: float = 1.0
    model: Model | None = MODEL
    room: int = 0
    frames: int = 0
    looked: int = 0
    now: float = 0.0

    def look_now(self, data: bytes, want: Want[Found], *, deadline: float | None = None) -> Found:
        if self.refuses is not None:
            raise FaceRefused(self.refuses)
        return cast(Found, self._sight() if want.kind is Kind.OBSERVE else self._embedding(want))

    def _sight(self) -> Sight:
        self.frames += 1
        # Slowly aside, frame by frame: nobody comes back to the very same place.
        look = replace(self.look, x=270 + 1.5 * self.frames)
        seen = puppet.observed(look, 0, 0.0, embed=False)
        box, points = Box(*seen.faces[0].box), seen.faces[0].landmarks.astype(np.float32)
        shade = np.random.default_rng([self.room, int(self.look.yaw) + 77]).integers(0, 256, (16, 17))
        return Sight(
            width=seen.width,
            height=480,
            faces=(Face(box, points, 1.0, True, Order.DLIB),) * self.faces,
            quality=self.quality if self.faces == 1 else None,
            thumbnail=shade.astype(np.uint8),
            face_colour=seen.face_colour,
            ground_colour=seen.ground_colour,
        )

    def _embedding(self, want: Want[Any]) -> Embedding:
        self.looked += 1
        raw = puppet.near(self.look) + self.tremble * puppet.vector(5000 + self.looked)
        vector = (raw / np.linalg.norm(raw)).astype(np.float32)
        return Embedding(vector, MODEL, None if want.shape is None else vector)


@dataclass
class Sitter:
    """Whoever holds `phone` before `looker`'s camera."""

    phone: Phone
    looker: Scripted
    begun: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)

    def wait(self, seconds: float) -> None:
        """Time goes on."""
        self.looker.now += seconds

    def post(self, path: str, told: Any) -> tuple[int, dict[str, Any]]:
        """A signed request of now; bytes go as they are."""
        if not isinstance(told, bytes):
            return self.phone.send("POST", path, told, created=int(self.looker.now))
        headers = self.phone.headers("POST", path, told, created=int(self.looker.now))
        binary = "application/octet-stream"
        response = Client().generic(
            "POST", path, told, content_type=binary, headers={"Host": self.phone.host} | headers
        )
        return response.status_code, response.json()

    def begin(self, use: str, **more: Any) -> tuple[int, dict[str, Any]]:
        """Before another wall each time, as earlier captures are known again."""
        self.looker.room, self.looker.frames = self.looker.room + 1, 0
        self.looker.look = replace(self.looker.look, yaw=0.0, scale=1.0, colour="")
        status, self.begun = self.post(SESSIONS, {"use": use, **more})
        self.told = self.begun
        return status, self.begun

    def body(self, *, sequence: int | None = None, nonce: bytes | None = None, picture: bytes = b"") -> bytes:
        """A frame of this session as it goes over the wire."""
        number = self.told["sequence"] if sequence is None else sequence
        drawn = b64url_decode(self.begun["nonce"]) if nonce is None else nonce
        picture = picture or b"a picture of %f" % self.looker.now
        return frames.write_frame(frames.Frame(uuid.UUID(self.begun["session"]), drawn, number, picture))

    def frame(self, **changes: Any) -> tuple[int, dict[str, Any]]:
        """The next frame, a fifth of a second later."""
        self.wait(puppet.EVERY)
        status, answer = self.post(FRAMES, self.body(**changes))
        if status == 200:
            self.told = answer
        return status, answer

    def follow(self, most: int = 60) -> dict[str, Any]:
        """Do what is asked to the end; the last answer."""
        shown, start, count = None, self.looker.look, 0
        for _ in range(most):
            if self.told["phase"] != "running":
                break
            step = self.told["step"]
            if (step, self.told["done"]) != shown:
                shown, start, count = (step, self.told["done"]), self.looker.look, 0
            self._move(step, start, min(1.0, count / 3))
            count += 1
            assert self.frame()[0] == 200
        return self.told

    def _move(self, step: dict[str, str], start: puppet.Look, share: float) -> None:
        yaw = WAYS.get(step["move"], 0.0) * (puppet.TURN + 3 * np.sin(5 * self.looker.now))
        scale = 1.32 if step["move"] == "closer" else 1.0
        if step["move"] == "flash":
            yaw, scale = start.yaw, start.scale
        self.looker.look = replace(
            start,
            yaw=start.yaw + (yaw - start.yaw) * share,
            scale=start.scale + (scale - start.scale) * share,
            colour=step["colour"],
        )

    def takes(self, use: str, **more: Any) -> dict[str, Any]:
        """A whole capture; its last answer."""
        status, begun = self.begin(use, **more)
        assert status == 201, begun
        return self.follow()

    def fails(self, use: str = "enrol") -> dict[str, Any]:
        """A capture in which nothing is followed."""
        status, begun = self.begin(use)
        assert status == 201, begun
        self.wait(16)
        return self.frame()[1]


@contextmanager
def before_camera(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """The routes look with this engine, and have its time."""
    looker = Scripted(now=time.time())
    with monkeypatch.context() as patch:
        patch.setattr(views, "house_looker", lambda: looker)
        patch.setattr("biometrics.selectors.model_now", lambda: looker.model)
        patch.setattr(views, "clock_ms", lambda: int(looker.now * 1000))
        yield looker
