"""Entering an area that keeps watch: not twice, not one too many; and what a reader alone knows of it."""

from dataclasses import replace

import pytest

from sallyport.offline import LetIn
from sallyport.offline.bundle import door_fields
from sallyport.reasons import Reason
from sallyport.rules import Inside, Presentation, SecondFactor, Watch, breaks_passback, decide_again
from sallyport.rules.record import read_door
from tests.core.situations import GOOD, HARD, NEVER, TUESDAY_TEN, Situation, on_paper, shown, with_door

PAPER = on_paper(SecondFactor.GOOD)


def at(passback: str, *, seconds: int = 0, capacity: int | None = None, enters: bool = True) -> Situation:
    return with_door(GOOD, watch=Watch(enters, passback, seconds, capacity))


def told(situation: Situation, since: int | None, count: int = 0, by: Presentation | None = None) -> str:
    """The reason with somebody inside since so many seconds ago; decided again, it is the same."""
    inside = Inside(None if since is None else TUESDAY_TEN - since, count)
    decision = replace(situation, inside=inside, presentation=by or shown()).decided()
    assert decide_again(decision.facts_text) == decision
    return str(decision.reason)


@pytest.mark.parametrize(
    ("passback", "once", "again", "paper"),
    [
        ("off", "granted", "granted", "granted"),
        ("soft", "granted", "granted", "passback"),
        ("hard", "granted", "passback", "passback"),
        ("what nobody knows", "granted", "passback", "passback"),
    ],
)
def test_a_second_entry(passback: str, once: str, again: str, paper: str) -> None:
    area = at(passback)
    assert told(area, None) == once
    assert told(area, 30) == again
    assert told(area, 30, by=PAPER) == paper
    assert told(area, None, by=PAPER) == "granted"


def test_a_second_entry_within_a_time() -> None:
    area = at("timed", seconds=600)
    assert [told(area, ago) for ago in (0, 599, 600, 9000)] == ["passback", "passback", "granted", "granted"]
    assert told(area, 9000, by=PAPER) == "passback"  # as under hard: it waits for nothing but its way out
    assert told(area, -5) == "passback"  # by a clock that was ahead


def test_the_last_place() -> None:
    area = at("off", capacity=3)
    assert [told(area, None, count) for count in (0, 2, 3, 4)] == [
        "granted",
        "granted",
        "area_full",
        "area_full",
    ]
    assert told(area, 30, 3) == "granted"  # is counted already
    assert told(at("soft", capacity=3), 30, 3) == "granted"
    assert told(at("hard", capacity=3), 30, 3) == "passback"
    assert told(at("off", capacity=0), None) == "area_full"


def test_a_way_out_is_never_refused_for_it() -> None:
    assert told(at("hard", capacity=1, enters=False), 30, 9) == "granted"
    assert "inside" not in with_door(GOOD, watch=HARD._replace(enters=False)).decided().facts


def test_an_open_door_counts_nobody_out() -> None:
    standing_open = with_door(at("hard", capacity=1), mode="unlocked_by_schedule", unlock_schedule=None)
    assert told(standing_open, 30, 1) == "passback"  # its hours are over
    hours = GOOD.door.levels[31][0]
    assert told(with_door(standing_open, unlock_schedule=hours), 30, 1) == "granted"
    assert told(with_door(standing_open, unlock_schedule=NEVER), 30, 1) == "passback"


def test_whoever_has_not_looked_decides_nothing() -> None:
    blind = replace(at("hard"), inside=None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="who is inside"):
        blind.decided()


def test_facts_without_a_watch_stay_as_they_were() -> None:
    decision = GOOD.decided()
    assert not {"watch", "inside"} & decision.facts.keys()
    assert "watch" not in door_fields(GOOD.door)


@pytest.mark.parametrize(
    "watch", [[1, "hard", 0, None], [True, 2, 0, None], [True, "hard", "0", None], [True]]
)
def test_a_watch_that_is_none_is_not_read(watch: list[object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_door(door_fields(GOOD.door) | {"watch": watch})


def test_what_breaks_the_rule_softly() -> None:
    soft = Watch(True, "soft", 0, None)
    assert breaks_passback(soft, "live", 100, 90)
    assert not breaks_passback(soft, "live", 100, None)
    assert not breaks_passback(soft._replace(enters=False), "live", 100, 90)
    assert not breaks_passback(soft._replace(passback="off"), "day_pass", 100, 90)


def test_a_reader_alone_knows_whom_it_let_in() -> None:
    known = LetIn()
    facts = with_door(GOOD, watch=HARD).decided().facts_text
    known.note(4, GOOD.decided().facts_text)  # into an area that keeps no watch
    known.note(4, with_door(GOOD, watch=HARD._replace(enters=False)).decided().facts_text)
    assert known.inside(11) == Inside(None, 0)
    known.note(5, facts)
    assert known.inside(11) == Inside(TUESDAY_TEN, 1)
    assert known.inside(12) == Inside(None, 1)
    known.forget(4)
    assert known.inside(11) == Inside(TUESDAY_TEN, 1)
    known.forget(5)
    assert known.inside(11) == Inside(None, 0)


def test_the_reason_has_its_place() -> None:
    full = with_door(at("hard", capacity=0), challenge=True)
    assert told(full, None) == Reason.WRONG_DOOR
    assert told(with_door(at("hard"), assurance=4), 30) == Reason.PASSBACK
