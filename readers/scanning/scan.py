"""One presentation on its way from the request to the answer."""

import asyncio
from dataclasses import dataclass, field

from sallyport.codes import NO_CHALLENGES, OpenedCode
from sallyport.reasons import Reason
from sallyport.rules import Assurance, FaceShown, Inside, SecondFactor, reached, reached_by_face


class Unavailable(Exception):  # noqa: N818 - named for what happened
    """No decision could be committed in time. The reader may ask again under the same event id."""


class KeyEnded(Exception):  # noqa: N818 - named for what happened
    """The key that signed the request was at its end before the scan was decided."""


class EventIdReused(Exception):  # noqa: N818 - named for what happened
    """The event id stands already, for another code."""


@dataclass(slots=True)
class Verdict:
    """What was committed for an event id."""

    granted: bool
    reason: Reason
    access_point: int


@dataclass(slots=True, eq=False)
class Scan:
    """An authenticated presentation. `early` is a refusal that no policy can lift, or None."""

    reader: int
    counter: int
    code: str
    code_hash: bytes
    at: int  # unix seconds, the server's clock when the request came
    at_ms: int
    reader_at_ms: int
    early: Reason | None
    opened: OpenedCode | None
    life: int  # seconds; the life of codes under which `opened` was found
    shown: tuple[int, ...]  # the numbers that the reader says its door shows
    asked: bool  # whether the door asked for its number when `opened` was found
    deadline: float  # loop time after which it is answered as unavailable
    answer: "asyncio.Future[Verdict]"
    signed_by: str  # the print of the reader's key
    second: SecondFactor = SecondFactor.NONE  # what came of a day pass's PIN
    face: FaceShown = FaceShown.NONE  # what came of the face
    turned: bool = False  # whether it followed a drawn turn
    inside: tuple[int, Inside] | None = None  # an area that keeps watch, and what was known of it lately
    tries: int = 0  # times it was decided under a policy that had moved on
    unsure: bool = field(default=False)  # a commit may have happened that nobody has confirmed

    @property
    def reached(self) -> Assurance:
        """How sure what was shown makes us, of a code that opened."""
        if self.opened is None:
            raise ValueError("this code did not open")
        if self.face is FaceShown.MATCHED:
            return reached_by_face(turned=self.turned)
        return reached(self.opened)

    @property
    def challenges(self) -> tuple[int, ...]:
        """What a proof may be over: the door's numbers where it asks for one, else none."""
        return self.shown if self.asked else NO_CHALLENGES

    def settle(self, verdict: Verdict) -> None:
        """Answer, unless somebody has."""
        if not self.answer.done():
            self.answer.set_result(verdict)

    def fail(self, error: Exception) -> None:
        """Answer with an error, unless somebody has answered."""
        if not self.answer.done():
            self.answer.set_exception(error)
