"""Whoever looks, without pictures: it tells what the puppet shows. For the rules around a capture; pictures
and the real engine have tests of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np

from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Box, Face, Model, Order
from biometrics.engine.looking import Embedding, Found, Kind, Look, Sight, Want
from biometrics.engine.quality import Quality
from tests.biometrics import puppet

MODEL = Model("dlib-resnet-v1", "of-tests", 128)
GOOD = Quality(side=200.0, light=120.0, sharpness=0.05, turn=0.0)


@dataclass
class Mirror:
    """`look` is what stands before the camera. Times go on by themselves, as the puppet's sway asks."""

    look: puppet.Look = field(default_factory=puppet.Look)
    quality: Quality = GOOD
    faces: int = 1
    refuse: FaceCode | None = None
    model: Model | None = MODEL
    deadline: float = 1.0
    looked: int = 0
    before: Callable[[], object] | None = None  # happens while it looks

    def look_now(self, data: bytes, want: Want[Found], *, deadline: float | None = None) -> Found:
        """See biometrics.watching.Looker."""
        self.looked += 1
        if self.refuse is not None:
            raise FaceRefused(self.refuse)
        if self.before is not None:
            self.before()
        assert self.model is not None
        if want.kind is Kind.EMBED:
            vector = puppet.near(self.look).astype(np.float32)
            laid = None if want.shape is None else puppet.laid(self.look).astype(np.float32)
            return cast(Found, Embedding(vector, self.model, laid))
        seen = puppet.observed(self.look, 0, 0.31 * self.looked)
        face = Face(
            Box(*seen.faces[0].box), seen.faces[0].landmarks.astype(np.float32), 1.0, True, Order.DLIB
        )
        if want.kind is Kind.VECTOR:
            return cast(Found, self._look(face))
        found = Sight(
            seen.width,
            480,
            (face,) * self.faces,
            self.quality if self.faces == 1 else None,
            seen.thumbnail,
            seen.face_colour,
            seen.ground_colour,
        )
        return cast(Found, found)

    def _look(self, face: Face) -> Look:
        if self.quality.fault:
            raise FaceRefused(self.quality.fault)
        raw = puppet.vector(self.look.person) + 0.1 * puppet.vector(5000 + self.looked)
        vector = (raw / np.linalg.norm(raw)).astype(np.float32)
        assert self.model is not None
        return Look(puppet.WIDTH, 480, face, self.quality, vector, self.model)

    def stand(self, **changes: Any) -> "Mirror":
        """Another look."""
        self.look = replace(self.look, **changes)
        return self
