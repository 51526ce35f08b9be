"""Breaches: written down, judged, told, closed; every step stays (GDPR Art. 33(5))."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from compliance.breach_law import law_of
from compliance.models import Breach, BreachState, BreachStep, PersonsGround, Risk
from compliance.refusals import Refused
from compliance.selectors import compliance_policy
from ledger import services as ledger

WORDS: Final = frozenset(
    {"what", "nature", "consequences", "measures", "contact", "late", "no_risk", "ground", "message"}
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known and decided of a breach, the whole of it each time."""

    words: Mapping[str, str]
    persons: int | None = None
    records: int | None = None
    risk: Risk | None = None
    ground: PersonsGround | None = None


@transaction.atomic
def open_breach(*, what: str, aware_at: datetime, by: str) -> Breach:
    """Write a breach down; its clock began at `aware_at`. Raises Refused: in_the_future, nothing_said."""
    now = timezone.now()
    if aware_at > now:
        raise Refused("in_the_future", "Nobody can have known of it later than now.")
    if not what.strip():
        raise Refused("nothing_said", "Say what happened.")
    breach = Breach(
        number=ledger.next_handle("breach"),
        profile=compliance_policy().profile or "gdpr",
        aware_at=aware_at,
        opened_at=now,
        opened_by=by,
    )
    breach.write({"what": what.strip()})
    breach.save(force_insert=True)
    _step(breach, "opened", by=by, aware_at=aware_at.isoformat(), profile=breach.profile)
    return breach


@transaction.atomic
def write_findings(*, pk: UUID, version: int, found: Findings, by: str) -> Breach:
    """Write what is known and decided now. Raises Refused: breach_changed, breach_closed, risk_no_reason."""
    if unknown := found.words.keys() - WORDS:
        raise TypeError(f"a breach has no words named {sorted(unknown)}")
    breach = _hold(pk, version)
    words = breach.words | {name: said.strip() for name, said in found.words.items()}
    if found.risk is Risk.UNLIKELY and not words.get("no_risk"):
        raise Refused("risk_no_reason", "Say why a risk to people is unlikely.")
    before = (breach.words, breach.persons, breach.records, breach.risk, breach.ground)
    breach.write(words)
    breach.persons, breach.records = found.persons, found.records
    breach.risk, breach.ground = found.risk or "", found.ground or ""
    if before == (words, breach.persons, breach.records, breach.risk, breach.ground):
        return breach
    _save(breach)
    changed = sorted(name for name, said in words.items() if before[0].get(name, "") != said)
    facts: dict[str, Any] = {"fields": changed, "persons": breach.persons, "records": breach.records}
    _step(breach, "findings", by=by, **facts, risk=str(breach.risk), ground=str(breach.ground))
    return breach


@transaction.atomic
def told_authority(*, pk: UUID, version: int, at: datetime, note: str, by: str) -> Breach:
    """The authority was told at that time. Raises Refused: late_without_reasons, not_then, told_already."""
    breach = _hold(pk, version)
    if breach.authority_told_at:
        raise Refused("told_already", "That the authority was told is written down already.")
    _check_time(breach, at)
    due = law_of(breach.profile).authority.due(breach.aware_at)
    late = due is not None and at > due
    if late and not breach.words.get("late"):
        raise Refused("late_without_reasons", "It is late: write the reasons for the delay first.")
    breach.authority_told_at = at
    _save(breach)
    _step(breach, "authority_told", by=by, note=note, told_at=at.isoformat(), late=late)
    return breach


@transaction.atomic
def told_persons(*, pk: UUID, version: int, at: datetime, note: str, by: str) -> Breach:
    """People were told. Raises Refused: not_decided, not_then, told_already."""
    breach = _hold(pk, version)
    if breach.persons_told_at:
        raise Refused("told_already", "That people were told is written down already.")
    if breach.ground not in {PersonsGround.TELL, PersonsGround.PUBLIC}:
        raise Refused("not_decided", "Decide first that people are told.")
    _check_time(breach, at)
    due = law_of(breach.profile).persons.due(breach.aware_at)
    breach.persons_told_at = at
    _save(breach)
    late = due is not None and at > due
    _step(breach, "persons_told", by=by, note=note, told_at=at.isoformat(), late=late)
    return breach


@transaction.atomic
def add_note(*, pk: UUID, note: str, by: str) -> Breach:
    """A step in the officer's words, also after closing. Raises Refused: nothing_said."""
    if not note.strip():
        raise Refused("nothing_said", "Write the note first.")
    breach = _locked(pk)
    _step(breach, "note", by=by, note=note.strip())
    return breach


@transaction.atomic
def looked(*, pk: UUID, verb: str, by: str, **facts: Any) -> None:
    """That it was asked whose data lay where, with what came of it; handles and numbers only."""
    _step(_locked(pk), verb, by=by, **facts)


@transaction.atomic
def close_breach(*, pk: UUID, version: int, by: str) -> Breach:
    """Nothing more is to be done. Raises Refused with the code of what is missing first."""
    breach = _hold(pk, version)
    if missing := missing_of(breach):
        code, text = missing[0]
        raise Refused(code, text)
    breach.state, breach.closed_at = BreachState.CLOSED, timezone.now()
    _save(breach)
    _step(breach, "closed", by=by)
    return breach


def missing_of(breach: Breach) -> list[tuple[str, str]]:
    """Codes and words of what has to be done before it can be closed."""
    words = breach.words
    found = []
    if not breach.risk:
        found.append(("risk_undecided", "Decide what it means for people."))
    if breach.risk and breach.risk != Risk.UNLIKELY:
        if not breach.authority_told_at:
            found.append(("authority_not_told", "Tell the authority."))
        found += [
            (f"no_{name}", text)
            for name, text in (
                ("nature", "Describe its nature (Art. 33(3)(a))."),
                ("consequences", "Describe the likely consequences (Art. 33(3)(c))."),
                ("measures", "Describe the measures (Art. 33(3)(d))."),
            )
            if not words.get(name)
        ]
        if not breach.ground:
            found.append(("persons_undecided", "Decide whether people are told (Art. 34)."))
    if breach.risk == Risk.HIGH and breach.ground == PersonsGround.NOT_HIGH:
        found.append(("persons_contradict", "The risk is high: people are told, or one of Art. 34(3) holds."))
    if breach.ground and breach.ground != PersonsGround.TELL and not words.get("ground"):
        found.append(("ground_no_reason", "Say why people are not told each (Art. 34(3))."))
    if breach.ground in {PersonsGround.TELL, PersonsGround.PUBLIC} and not breach.persons_told_at:
        found.append(("persons_not_told", "Tell the people concerned."))
    return found


def _check_time(breach: Breach, at: datetime) -> None:
    if not breach.aware_at <= at <= timezone.now():
        raise Refused("not_then", "That is before the company knew of it, or later than now.")


def _locked(pk: UUID) -> Breach:
    breach = Breach.objects.select_for_update().filter(pk=pk).first()
    if breach is None:
        raise Http404
    return breach


def _hold(pk: UUID, version: int) -> Breach:
    """The row, locked, as the officer saw it."""
    breach = _locked(pk)
    if breach.state == BreachState.CLOSED:
        raise Refused("breach_closed", "It is closed.")
    if breach.version != version:
        text = "Somebody else has changed it since you looked. Look at it again."
        raise Refused("breach_changed", text, retry=True)
    return breach


def _save(breach: Breach) -> None:
    breach.version += 1
    breach.save()


def _step(breach: Breach, verb: str, *, by: str, note: str = "", **facts: Any) -> None:
    BreachStep.made(breach, verb, note, by=by, at=timezone.now(), facts=facts).save(force_insert=True)
    ledger.record(actor=by, verb=f"breach_{verb}", subject_kind="breach", handle=breach.number, data=facts)
