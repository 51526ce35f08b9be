"""Two at once on one visit: admitted twice, admitted and called off, admitted and declined."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from access.models import AccessGrant
from credentials.models import Holder
from ledger.models import LedgerEntry
from tenants.context import CompanyRef, enter
from tests.visitors.build import reception
from visitors import services
from visitors.models import Visit, VisitState
from visitors.refusals import Refused
from visitors.services.hosting import admit_as_host, cancel_as_host, decline_as_host

Deed = Callable[..., Visit]


def waiting(company: CompanyRef) -> tuple[Visit, Holder]:
    with enter(company):
        desk = reception()
        return services.arrive(visit=desk.visit(), by="kiosk:1"), desk.host


def at_once(company: CompanyRef, visit: Visit, host: Holder, *deeds: Deed) -> list[str]:
    """What each deed answers when all are done together, each by a connection of its own."""
    barrier = Barrier(len(deeds))

    def one(deed: Deed) -> str:
        try:
            with enter(company):
                barrier.wait(20)
                return deed(visit=visit, host=host).state
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def verbs(visit: Visit) -> list[str]:
    rows = LedgerEntry.objects.filter(subject_kind="visit", handle=visit.handle)
    return sorted(row.verb for row in rows if row.verb not in {"visit_planned", "visit_arrived"})


def test_admitted_twice_is_admitted_once(own_company: CompanyRef) -> None:
    visit, host = waiting(own_company)
    assert set(at_once(own_company, visit, host, *[admit_as_host] * 6)) == {VisitState.ON_SITE}
    with enter(own_company):
        assert verbs(visit) == ["visit_admitted"]
        assert AccessGrant.objects.filter(holder=visit.holder).count() == 1


@pytest.mark.parametrize(
    ("other", "state", "verb"),
    [
        (cancel_as_host, VisitState.CANCELLED, "visit_cancelled"),
        (decline_as_host, VisitState.REFUSED, "visit_refused"),
    ],
)
def test_one_of_two_opposites_holds(own_company: CompanyRef, other: Deed, state: str, verb: str) -> None:
    visit, host = waiting(own_company)
    answers = at_once(own_company, visit, host, admit_as_host, other)
    with enter(own_company):
        row = Visit.objects.get(pk=visit.pk)
        rights = AccessGrant.objects.filter(holder=visit.holder).exists()
        expected = {
            VisitState.ON_SITE.value: (["visit_admitted"], True, [VisitState.ON_SITE, "visit_not_open"]),
            state: ([verb], False, ["visit_not_open", state]),
        }
        assert (verbs(visit), rights, answers) == expected[row.state]
