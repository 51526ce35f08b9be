"""A phone before somebody who is drawn (bench/liveness_actors): its captures through the session API.

Everything is synthetic but the engine, which is dlib's in this process. The clock is the test's own: a frame
comes every fifth of a second of it, however long the engine takes.
"""

import json
import time
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Final
from uuid import UUID

import pytest
from django.test import Client

from bench.in_process import InProcess
from bench.liveness import INTERVAL, LATENCY, Stage, seen_on
from bench.liveness_actors import Actor, Dice, Person, Recorded
from bench.liveness_scene import Subject, decoded
from biometrics import frames
from biometrics.api import views
from biometrics.engine.dlib_engine import DlibEngine
from biometrics.engine.interface import Vector
from biometrics.engine.vectors import enrolment_vector
from biometrics.liveness.session import begin
from biometrics.liveness.steps import Move, Step
from biometrics.services import sessions
from sallyport.keys import b64url_decode
from tests.biometrics.photographs import array, astronaut, lfw
from tests.credentials.phone import Phone

SESSIONS, FRAMES = (f"/api/v1/wallet/face/{name}" for name in ("sessions", "frames"))
LONGEST: Final = 90  # frames
BETWEEN: Final = 30.0  # seconds from one capture to the next
OTHER: Final = ("Nia_Vardalos", 2)


@cache
def stage() -> Stage:
    """The engine, and the astronaut: nobody else is needed but for a swap."""
    engine = DlibEngine()
    found = seen_on("astronaut", array(astronaut()), engine)
    assert found is not None
    return Stage(engine, [found[1]], seed=5)


def somebody_else() -> Subject:
    """Skips the test where there are no photographs of other people."""
    found = seen_on("other", decoded(lfw(*OTHER)), stage().engine)
    assert found is not None
    return found[1]


@cache
def enrolled_face() -> Vector:
    """What an enrolment of the astronaut keeps: three frames of her looking ahead."""
    engine, measured = stage().engine, []
    for number in range(3):
        dice = stage().dice("enrolled", number)
        picture = Person(stage().people[0], dice).picture(0.5)
        (face,) = engine.detect(picture)
        measured.append(engine.embed(picture, face))
    return enrolment_vector(measured, engine.model)


@dataclass
class Booth:
    """A phone and its clock. `film`: the frames of the last capture, with the step that was shown."""

    phone: Phone
    now: float = field(default_factory=time.time)
    film: list[Recorded] = field(default_factory=list)

    def take_place(self, patch: pytest.MonkeyPatch, seed: int) -> None:
        """Let the routes see this clock, look with the engine in this process, and draw these steps."""
        dice = stage().dice("steps", seed)
        drawn = partial(begin, draw=lambda below: int(dice.integers(below)))
        patch.setattr(views, "clock_ms", lambda: int(self.now * 1000))
        patch.setattr(views, "house_looker", lambda: InProcess(stage().engine))
        patch.setattr(sessions, "begin", drawn)

    def capture(self, actor: Actor, dice: Dice, *, flash: bool = True) -> dict[str, Any]:
        """Unlock by face with this before the camera; the last answer."""
        self.now += BETWEEN
        said = json.dumps({"use": "unlock", "flash": flash}).encode()
        status, told = self._post(SESSIONS, said, "application/json")
        assert status == 201, told
        session, nonce = UUID(told["session"]), b64url_decode(told["nonce"])
        began, taken, self.film = self.now, 0.0, []
        shown, done = _step(told), told["done"]
        actor.told(shown, 0.0)
        while told["phase"] == "running" and len(self.film) < LONGEST:
            taken += dice.uniform(*INTERVAL)
            raw = actor.frame(taken)
            self.film.append(Recorded(raw, shown))
            self.now = max(self.now, began + taken + dice.uniform(*LATENCY))
            body = frames.write_frame(frames.Frame(session, nonce, told["sequence"], raw))
            status, told = self._post(FRAMES, body, "application/octet-stream")
            assert status == 200, told
            if told["step"] and told["done"] != done:
                shown, done = _step(told), told["done"]
                actor.told(shown, self.now - began + dice.uniform(0.03, 0.08))
        return told

    def _post(self, path: str, body: bytes, kind: str) -> tuple[int, dict[str, Any]]:
        headers = self.phone.headers("POST", path, body, created=int(self.now))
        answered = Client().generic(
            "POST", path, body, content_type=kind, headers={"Host": self.phone.host} | headers
        )
        return answered.status_code, answered.json()


def _step(told: dict[str, Any]) -> Step:
    return Step(Move(told["step"]["move"]), told["step"]["colour"])
