"""A gap that somebody has put on record: shown in every verification, no finding, and covering nothing."""

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from pytest_django.plugin import DjangoDbBlocker

from ledger.gaps import MOST_REASON, GapRefused, acknowledge_gap
from ledger.models import LedgerEntry
from ledger.verify import Gap, verify
from ledger.verify.counts import Known, parts
from tests.ledger.real import found, ledger_verify, put, real_record, take, undone
from tests.ledger.tamper import sql
from tests.scanning.world import World

EVENTS, DEEDS, PENDING = "access_accessevent", "ledger_ledgerentry", "ledger_pendingbatch"
BY = "operator:7"
WHY = "Restored from the backup of Tuesday"


@pytest.fixture(scope="module")
def recorded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), real_record() as world:
        yield world


@pytest.fixture
def world(recorded: World, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """What waited for the sealer is lost, as after a restore; the readers' next events stand."""
    with django_db_blocker.unblock(), undone(recorded):
        (batch,) = sql(f"SELECT batch FROM {EVENTS} WHERE reader = 2 AND counter = 5")[0]
        take(EVENTS, "batch = %s", batch)
        take(PENDING, "batch = %s", batch)
        yield recorded


def gaps_of(world: World) -> list[Gap]:
    """What is missing and nobody has said anything of."""
    return [one.gap for one in verify(world.company, most=100).findings if one.gap is not None]


def gap_of(world: World) -> Gap:
    """The gap of the second reader."""
    (gap,) = [one for one in gaps_of(world) if one.handle == 2]
    return gap


def test_a_gap_that_is_known_stays_in_sight_and_is_no_finding(world: World) -> None:
    gap = gap_of(world)
    assert (gap.kind, gap.handle) == ("reader", 2)
    acknowledge_gap(gap=gap, reason=f"  {WHY}\n\x1b[2J ", by=BY)
    report = verify(world.company, most=100)
    assert all(one.where != "reader 2" for one in report.findings)
    (known,) = report.acknowledged
    assert (known.where, known.actor) == ("reader 2", BY)
    assert known.reason == f"{WHY} [2J"
    assert known.text == f"events {gap.first} to {gap.last} are missing"


def test_with_nothing_else_the_record_holds(world: World) -> None:
    assert found(world) == {"events_missing"}
    gaps = gaps_of(world)
    for gap in gaps:
        acknowledge_gap(gap=gap, reason=WHY, by=BY)
    holds, said = ledger_verify(world)
    assert holds, said
    assert "the record holds." in said
    assert said.count(f"by {BY}: {WHY}") == len(gaps) > 0


def test_the_deed_is_sealed_like_others(world: World) -> None:
    deed = acknowledge_gap(gap=gap_of(world), reason=WHY, by=BY)
    assert (deed.actor, deed.verb, deed.subject_kind, deed.handle) == (BY, "gap_acknowledged", "reader", 2)
    before = found(world)
    LedgerEntry.objects.filter(pk=deed.pk).update(data={**deed.data, "reason": "Nothing to see"})
    assert found(world) == before | {"row_changed"}


def test_a_deed_put_in_by_hand_is_found(world: World) -> None:
    gap = gap_of(world)
    deed = acknowledge_gap(gap=gap, reason=WHY, by=BY)
    before = found(world) - {"events_missing"}
    (row,) = take(DEEDS, "id = %s", deed.pk)
    sql(f"DELETE FROM {PENDING} WHERE batch = %s", deed.batch)
    assert found(world) == before | {"events_missing"}
    put(DEEDS, {**row, "data": "{}"})
    assert found(world) == before | {"events_missing", "row_inserted"}


@pytest.mark.parametrize(("first", "last"), [(-1, 0), (0, 1), (-1, 1), (1, -1), (-(10**6), 10**6)])
def test_only_what_is_missing_can_be_acknowledged(world: World, first: int, last: int) -> None:
    """Not one number more, none that an event stands under, and no reader that has no gap."""
    gap = gap_of(world)
    wrong = Gap("reader", 2, gap.first + first, gap.last + last)
    for one in (wrong, Gap("reader", 1, gap.first, gap.last), Gap("door", 2, gap.first, gap.last)):
        with pytest.raises(GapRefused, match="gap_differs"):
            acknowledge_gap(gap=one, reason=WHY, by=BY)
    assert not LedgerEntry.objects.filter(verb="gap_acknowledged").exists()


@pytest.mark.parametrize(
    ("reason", "code"),
    [("", "reason_missing"), (" \t\x00", "reason_missing"), ("x" * 201, "reason_too_long")],
)
def test_a_reason_is_asked_for(world: World, reason: str, code: str) -> None:
    with pytest.raises(GapRefused, match=code):
        acknowledge_gap(gap=gap_of(world), reason=reason, by=BY)
    assert MOST_REASON == 200


def test_it_hides_no_other_finding(world: World) -> None:
    """What is removed under a seal is found whatever was acknowledged."""
    acknowledge_gap(gap=gap_of(world), reason=WHY, by=BY)
    before = found(world)
    sql(f"DELETE FROM {EVENTS} WHERE reader = 2 AND counter = 3")
    assert found(world) - before == {"row_removed"}
    assert Gap("reader", 2, 3, 3) in gaps_of(world)


def test_by_hand(world: World) -> None:
    gap = gap_of(world)
    numbers = ["--first", str(gap.first), "--last", str(gap.last)]
    who = ["--company", world.company.subdomain, "--reader", "2"]
    with pytest.raises(CommandError, match="gap_differs"):
        call_command("ledger", "acknowledge", *who, "--first", "1", "--last", "1", "--reason", WHY)
    call_command("ledger", "acknowledge", *who, *numbers, "--reason", WHY)
    holds, said = ledger_verify(world, "--all")
    assert f"  ! reader 2: events {gap.first} to {gap.last} are missing, acknowledged " in said
    assert said.rstrip().endswith(f"by system: {WHY}")
    assert holds is not ("✗" in said)


def known(first: int, last: int, reason: str) -> Known:
    return Known(first, last, reason, BY, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], [(5, 9, None)]),
        ([(5, 9, "a")], [(5, 9, "a")]),
        ([(1, 99, "a")], [(5, 9, "a")]),
        ([(6, 7, "a")], [(5, 5, None), (6, 7, "a"), (8, 9, None)]),
        ([(5, 7, "a"), (6, 9, "b")], [(5, 7, "a"), (8, 9, "b")]),
        ([(6, 6, "b"), (5, 9, "a")], [(5, 5, "a"), (6, 6, "b"), (7, 9, "a")]),
        ([(1, 4, "a"), (10, 12, "b")], [(5, 9, None)]),
        ([(9, 5, "a")], [(5, 9, None)]),
    ],
)
def test_a_gap_in_parts(
    said: list[tuple[int, int, str]], expected: list[tuple[int, int, str | None]]
) -> None:
    cut = parts(Gap("reader", 2, 5, 9), [known(*one) for one in said])
    assert [(one.first, one.last, by and by.reason) for one, by in cut] == expected
