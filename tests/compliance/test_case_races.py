"""Two officers on one case at once, and one confirmation pressed twice; a control shows the race unlocked."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

from django.db import connections, transaction

from compliance.models import Case, CaseKind, Via
from compliance.refusals import Refused
from compliance.services import deciding, identity
from compliance.services.cases import Told, hold_case, open_case
from tenants.context import CompanyRef, enter
from tests.compliance.build import CAROL, ready, somebody

WAIT = 20
OFFICERS = ("operator:carol", "operator:olga")


def at_once(company: CompanyRef, deeds: list[Callable[[], None]]) -> list[str]:
    """What becomes of deeds that begin together, sorted."""
    together = threading.Barrier(len(deeds))

    def run(deed: Callable[[], None]) -> str:
        try:
            with enter(company):
                together.wait(WAIT)
                deed()
                return "done"
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return sorted(pool.map(run, deeds))


def both_extend(company: CompanyRef, hold: Callable[[UUID, int | None], Case]) -> list[str]:
    """Each has seen the same page and extends; between looking and writing a moment goes by."""
    with enter(company):
        ready()
        told = Told("Henri", "henri@acme.example")
        case = open_case(kind=CaseKind.ACCESS, via=Via.OFFICER, persons=[], told=told, by=CAROL)
    seen, pause = case.version, threading.Event()

    def extend(by: str) -> None:
        with transaction.atomic():
            held = hold(case.pk, seen)
            pause.wait(0.7)
            deciding.extend(held, reason="Much to do.", by=by)

    return at_once(company, [partial(extend, by) for by in OFFICERS])


def test_the_second_of_two_officers_is_told(own_company: CompanyRef) -> None:
    assert both_extend(own_company, hold_case) == ["case_changed", "done"]
    with enter(own_company):
        assert Case.objects.get().steps.filter(verb="extended").count() == 1


def test_control_without_the_lock_both_decide(own_company: CompanyRef) -> None:
    def unlocked(pk: UUID, version: int | None) -> Case:
        case = Case.objects.get(pk=pk)
        assert case.version == version
        return case

    assert both_extend(own_company, unlocked) == ["done", "done"]
    with enter(own_company):
        assert Case.objects.get().steps.filter(verb="extended").count() == 2


def test_a_link_is_pressed_twice_at_once(own_company: CompanyRef) -> None:
    with enter(own_company):
        ready()
        henri = somebody()
        told = Told("Henri", henri.email)
        identity.ask_publicly(kind=CaseKind.ACCESS, told=told, place="192.0.2.10")
        token = identity.token_of(Case.objects.get())

    def press() -> None:
        identity.confirm(token=token)

    assert at_once(own_company, [press, press]) == ["done", "link_void"]
    with enter(own_company):
        assert Case.objects.get().steps.filter(verb="confirmed").count() == 1
