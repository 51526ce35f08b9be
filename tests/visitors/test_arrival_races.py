"""Two kiosks at once: one visit has one arrival, one kiosk has one, one address makes one visitor."""

import threading
import zoneinfo
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connections

from credentials.models import Holder, HolderKind
from ledger.models import LedgerEntry, Outbox
from tenants.context import CompanyRef, enter
from tests.visitors.build import Reception, reception
from tests.visitors.kiosk import Tablet
from visitors.models import Arrival, Kiosk, Visit, VisitState, Way
from visitors.refusals import Refused
from visitors.services import arrivals, ways
from visitors.services.codes import code_of

AT_ONCE = 6


@pytest.fixture
def place(own_company: CompanyRef) -> "Place":
    with enter(own_company):
        desk = reception()
        kiosks = [Tablet.paired(desk.place.site, f"Kiosk {number}").kiosk for number in range(AT_ONCE)]
    return own_company, desk, kiosks


def together(company: CompanyRef, deeds: list[Callable[[], str]]) -> list[str]:
    """What each answers when all are done at once."""
    barrier = threading.Barrier(len(deeds))

    def one(deed: Callable[[], str]) -> str:
        try:
            with enter(company):
                barrier.wait()
                try:
                    return deed()
                except Refused as refused:
                    return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return sorted(pool.map(one, deeds))


Place = tuple[CompanyRef, Reception, list[Kiosk]]


def test_one_code_at_many_kiosks(place: Place) -> None:
    company, desk, kiosks = place
    with enter(company):
        visit = desk.visit()
        code = code_of(visit)

    def at(kiosk: Kiosk) -> Callable[[], str]:
        return lambda: arrivals.begin_with_code(kiosk=kiosk, language="en", code=code).course.stage.value

    # Five at most: so many tries has a code.
    assert set(together(company, [at(kiosk) for kiosk in kiosks[:5]])) == {"steps"}
    with enter(company):
        assert Arrival.objects.filter(visit=visit, ended_at=None).count() == 1
        assert Arrival.objects.filter(visit=visit, outcome="elsewhere").count() == 4
        assert LedgerEntry.objects.filter(verb="visit_admitted").count() == 1
        visit.refresh_from_db()
        assert (visit.state, visit.grants.count()) == (VisitState.ON_SITE, 1)


def test_one_name_at_many_kiosks(place: Place) -> None:
    company, desk, kiosks = place
    with enter(company):
        visit = desk.visit()
        day = visit.begins.astimezone(zoneinfo.ZoneInfo(desk.place.site.time_zone)).date()

    def at(kiosk: Kiosk) -> Callable[[], str]:
        return lambda: (
            arrivals.begin_by_name(
                kiosk=kiosk, language="en", name="Vera Visitor", day=day
            ).course.stage.value
        )

    assert set(together(company, [at(kiosk) for kiosk in kiosks])) == {"waiting"}
    with enter(company):
        named = list(Outbox.objects.filter(topic=arrivals.NAMED))
        assert not Arrival.objects.exclude(visit=None).exists()  # no kiosk waited for what follows

    def follow(pk: UUID) -> Callable[[], str]:
        return lambda: str(arrivals.follow_name(arrival=pk, visit=visit.pk))

    together(company, [follow(UUID(one.data["arrival"])) for one in named])
    with enter(company):
        assert Arrival.objects.filter(visit=visit).count() == 1
        assert LedgerEntry.objects.filter(verb="visit_arrived").count() == 1


def test_one_kiosk_is_touched_twice(place: Place) -> None:
    company, desk, kiosks = place
    with enter(company):
        code = code_of(desk.visit())

    def begin() -> str:
        return arrivals.begin_with_code(kiosk=kiosks[0], language="en", code=code).course.stage.value

    answers = together(company, [begin] * 4)
    assert set(answers) <= {"steps", "kiosk_busy"}
    assert "steps" in answers
    with enter(company):
        assert Arrival.objects.filter(ended_at=None).count() == 1


def walk_ins(desk: Reception, kiosks: list[Kiosk]) -> list[Callable[[], str]]:
    told = arrivals.Told(desk.type.pk, desk.host.pk, "Wanda Walker", "wanda@away.example")

    def at(kiosk: Kiosk) -> Callable[[], str]:
        return lambda: arrivals.begin_walk_in(kiosk=kiosk, language="en", told=told).course.stage.value

    return [at(kiosk) for kiosk in kiosks]


def test_one_address_at_many_kiosks(place: Place) -> None:
    """The first one has it, the others are people without an address: nobody shares a visitor."""
    company, desk, kiosks = place
    assert set(together(company, walk_ins(desk, kiosks))) == {"waiting"}
    with enter(company):
        visitors = Holder.objects.filter(kind=HolderKind.VISITOR)
        assert visitors.count() == Visit.objects.count() == AT_ONCE
        assert sorted(one.email for one in visitors) == [*([""] * (AT_ONCE - 1)), "wanda@away.example"]


def test_without_its_lock_they_share_one(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    company, desk, kiosks = place
    gate = threading.Barrier(AT_ONCE)
    present = arrivals._present

    def late(email: str) -> object:
        found = present(email).exists()
        gate.wait()
        return type("Rows", (), {"exists": staticmethod(lambda: found)})

    monkeypatch.setattr(arrivals, "_one_at_a_time", lambda email: None)
    monkeypatch.setattr(arrivals, "_waiting_already", lambda kiosk, told: None)
    monkeypatch.setattr(arrivals, "_present", late)
    together(company, walk_ins(desk, kiosks))
    with enter(company):
        assert Holder.objects.filter(kind=HolderKind.VISITOR).count() < AT_ONCE


def test_a_way_is_chosen_twice_at_once(place: Place) -> None:
    company, desk, kiosks = place
    with enter(company):
        visit = desk.visit()
    with enter(company):
        standing = arrivals.begin_with_code(kiosk=kiosks[0], language="en", code=code_of(visit))
    arrival = standing.arrival.pk

    def choose() -> str:
        chosen = ways.take_way(kiosk=kiosks[0], arrival=arrival, way=Way.DAY_PASS)
        return "made" if chosen.issued else "none"

    assert together(company, [choose] * 4) == ["made"] * 4
    with enter(company):
        visit.refresh_from_db()
        assert visit.day_pass is not None
        live = visit.holder.day_passes.filter(state="ACTIVE")
        assert [one.pk for one in live] == [visit.day_pass_id]
