"""A visitor's face, taken at a kiosk with liveness. Pictures are measured and kept nowhere."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from biometrics import services as biometrics
from biometrics.frames import Frame
from biometrics.models import FaceSession, Use
from biometrics.services import Begun, Told
from biometrics.services.sessions import other_session
from biometrics.watching import Looker
from compliance.selectors import Person
from credentials.services.consents import person_of
from visitors.arrival_steps import Step
from visitors.models import Kiosk, VisitState
from visitors.refusals import Refused
from visitors.services.arrivals import demand_step

# Asked for only once it is known that a face may be looked at: an engine that nobody needs is not started.
Looks = Callable[[], Looker]


def begin_face(*, kiosk: Kiosk, arrival: UUID, flash: bool, now: datetime, looks: Looks) -> Begun:
    """Draw the steps. Raises Refused: face_not_wanted, face_busy, and as biometrics' begin_session."""
    person = _person(kiosk, arrival)
    biometrics.permission(person)
    if looks().model is None:
        # A session lives for seconds, and the first frames of a cold engine take longer.
        raise Refused("face_busy", "One moment, and try again.", status=503, retry=True, wait=1)
    ask = biometrics.Ask(person=person, use=Use.ENROL, place=kiosk.actor, flash=flash)
    return biometrics.begin_session(ask=ask, now=now)


def take_frame(*, kiosk: Kiosk, arrival: UUID, frame: Frame, now: datetime, looks: Looks) -> Told:
    """One frame; the one that passes enrols the face, to be confirmed by somebody who knows them.

    Raises Refused: liveness_failed also for a frame of whoever stood here before, face_not_wanted.
    """
    person = _person(kiosk, arrival)
    if not FaceSession.objects.filter(pk=frame.session, subject=person.subject.pk).exists():
        raise other_session()
    return biometrics.capture(frame=frame, place=kiosk.actor, now=now, looker=looks())


@transaction.atomic
def _person(kiosk: Kiosk, arrival: UUID) -> Person:
    standing = demand_step(kiosk, arrival)
    if standing.visit is None or Step.FACE not in standing.course.steps:
        raise Refused("face_not_wanted", "No face is taken for this visit.")
    if standing.visit.state != VisitState.ON_SITE:
        raise Refused("not_admitted", "Please wait until you are admitted.", retry=True)
    return person_of(standing.visit.holder)
