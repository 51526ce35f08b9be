"""The face at the door: asked for without an event, looked at frame by frame, its outcome read before the
event is written.

A scan that would be granted but for the face leaves nothing behind: the reader takes frames and asks again
under the same event id. Time is taken as of when the code was first shown, 20 seconds before at most, so that
a capture does not outlive it: the code's own life, schedules and what the event is dated by. Who may pass is
read from the policy of now.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

import psycopg
from django.db import Error as DjangoError
from django.utils import timezone

from access.selectors import FaceWay, face_way
from biometrics import services as faces
from biometrics.engine.thresholds import Strictness
from biometrics.frames import Frame
from biometrics.house_pool import house_looker
from biometrics.models import Use
from biometrics.services import Ask, Begun, DoorEvent, DoorFace, Told
from compliance.selectors import Person
from credentials.models import Credential
from credentials.refusals import Refused as FaceRefused
from credentials.services.consents import person_of
from readers.scanning.copy import Copy
from readers.scanning.policies import Policies
from readers.scanning.scan import Scan, Unavailable, Verdict
from readers.scanning.trial import judged
from readers.selectors import code_was_used, event_stands
from sallyport.codes import OpenedCode
from sallyport.reasons import Reason
from sallyport.rules import Assurance, FaceShown
from tenants.refs import CompanyRef
from tenants.turns import Turns
from vault.keys import VaultEmpty
from vault.transit import RootKeyAway

THREADS: Final = 12
EACH: Final = 4  # of a company: the engine processes are busy long before
T = TypeVar("T")
FRAME_SECONDS: Final = 1.6  # a frame is looked at within the engine's deadline or refused


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer to a scan that needs a face: a capture that may begin, or why there is none."""

    equal_way: str
    begun: Begun | None = None
    refused: str = ""

    def as_dict(self) -> dict[str, object]:
        """What stands beside the verdict."""
        if self.begun is None:
            return {"face_refused": self.refused, "equal_way": self.equal_way}
        return {"face": self.begun.as_dict() | {"equal_way": self.equal_way}}


class Faces:
    """Belongs to one event loop."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        # Apart: a frame is slow to look at, and many must not keep their company from its policy.
        self._turns = Turns(THREADS, EACH, "scan-faces")

    async def close(self) -> None:
        """End the threads."""
        await self._turns.close()

    async def ask(self, copy: Copy, scan: Scan) -> Asked | None:
        """What to tell of a scan that needs nothing but a face; None for any other. Raises Unavailable."""
        if scan.early is not None or scan.opened is None:
            return None
        _, door = copy.stand(scan.reader)
        if door is None or door.assurance < Assurance.CODE_FACE:
            return None
        # A copy from before a consent would say that nobody need be asked, and the writer know better.
        await self._policies.refresh(copy, past=(copy.epoch, copy.seq))
        row = await judged(self._policies, copy, scan)
        if row.reason == Reason.CONSENT_MISSING:
            return await self._inside(copy.ref, partial(_other_way, row.access_point))
        if row.reason != Reason.FACE_REQUIRED:
            return None
        work = partial(_begin, scan, row.access_point, scan.opened)
        return await self._inside(copy.ref, work)

    async def frame(self, ref: CompanyRef, reader: int, frame: Frame) -> Told:
        """Take one frame. Raises Unavailable, credentials.refusals.Refused."""
        now = timezone.now()  # when it came, not when its turn did
        work = partial(_capture, frame, place_of(reader), now)
        return await self._inside(ref, work)

    async def shown(self, copy: Copy, scan: Scan, session: UUID) -> DoorFace | None:
        """What came of the capture for this event. Raises Unavailable."""
        _, door = copy.stand(scan.reader)
        return await self._inside(copy.ref, partial(_shown, scan, session, door.access_point if door else 0))

    async def _inside(self, ref: CompanyRef, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(FRAME_SECONDS):
                return await self._turns.inside(ref, work)
        except (TimeoutError, psycopg.Error, DjangoError, VaultEmpty, RootKeyAway):
            raise Unavailable("the face could not be looked at") from None


def take(scan: Scan, found: DoorFace | None) -> None:
    """Let a scan carry what came of its face. Without a capture of its own it is one that failed."""
    if found is None:
        scan.face = FaceShown.FAILED
        return
    scan.face, scan.turned = FaceShown(found.outcome.value), found.challenge
    scan.at_ms = int(found.shown_at.timestamp() * 1000)
    scan.at = scan.at_ms // 1000


def asked_verdict(access_point: int) -> Verdict:
    """What is told while nothing is committed."""
    return Verdict(False, Reason.FACE_REQUIRED, access_point)


def place_of(reader: int) -> str:
    """The reader as captures name their place."""
    return f"reader:{reader}"


def _other_way(access_point: int) -> Asked | None:
    """For whom no camera may look: the way in is told with the refusal."""
    try:
        return Asked(face_way(access_point).equal_way, refused=Reason.CONSENT_MISSING.value)
    except LookupError:
        return None


def _begin(scan: Scan, access_point: int, opened: OpenedCode) -> Asked | None:
    if event_stands(scan.reader, scan.counter) or code_was_used(opened):
        return None  # told already, or a copy: nobody need show a face for that
    try:
        way = face_way(access_point)
    except LookupError:
        return None  # the area has stopped asking meanwhile: the writer sees that too
    person = _person(opened.contents.credential)
    try:
        begun = faces.begin_session(ask=_ask(scan, way, person), now=_moment(scan))
    except FaceRefused as refused:
        return Asked(way.equal_way, refused=refused.code)
    return Asked(way.equal_way, begun)


def _ask(scan: Scan, way: FaceWay, person: Person) -> Ask:
    event = DoorEvent(scan.counter, scan.code_hash, way.match, way.challenge)
    return Ask(person, Use.DOOR, place_of(scan.reader), event=event)


def _person(credential: int) -> Person:
    row = Credential.objects.select_related("holder__subject").get(pk=credential)
    return person_of(row.holder)


def _shown(scan: Scan, session: UUID, access_point: int) -> DoorFace | None:
    found = faces.door_face(
        session=session,
        place=place_of(scan.reader),
        counter=scan.counter,
        code_hash=scan.code_hash,
        now=timezone.now(),
    )
    try:
        way = face_way(access_point)
    except LookupError:
        return found
    # The area is stricter now than when the face was looked at: it has to be looked at again.
    laxer = found is not None and (way.match, found.match) == (Strictness.HIGH, Strictness.STANDARD)
    return None if laxer else found


def _capture(frame: Frame, place: str, now: datetime) -> Told:
    return faces.capture(frame=frame, place=place, now=now, looker=house_looker())


def _moment(scan: Scan) -> datetime:
    return datetime.fromtimestamp(scan.at_ms / 1000, UTC)
