"""A breach: its clock, its steps in words, the draft of what the authority is told (GDPR Art. 33(3))."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from compliance.breach_law import Clock, law_of
from compliance.models import Breach, BreachState, BreachStep, PersonsGround, Risk
from compliance.papers.paper import Grid, Paper, Section
from compliance.papers.processing import particulars
from compliance.selectors import compliance_policy
from operators.models import Operator
from tenants.context import current

STEPS: Final = {
    "opened": "Written down",
    "findings": "Findings and decisions written",
    "authority_told": "The authority was told",
    "persons_told": "People were told",
    "whose": "Asked whose data it was",
    "whose_exported": "The list of people was taken along",
    "note": "Note",
    "closed": "Closed",
}
SOON: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock as it stands: `state` and `short` are a pill's, `words` say how long is left."""

    clock: Clock
    due: datetime | None
    state: str
    short: str
    words: str = ""


def clock_lines(breach: Breach, now: datetime | None = None) -> list[ClockLine]:
    """Both clocks of its jurisdiction."""
    law, moment = law_of(breach.profile), now or timezone.now()
    done = {law.authority: breach.authority_told_at, law.persons: breach.persons_told_at}
    needed = {law.authority: breach.risk != Risk.UNLIKELY, law.persons: _persons_due(breach)}
    return [_clock(breach, one, done[one], needed=needed[one], now=moment) for one in law.clocks]


def _persons_due(breach: Breach) -> bool:
    return breach.ground in {"", PersonsGround.TELL, PersonsGround.PUBLIC} and breach.risk != Risk.UNLIKELY


def _clock(breach: Breach, clock: Clock, told: datetime | None, *, needed: bool, now: datetime) -> ClockLine:
    due = clock.due(breach.aware_at)
    if told is not None:
        late = due is not None and told > due
        words = f"after {span(told - breach.aware_at)}"
        return ClockLine(clock, due, "DENIED" if late else "ACTIVE", "Told late" if late else "Told", words)
    if not needed:
        return ClockLine(clock, due, "CLOSED", "Need not be told")
    if breach.state == BreachState.CLOSED:
        return ClockLine(clock, due, "CLOSED", "Not told")
    if due is None:
        known = span(now - breach.aware_at)
        return ClockLine(clock, due, "AWAITING", "Open", f"known for {known}; the law names no figure")
    if now > due:
        return ClockLine(clock, due, "DENIED", "Late", f"by {span(now - due)}; reasons are needed")
    soon = due - now < SOON
    return ClockLine(
        clock, due, "OPEN" if soon else "AWAITING", "Soon" if soon else "Runs", f"{span(due - now)} left"
    )


def span(length: timedelta) -> str:
    """`41 h 12 min`; days from four on."""
    minutes = max(0, int(length.total_seconds()) // 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 96:
        return f"{hours // 24} days {hours % 24} h"
    return f"{hours} h {rest:02} min"


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in words."""

    at: datetime
    by: str
    title: str
    facts: str
    note: str


def step_lines(breach: Breach) -> list[StepLine]:
    """All steps, the newest first."""
    steps = list(breach.steps.order_by("-at", "-id"))
    names = _names(step.by for step in steps)
    return [
        StepLine(
            step.at, names.get(step.by, step.by), STEPS.get(step.verb, step.verb), _facts(step), step.note
        )
        for step in steps
    ]


def _facts(step: BreachStep) -> str:
    told: dict[str, Any] = step.facts
    if "sha256" in told:
        days = f"{told['begins'][:10]} to {told['ends'][:10]}"
        return f"{told['persons']} people, {told['records']} records; {days}; list {told['sha256'][:12]}"
    if "told_at" in told:
        return f"at {told['told_at'][:16].replace('T', ' ')} UTC" + (", late" if told.get("late") else "")
    if told.get("fields"):
        return "written: " + ", ".join(told["fields"])
    return ""


def _names(actors: Iterable[str]) -> dict[str, str]:
    ids = []
    for actor in set(actors):
        kind, _, rest = actor.partition(":")
        try:
            ids += [UUID(rest)] if kind == "operator" else []
        except ValueError:
            continue
    return {row.actor: row.name for row in Operator.objects.filter(pk__in=ids)}


def notification(breach: Breach) -> Paper:
    """What the authority is told, as far as it is known: the rest follows in phases (Art. 33(4))."""
    words = breach.words
    contact = words.get("contact") or particulars().officer or compliance_policy().contact
    return Paper(
        key=f"breach-{breach.number}",
        title=f"Notification of a personal data breach: {breach.number}",
        company=current().name,
        made_at=timezone.now(),
        lead="A draft. What is not known yet follows without undue further delay (Art. 33(4)).",
        sections=(
            _who_and_when(breach),
            _part("What happened", "Art. 33(3)(a)", words.get("what", "")),
            _nature(breach),
            _part("Contact for more", "Art. 33(3)(b)", contact),
            _part("Likely consequences", "Art. 33(3)(c)", words.get("consequences", "")),
            _part("Measures", "Art. 33(3)(d)", words.get("measures", "")),
            *_delay(breach),
            *_persons(breach),
        ),
    )


def _who_and_when(breach: Breach) -> Section:
    policy, due = compliance_policy(), law_of(breach.profile).authority.due(breach.aware_at)
    rows = [
        ("Responsible company", policy.controller or "none named"),
        ("Where to write to", policy.contact or "none named"),
        ("Known since", _moment(breach.aware_at)),
        ("To be told by", _moment(due) if due else "no figure in the law"),
        ("Told", _moment(breach.authority_told_at) if breach.authority_told_at else "not yet"),
    ]
    return Section("Who notifies, and when", "Art. 33(1)", (), Grid(("", ""), rows))


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _nature(breach: Breach) -> Section:
    said = breach.words.get("nature", "")
    rows = [
        ("People, about", "not known yet" if breach.persons is None else str(breach.persons)),
        ("Records, about", "not known yet" if breach.records is None else str(breach.records)),
    ]
    missing = "" if said else "Describe the kinds of people and records."
    return Section(
        "Nature of the breach", "Art. 33(3)(a)", [said] if said else (), Grid(("", ""), rows), missing
    )


def _delay(breach: Breach) -> list[Section]:
    """Only where it is late."""
    due = law_of(breach.profile).authority.due(breach.aware_at)
    if due is None or (breach.authority_told_at or timezone.now()) <= due:
        return []
    return [_part("Reasons for the delay", "Art. 33(1)", breach.words.get("late", ""))]


def _persons(breach: Breach) -> list[Section]:
    words = breach.words
    decided = PersonsGround(breach.ground).label if breach.ground else "Not decided yet."
    said = [decided, *([words["ground"]] if words.get("ground") else [])]
    found = [Section("Whether people are told", "Art. 34", said)]
    if words.get("message"):
        found.append(Section("What people are told", "Art. 34(2)", [words["message"]]))
    return found


def _part(title: str, cites: str, words: str) -> Section:
    return Section(title, cites, [words] if words else (), None, "" if words else "Not written yet.")
