"""Requests as pages show them: days left, who did what, whom they are about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from compliance import persons
from compliance.clocks import days_left
from compliance.models import Case, CasePerson, CaseState, CaseStep
from compliance.models.cases import OVER
from compliance.services.cases import clock_of
from compliance.sparing import held, restricted
from operators.models import Operator
from vault.holdings import Known

VERBS = {
    "opened": "Opened",
    "confirmed": "Mail address confirmed",
    "acknowledged": "Receipt confirmed",
    "identified": "It is known who asks",
    "identity_reopened": "Open again who asks",
    "person_added": "A person added",
    "person_removed": "A person taken off",
    "moved": "Moved on",
    "taken": "Taken over",
    "noted": "Note",
    "collect_begun": "Rooms are asked",
    "collected": "All rooms have answered",
    "cell_withheld": "A text stays here",
    "cell_given": "A text leaves after all",
    "looked_through": "Looked through",
    "delivery_asked": "To be delivered",
    "delivered": "File made, its link sent by mail",
    "phrase_told": "Passphrase shown",
    "downloaded": "Downloaded",
    "reminded": "Officers reminded",
    "escalated": "Owners told: overdue",
    "extended": "Extended",
    "refused": "Refused",
    "nothing_held": "Answered: nothing is held",
    "closed": "Closed",
    "restricted": "Data restricted",
    "lifting_announced": "Person told that the restriction ends",
    "restriction_lifted": "Restriction lifted",
    "objection_decided": "Objection decided",
    "consents_withdrawn": "Consents withdrawn",
    "corrected": "Data corrected",
    "rectified": "Correction told",
    "erasure_begun": "Erasure begun",
    "erasure_stopped": "Erasure stands still",
    "erasure_resumed": "Erasure goes on",
    "erased_here": "Erased here; readers are asked",
    "certified": "Confirmed everywhere and certified",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """Until when, and how many days that is; none once it is done."""

    until: datetime | None
    days: int | None

    @property
    def words(self) -> str:
        """As a list shows it."""
        if self.days is None:
            return ""
        if self.days < 0:
            return f"{-self.days} day{'s' if self.days < -1 else ''} overdue"
        return "today" if self.days == 0 else f"{self.days} day{'s' if self.days > 1 else ''} left"

    @property
    def state(self) -> str:
        """Of the pill: late, soon, in time."""
        if self.days is None or self.days > 7:
            return "plain"
        return "bad" if self.days < 0 else "wait"


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a list."""

    case: Case
    answer: Clock
    handled: str


@dataclass(frozen=True, slots=True)
class Who:
    """A person of a case as its page shows them."""

    row: CasePerson
    known: Known | None
    held: bool
    restricted: bool


@dataclass(frozen=True, slots=True)
class Done:
    """A step of the timeline."""

    step: CaseStep
    who: str

    @property
    def what(self) -> str:
        """The verb in words; what other rooms did stands for itself."""
        return VERBS.get(self.step.verb) or self.step.verb.replace("_", " ").capitalize()

    @property
    def facts(self) -> str:
        """Numbers and codes, as they are on record."""
        found = self.step.facts.items()
        return ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in found if value not in ("", []))


class Doers:
    """Names of operators among the actors of a page, in one query."""

    def __init__(self, actors: Iterable[str]) -> None:
        found = {actor.removeprefix("operator:") for actor in actors if actor.startswith("operator:")}
        ids = {UUID(one) for one in found if _is_uuid(one)}
        self._names = {one.actor: one.name for one in Operator.objects.filter(pk__in=ids)}

    def name(self, actor: str) -> str:
        """The name, or the actor as it is recorded."""
        usual = {"system": "Sallyport", "applicant": "Who asked"}
        return self._names.get(actor) or usual.get(actor, actor.replace(":", " "))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def wanted(state: str = "", kind: str = "", number: int | None = None) -> QuerySet[Case]:
    """Running ones unless another state is asked for; the soonest due first."""
    found = Case.objects.select_related("applicant")
    if number:
        return found.filter(number=number)
    if kind:
        found = found.filter(kind=kind)
    if state == "all":
        return found.order_by("-number")
    if state:
        return found.filter(state=state).order_by(F("answer_by").asc(nulls_last=True), "number")
    running = found.exclude(state__in=[*OVER, CaseState.UNCONFIRMED])
    return running.order_by(F("answered_at").asc(nulls_first=True), "answer_by", "number")


def clock(case: Case, until: datetime | None, done: datetime | None) -> Clock:
    """How a clock of a case stands."""
    if until is None or done is not None or case.over:
        return Clock(until, None)
    _, where = clock_of(case.profile)
    return Clock(until, days_left(until, timezone.now(), where))


def lines(cases: list[Case]) -> list[Line]:
    """For a page of the list: the calendar and the operators' names are read once."""
    doers = Doers(case.handled_by for case in cases)
    _, where = clock_of("none")
    now = timezone.now()

    def left(case: Case) -> Clock:
        if case.answer_by is None or case.answered_at or case.over:
            return Clock(case.answer_by, None)
        return Clock(case.answer_by, days_left(case.answer_by, now, where))

    return [Line(case, left(case), doers.name(case.handled_by) if case.handled_by else "") for case in cases]


def people_of(case: Case) -> list[Who]:
    """Whom it is about, with what spares their data."""
    found = persons.on(case)
    subjects = {row.subject_id for row, _ in found}
    under = held(subjects)
    left_alone = restricted(subjects)
    return [Who(row, one, row.subject_id in under, row.subject_id in left_alone) for row, one in found]


def timeline(case: Case) -> list[Done]:
    """All that was done, the newest first."""
    steps = list(case.steps.select_related("case").order_by("-at", "-id"))
    doers = Doers(step.by for step in steps)
    return [Done(step, doers.name(step.by)) for step in steps]
