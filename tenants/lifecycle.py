"""The life of a company as a registry of named steps, filled by the apps above.

A step runs at most once per company and event: its record is written in the step's own transaction, so a run
that was cut goes on where it stopped. Steps run inside the company.

At sign-up all steps of "created" run in the one transaction that makes the company, with the facts `name`,
`owner_name`, `owner_email`, `password`, `language`; a step added in a later release is caught up by
`manage.py migrate_companies` with no facts.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from tenants import context
from tenants.models import Company, StepDone
from tenants.refs import CompanyRef

StepFunction = Callable[[CompanyRef, Mapping[str, Any]], None]
NO_FACTS: Final[Mapping[str, Any]] = {}
_LOCK_CLASS: Final = 8


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what runs, when, and whether it can only run with what was entered at sign-up."""

    event: str
    name: str
    order: int
    run: StepFunction
    needs_facts: bool = False


_steps: dict[tuple[str, str], Step] = {}


def step(
    event: str, name: str, order: int, *, needs_facts: bool = False
) -> Callable[[StepFunction], StepFunction]:
    """Register `fn(company, facts)` for an event (created, suspended, resumed, closed), by order then name.

    Database work of the step must be on the default connection or safe to repeat. `needs_facts` marks steps
    that cannot be caught up later, such as the first operator.
    """

    def register(fn: StepFunction) -> StepFunction:
        known = _steps.get((event, name))
        if known and known.run is not fn and known.run.__qualname__ != fn.__qualname__:
            raise RuntimeError(f"two steps are called {event}/{name}")
        _steps[(event, name)] = Step(event, name, order, fn, needs_facts)
        return fn

    return register


def steps_of(event: str) -> list[Step]:
    """The steps of an event in the order in which they run."""
    return sorted((s for s in _steps.values() if s.event == event), key=lambda s: (s.order, s.name))


def pending(company: Company, event: str) -> list[Step]:
    """The steps that have not run for this company."""
    done = set(StepDone.objects.filter(company=company, event=event).values_list("name", flat=True))
    return [s for s in steps_of(event) if s.name not in done]


def run(company: Company, event: str, facts: Mapping[str, Any] = NO_FACTS) -> list[str]:
    """Run what has not run yet; returns the names. A failing step stops the run and can be resumed."""
    ran = []
    for todo in pending(company, event):
        if todo.needs_facts and not facts:
            continue
        if _run_one(company, todo, facts):
            ran.append(todo.name)
    return ran


def _run_one(company: Company, todo: Step, facts: Mapping[str, Any]) -> bool:
    ref = company.ref()
    with transaction.atomic():
        # Two processes resuming the same company: the second waits, then sees the record and does nothing.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, company.id])
        if StepDone.objects.filter(company=company, event=todo.event, name=todo.name).exists():
            return False
        with context.enter(ref):
            todo.run(ref, facts)
        StepDone.objects.create(company=company, event=todo.event, name=todo.name)
    return True


def again(company: Company, event: str) -> None:
    """Forget that the steps of a repeatable event ran, before it happens anew (suspended, resumed)."""
    StepDone.objects.filter(company=company, event=event).delete()


def unfinished(event: str = "created") -> list[Company]:
    """Companies with steps of the event left that can be caught up: two queries, however many there are."""
    wanted = {s.name for s in steps_of(event) if not s.needs_facts}
    done: dict[int, set[str]] = defaultdict(set)
    for company_id, name in StepDone.objects.filter(event=event).values_list("company_id", "name"):
        done[company_id].add(name)
    companies = Company.objects.prefetch_related("domains")
    return [company for company in companies if wanted - done[company.id]]
