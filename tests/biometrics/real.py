"""The engine itself, warm, and a person in front of it: the one photograph, moved about."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from PIL import Image, ImageEnhance

from biometrics import services
from biometrics.engine.choice import Choice
from biometrics.engine.pool import Pool
from biometrics.engine.thresholds import Strictness
from biometrics.frames import Frame
from biometrics.models import Use
from biometrics.services import Ask, Begun, DoorEvent, Told
from biometrics.watching import Looker
from compliance.selectors import Person
from tests.biometrics.desk import Clock
from tests.biometrics.photographs import astronaut, jpeg

CODE_HASH = b"c" * 32


@pytest.fixture(scope="module")
def engine() -> Iterator[Pool]:
    """A lane of dlib; slow machines get their time."""
    pool = Pool(Choice(), lanes=1, deadline=60.0)
    pool.start()
    pool.ready(120)
    yield pool
    pool.close()


# Degrees of tilt, width over height, light, pixels of the photograph: as far apart as frames of a person are
# who moves a little (cosine distances of 0.002 to 0.02; measured 2026-11-26).
POSES = (
    *((0, 1.0, 1.0, 240), (5, 0.93, 0.8, 270), (-5, 0.96, 1.15, 300), (3, 1.05, 0.65, 255)),
    *((-3, 0.9, 1.25, 320), (7, 0.97, 0.9, 285), (-7, 1.0, 0.75, 250)),
)


def pose(number: int) -> bytes:
    """The one photograph moved about, as a camera's JPEG; each number is another picture."""
    turned, wide, light, side = POSES[number]
    half, top = round(side * wide) // 2, max(0, 110 - side // 2)
    tilted = astronaut().rotate(turned, Image.Resampling.BICUBIC, center=(222, 120))
    cut = tilted.crop((222 - half, top, 222 + half, top + side)).resize((480, 480), Image.Resampling.BICUBIC)
    return jpeg(ImageEnhance.Brightness(cut).enhance(light), quality=85)


@dataclass
class Door:
    """A capture as a door begins one: straight ahead, bound to an event."""

    person: Person
    clock: Clock
    looker: Looker
    place: str = "reader:1"
    counter: int = 0
    begun: Begun | None = None
    sent: list[bytes] = field(default_factory=list)

    def begin(self) -> Begun:
        self.counter += 1
        event = DoorEvent(self.counter, CODE_HASH, Strictness.STANDARD, challenge=False)
        ask = Ask(self.person, Use.DOOR, self.place, flash=False, event=event)
        self.begun = services.begin_session(ask=ask, now=self.clock.now())
        return self.begun

    def look(self, picture: bytes) -> Told:
        """One frame of a new capture, half a second in."""
        begun = self.begin()
        self.clock.at += timedelta(seconds=0.5)
        self.sent.append(picture)
        frame = Frame(begun.session, begun.nonce, 0, picture)
        return services.capture(frame=frame, place=self.place, now=self.clock.now(), looker=self.looker)

    @property
    def outcome(self) -> str:
        """As the decision takes it."""
        assert self.begun is not None
        found = services.door_face(
            session=UUID(str(self.begun.session)),
            place=self.place,
            counter=self.counter,
            code_hash=CODE_HASH,
            now=self.clock.now(),
        )
        return "" if found is None else found.outcome.value
