"""What was decided without network, in the console: marked, in its true order, with the age of the list."""

import re
import time

import pytest

from access.models import AccessEvent
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
    return cut_off(world)


def shown(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'<td><a href="/events/(\d+)/"', html)]


def test_events_stand_in_the_order_in_which_they_happened(away: CutOff, signed_in: SignIn) -> None:
    """The reader that was cut off hands in after another has told of later events."""
    now = int(time.time() * 1000)
    for minutes in (30, 20, 10):
        away.present("no code", at_ms=now - 60_000 * minutes)
    away.hand_in(away.entries[:1])
    first = AccessEvent.objects.get()
    online = AccessEvent.objects.get()
    online.pk, online.counter, online.offline, online.batch_index = None, 99, False, 77
    online.at = first.at.fromtimestamp(now / 1000 - 15 * 60, tz=first.at.tzinfo)
    online.save(force_insert=True)
    away.hand_in(away.entries[1:])
    html = page(signed_in("bob"), "/events/")
    counters = [AccessEvent.objects.get(pk=pk).counter for pk in shown(html)]
    assert counters == [3, 99, 2, 1]
    assert text_of(html).count("Offline") == 3
    further = page(signed_in("bob"), f"/events/?before={online.pk}")
    assert [AccessEvent.objects.get(pk=pk).counter for pk in shown(further)] == [2, 1]
    assert len(shown(page(signed_in("bob"), "/events/?reason=malformed"))) == 4


def test_an_event_says_how_old_the_list_was(away: CutOff, signed_in: SignIn) -> None:
    told = away.present(away.world.code())
    made = away.judge().bundle.at_ms // 1000
    assert f",{made}," in told.facts or f",{made - 1}," in told.facts
    away.present("no code")
    away.hand_in()
    granted, refused = AccessEvent.objects.order_by("counter")
    said = text_of(page(signed_in("bob"), f"/events/{granted.pk}/"))
    assert "Offline" in said
    assert re.search(r"Without network The reader decided alone, by a list that was .* old\.", said)
    said = text_of(page(signed_in("bob"), f"/events/{refused.pk}/"))
    assert "before it had to look at its list" in said


@pytest.mark.parametrize(
    ("age", "words"),
    [(0, "less than a second"), (1, "1 second"), (90, "1 minute"), (7_200, "2 hours"), (200_000, "2 days")],
)
def test_the_age_of_a_list_in_words(age: int, words: str) -> None:
    from pages.happened import offline_text

    event = AccessEvent(offline=True)
    facts = {"now": 1_000_000, "offline": ["code", 3600, 1_000_000 - age]}
    assert offline_text(event, facts) == f"The reader decided alone, by a list that was {words} old"
    assert offline_text(AccessEvent(offline=False), facts) == ""


def test_what_was_kept_apart_is_shown_with_its_reason(away: CutOff, signed_in: SignIn) -> None:
    said = text_of(page(signed_in("bob"), "/events/quarantine/"))
    assert "Nothing was kept apart" in said
    away.present(away.world.code(), facts="{}")
    away.present("\0\ud800", at_ms=1)
    away.hand_in()
    said = text_of(page(signed_in("rita"), "/events/quarantine/"))
    assert "What it says it was decided on does not fit" in said
    assert "Its time cannot be" in said
    assert "Says granted" in said
    assert "Dora" in said
    assert "What was kept apart" in text_of(page(signed_in("alice"), "/alarms/"))


def test_the_live_feed_tells_of_a_hand_in(away: CutOff, signed_in: SignIn) -> None:
    now = int(time.time() * 1000)
    away.present("no code", at_ms=now)
    away.hand_in()
    newest = AccessEvent.objects.get().pk
    away.present("no code", at_ms=now - 600_000)
    away.hand_in()
    html = page(signed_in("bob"), f"/console/feed/?after={newest}")
    assert "offline" in html
    assert len(re.findall("data-event", html)) == 1
    assert re.findall(r'data-event="(\d+)"', page(signed_in("bob"), "/"))[0] == str(newest + 1)
