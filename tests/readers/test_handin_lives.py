"""The company changes how long a code lives while readers are cut off: what they were told counts."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from access.models import AccessEvent, Alarm, Area
from credentials import services as credentials
from credentials.lives import CodeLife
from credentials.selectors import code_lives
from readers.handin.lives import MOST_TRUST, SLACK, Lives
from readers.handin.told import Told
from readers.models import JournalQuarantine
from sallyport.offline import Judge
from sallyport.reasons import Reason
from tenants.refs import CompanyRef
from tests.readers.handing import CutOff, cut_off
from tests.scanning.world import BY, World, lay_world


@pytest.fixture
def world(in_acme: CompanyRef) -> World:
    return lay_world(in_acme)


@pytest.fixture
def away(world: World) -> CutOff:
    return cut_off(world)


def live(seconds: int) -> None:
    credentials.set_code_policy(by=BY, code_life=seconds)


def long_ago(**by: float) -> None:
    """All changes of the life so far were made so much earlier."""
    for row in CodeLife.objects.filter(since__year__gt=1970):
        CodeLife.objects.filter(pk=row.pk).update(since=row.since - timedelta(**by))


def told_with(away: CutOff, code: str, **lies: Any) -> Told:
    """A grant as the reader decided it, its word on the list and the life replaced."""
    at = int(time.time() * 1000)
    honest = away.present(code, at_ms=at)
    facts = json.loads(honest.facts)
    assert honest.granted
    mode, trust, list_at, life = facts["offline"]
    said = {"trust": trust, "list_at": list_at, "life": life} | lies
    facts["offline"] = [mode, said["trust"], said["list_at"], said["life"]]
    if said["life"] is None:
        facts["offline"].pop()
    away.forget()
    text = json.dumps(facts, separators=(",", ":"))
    return away.present(code, at_ms=at, counter=1, granted=True, facts=text, reason=honest.reason)


def test_a_life_lowered_meanwhile_sets_no_honest_grant_apart(away: CutOff) -> None:
    live(60)
    away.present(away.world.code(age=50))
    live(15)
    assert away.results() == ["recorded"]
    assert AccessEvent.objects.get().granted
    assert not Alarm.objects.exists()
    assert not JournalQuarantine.objects.exists()


def test_the_first_change_is_from_the_default(away: CutOff) -> None:
    """Nobody had chosen a life: the one that stood until then is known all the same."""
    away.present(away.world.code(age=25))
    live(15)
    assert away.results() == ["recorded"]
    assert [life for _, life in code_lives()] == [30, 15]


def test_a_refusal_under_the_longer_life_names_its_code(away: CutOff) -> None:
    live(60)
    away.world.level.rules.clear()
    assert away.present(away.world.code(age=50)).reason == "not_allowed_here"
    live(15)
    assert away.results() == ["recorded"]
    assert AccessEvent.objects.get().device == away.world.device.handle


def test_a_longer_life_counts_from_its_own_time_on(away: CutOff) -> None:
    live(15)
    live(60)
    away.present(away.world.code(age=50))
    assert away.results() == ["recorded"]


@pytest.mark.parametrize("life", [45, 59, 61, 3600, 0, -1, True, 60.0, "60", 2**60])
def test_a_life_that_never_was_opens_nothing(away: CutOff, life: Any) -> None:
    live(60)
    told_with(away, away.world.code(age=10), life=life)
    assert away.results() == ["facts_differ"]


def test_a_life_from_before_all_trust_opens_nothing(away: CutOff) -> None:
    """It was in force once; no list that a reader may still go by was made then."""
    live(60)
    live(15)
    long_ago(seconds=MOST_TRUST + SLACK + 10)
    told_with(away, away.world.code(age=5), life=60)
    assert away.results() == ["facts_differ"]


def test_an_age_made_up_for_the_list_reaches_no_further(away: CutOff) -> None:
    live(60)
    live(15)
    long_ago(seconds=MOST_TRUST + SLACK + 10)
    old = int(time.time()) - MOST_TRUST - 3600
    told_with(away, away.world.code(age=5), life=60, list_at=old, trust=10**9)
    assert away.results() == ["facts_differ"]


def test_a_refusal_by_a_list_too_old_is_honest_under_its_own_life(away: CutOff) -> None:
    """A reader that was away for a week refuses by the life of a week ago."""
    live(60)
    live(15)
    long_ago(days=5)
    days = 7 * 86_400
    told = told_with(away, away.world.code(age=5), list_at=int(time.time()) - days)
    facts = json.loads(told.facts)
    facts["offline"][3] = 30
    away.forget()
    away.present(
        told.code,
        at_ms=told.at_ms,
        counter=1,
        granted=False,
        reason=Reason.LIST_TOO_OLD,
        facts=json.dumps(facts, separators=(",", ":")),
    )
    assert away.results() == ["recorded"]


def test_a_list_from_after_the_change_knew_the_new_life(away: CutOff) -> None:
    live(60)
    live(15)
    long_ago(seconds=SLACK + 10)
    told_with(away, away.world.code(age=5), life=60)
    assert away.results() == ["facts_differ"]


def test_a_list_from_before_the_change_did_not(away: CutOff) -> None:
    live(60)
    told = told_with(away, away.world.code(age=50), list_at=int(time.time()) - 3600)
    live(15)
    long_ago(seconds=1800)
    assert away.results() == ["recorded"], told


def test_a_code_older_than_the_life_it_says_opens_nothing(away: CutOff) -> None:
    live(60)
    told = told_with(away, away.world.code(age=50), life=60)
    live(15)
    facts = json.loads(told.facts)
    facts["offline"][3] = 15
    away.forget()
    text = json.dumps(facts, separators=(",", ":"))
    away.present(told.code, at_ms=told.at_ms, counter=1, granted=True, facts=text, reason=told.reason)
    assert away.results() == ["code_not_ours"]


@pytest.mark.parametrize(("age", "result"), [(5, "recorded"), (50, "code_not_ours")])
def test_who_says_no_life_gets_the_shortest(away: CutOff, age: int, result: str) -> None:
    live(60)
    told_with(away, away.world.code(age=age), life=None)
    live(15)
    assert away.results() == [result]


@pytest.mark.parametrize("list_at", ["x", None, True, 1.5, [], 10**30, -(10**30)])
def test_a_list_of_no_time_opens_nothing(away: CutOff, list_at: Any) -> None:
    told_with(away, away.world.code(), list_at=list_at, trust=10**40)
    assert away.results() == ["facts_differ"]


def test_the_reader_says_the_life_of_its_bundle(away: CutOff) -> None:
    live(45)
    told = away.present(away.world.code())
    assert json.loads(told.facts)["offline"][3] == 45
    assert isinstance(away.judge(), Judge)


def test_lives_by_time() -> None:
    lives = Lives(((0, 30), (1000, 60), (2000, 15)))
    found = {
        (0, 999): {30},
        (0, 1000): {30, 60},
        (1001, 1500): {60},
        (1500, 5000): {60, 15},
        (2001, 2001): {15},
        (5000, 0): set(),
    }
    assert {asked: set(lives.between(*asked)) for asked in found} == found
    assert Lives(()).between(0, 10**10) == frozenset()


def test_no_list_is_trusted_longer() -> None:
    assert max(Area.OfflineTrust.values) * 3600 == MOST_TRUST


def test_what_is_the_same_is_no_change(in_acme: CompanyRef) -> None:
    live(30)
    credentials.set_code_policy(by=BY, max_phones=5)
    assert not CodeLife.objects.exists()
    live(40)
    (first, second) = CodeLife.objects.order_by("since")
    assert (first.life, first.since) == (30, datetime(1970, 1, 1, tzinfo=UTC))
    assert second.life == 40
    assert code_lives()[1][0] == int(second.since.timestamp())


def test_a_life_written_past_the_service_counts_from_its_writing_unseen(in_acme: CompanyRef) -> None:
    """By hand in the database: what stands now stands; when it began nobody knows."""
    live(40)
    credentials.set_code_policy(by=BY, max_phones=5).__class__.objects.update(code_life=20)
    assert [life for _, life in code_lives()] == [30, 40, 20]
