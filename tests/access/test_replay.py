"""The nightly re-run: every decision comes out as it was told, and a planted difference is found."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from access.models import AccessEvent, Alarm
from access.services import replay, replay_decisions
from access.tasks import replay_decisions as task
from ledger.models import LedgerEntry
from tenants.refs import CompanyRef
from tests.fixtures.console import SignIn
from tests.pages.test_console import page, text_of
from tests.readers.handing import CutOff, cut_off
from tests.scanning.world import World, lay_world


@pytest.fixture
def world(in_acme: CompanyRef) -> World:
    return lay_world(in_acme)


@pytest.fixture
def away(world: World) -> CutOff:
    """A reader whose five entries are events: three granted, one refused by the rules, one before them."""
    reader = cut_off(world)
    for _ in range(3):
        reader.present(world.code())
    reader.present("no code")
    reader.mode = "refuse"
    reader.present(world.code())
    assert reader.results() == ["recorded"] * 5
    return reader


def run(**later: Any) -> dict[str, Any]:
    data: dict[str, Any] = replay_decisions(now=timezone.now() + timedelta(**later)).data
    return data


def test_nothing_comes_out_differently(away: CutOff) -> None:
    last = AccessEvent.objects.latest("id").pk
    assert run() == {"events": 5, "different": 0, "which": [], "last": last}
    assert not Alarm.objects.exists()


@pytest.mark.parametrize(
    "planted",
    [
        {"granted": False},
        {"reason": "expired"},
        {"facts": "{}"},
        {"facts": "[" * 5000},
        {"facts": '{"v":1,"now":1,"at":1,"refused":"expired"}'},
    ],
)
def test_a_planted_difference_is_found(away: CutOff, planted: dict[str, Any]) -> None:
    event = AccessEvent.objects.order_by("id")[1]
    AccessEvent.objects.filter(pk=event.pk).update(**planted)
    found = run()
    assert (found["events"], found["different"], found["which"]) == (5, 1, [event.pk])
    deed = LedgerEntry.objects.get(verb=replay.VERB)
    assert (deed.actor, deed.data) == ("system", found)


def test_each_is_run_again_once(away: CutOff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "OVERLAP", 0)
    monkeypatch.setattr(replay, "CHUNK", 2)
    first = run()
    assert first["events"] == 5
    assert run() == {"events": 0, "different": 0, "which": [], "last": first["last"]}
    # Handed in after the night, of the day before yesterday: run again all the same.
    away.mode = "code"
    away.present("no code", at_ms=int(time.time() * 1000) - 600_000)
    away.hand_in(away.entries[5:])
    AccessEvent.objects.filter(pk=AccessEvent.objects.latest("id").pk).update(
        at=timezone.now() - timedelta(days=3)
    )
    assert run()["events"] == 1


def test_what_was_on_its_way_is_run_again(away: CutOff) -> None:
    """An id a little below the mark may have been committed after the last run."""
    run()
    assert run()["events"] == 5


def test_the_first_run_goes_back_a_day_and_a_half(away: CutOff) -> None:
    first = [event.pk for event in AccessEvent.objects.order_by("id")[:2]]
    AccessEvent.objects.filter(pk__in=first).update(offline=False, at=timezone.now() - timedelta(days=3))
    assert run()["events"] == 3


def test_the_record_shows_it(away: CutOff, signed_in: SignIn) -> None:
    assert "Decided again at night Not yet" in text_of(page(signed_in("carol"), "/record/"))
    task()
    assert re_run(signed_in).endswith("5 decisions, no difference")
    event = AccessEvent.objects.earliest("id")
    AccessEvent.objects.filter(pk=event.pk).update(granted=False)
    task()
    html = page(signed_in("carol"), "/record/")
    assert f"1 came out differently: event {event.pk}" in text_of(html)
    assert f'href="/events/{event.pk}/"' in html


def re_run(signed_in: SignIn) -> str:
    said = text_of(page(signed_in("carol"), "/record/"))
    return said.partition("Decided again at night")[2].partition("no difference")[0] + "no difference"


def test_it_runs_every_night() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["access.replay_decisions"]
    assert entry["args"] == ["access.replay_decisions"]
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({2}, {40})
