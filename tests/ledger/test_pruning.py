"""A record from which retention took rows: both verifiers hold to it, and find each tampering still."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import sql as text
from pytest_django.plugin import DjangoDbBlocker

from ledger.models import LedgerEntry, PrunedLeaf, SealedBatch
from ledger.pruning import RecordAltered, prune_rows
from ledger.sealing import seal
from ledger.verify import verify
from ledger.verify.pruned import merged
from tenants import context
from tests.ledger.excerpts import Excerpt, command, judged
from tests.ledger.real import found, put, real_record, take, undone
from tests.ledger.tamper import sql
from tests.scanning.world import World

EVENTS, DEEDS, LEAVES = "access_accessevent", "ledger_ledgerentry", "ledger_prunedleaf"
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def prune_scans(where: str = "true", most: int = 100) -> int:
    """Take sealed scans off the record."""
    return prune_rows("scan", text.SQL(where), {}, before=LATER, most=most)


def prune_deeds() -> int:
    return prune_rows("deed", text.SQL("t.verb = 'door_opened'"), {}, before=LATER)


@pytest.fixture(scope="module")
def recorded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """A record from which some went: readers 1 and 3 whole, an event of reader 2, and deeds."""
    with django_db_blocker.unblock(), real_record() as world:
        assert seal(world.company)
        with context.enter(world.company):
            assert prune_scans("t.reader = 1") > 0
            assert prune_scans("t.reader = 3 OR (t.reader = 2 AND t.counter = 3)") > 0
            assert prune_deeds() == 3
        assert seal(world.company)
        yield world


@pytest.fixture
def world(recorded: World, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), undone(recorded):
        yield recorded


def of_leaf(which: str) -> dict[str, Any]:
    """A stored leaf whose batch has rows left (`partly`), or none (`whole`)."""
    gone = f"SELECT FROM {EVENTS} e WHERE e.batch = p.batch"
    word = "EXISTS" if which == "partly" else "NOT EXISTS"
    (row,) = sql(f"SELECT batch, batch_index FROM {LEAVES} p WHERE {word} ({gone}) LIMIT 1")
    return {"batch": row[0], "batch_index": row[1]}


def test_it_holds(world: World) -> None:
    assert found(world) == set()
    report = verify(world.company)
    assert report.pruned == PrunedLeaf.objects.count() > 10
    assert not report.acknowledged


def test_a_deed_names_what_went(world: World) -> None:
    one, other, deeds = LedgerEntry.objects.filter(verb="record_pruned").order_by("at")
    assert (one.subject_kind, one.actor, one.data["counted"]) == ("scan", "system", "reader")
    assert [(reader, first) for reader, first, _ in one.data["numbers"]] == [(1, 1)]
    assert {reader for reader, _, _ in other.data["numbers"]} >= {2, 3}
    assert (deeds.subject_kind, deeds.data["numbers"], deeds.data["leaves"]) == ("deed", [], [])
    assert deeds.data["positions"]
    assert one.data["leaves"] or other.data["leaves"]  # of batches that went in part


def test_what_is_not_sealed_stays(world: World) -> None:
    with transaction.atomic():
        sql(f"DELETE FROM ledger_sealedbatch WHERE batch IN (SELECT batch FROM {EVENTS})")
        assert prune_scans() == 0


def test_a_few_at_a_time(world: World) -> None:
    count = int(sql(f"SELECT count(*) FROM {EVENTS}")[0][0])
    taken = []
    while went := prune_scans(most=2):
        taken.append(went)
    assert sum(taken) == count
    assert max(taken) == 2
    assert found(world) == set()


def test_a_row_that_was_altered_is_evidence_and_stays(world: World) -> None:
    sql(f"UPDATE {EVENTS} SET granted = NOT granted WHERE reader = 2 AND counter = 2")
    with pytest.raises(RecordAltered):
        prune_scans()
    assert "row_changed" in found(world)


def forge_leaf(reader: int, counter: int) -> None:
    """Drop an event and put its leaf where those of retention are, under a deed that stands."""
    (row,) = take(EVENTS, "reader = %s AND counter = %s", reader, counter)
    (deed,) = sql(f"SELECT deed FROM {LEAVES} LIMIT 1")[0]
    put(LEAVES, {"batch": row["batch"], "batch_index": row["batch_index"], "leaf": row["leaf"], "deed": deed})


def forge_deed(reader: int, counter: int) -> None:
    """The same, and a deed that stands is made to name it."""
    (row,) = sql(f"SELECT batch, leaf FROM {EVENTS} WHERE reader = %s AND counter = %s", reader, counter)
    position = SealedBatch.objects.get(batch=row[0]).position
    deed = LedgerEntry.objects.filter(verb="record_pruned", subject_kind="scan").latest("at")
    data = deed.data | {"positions": [*deed.data["positions"], [position, position]]}
    data["numbers"] = [*data["numbers"], [reader, counter, counter]]
    forge_leaf(reader, counter)
    sql(f"UPDATE {DEEDS} SET data = %s WHERE id = %s", json.dumps(data), deed.pk)


def put_deed(world: World) -> None:
    """A deed of one's own that no batch knows names all there is."""
    last = SealedBatch.objects.latest("position").position
    deed = LedgerEntry.objects.filter(verb="record_pruned", subject_kind="scan").latest("at")
    row = take(DEEDS, "id = %s", deed.pk)[0]
    put(DEEDS, row | {"data": json.dumps(deed.data)})
    data = {"counted": "reader", "numbers": [[2, 1, 99]], "positions": [[1, last]], "leaves": []}
    forge_leaf(2, 2)
    spare = "11111111-1111-4111-8111-111111111111"
    put(DEEDS, row | {"id": spare, "batch": spare, "data": json.dumps(data)})


def newest(world: World) -> int:
    """The last number of reader 2 that stands: nothing comes after it that could show a gap."""
    return int(sql(f"SELECT max(counter) FROM {EVENTS} WHERE reader = 2")[0][0])


def leaf_changed(world: World) -> None:
    which = of_leaf("whole")
    sql(f"UPDATE {LEAVES} SET leaf = %s WHERE batch = %s AND batch_index = %s", b"\x01" * 32, *which.values())


def leaf_dropped(world: World, which: str) -> None:
    sql(f"DELETE FROM {LEAVES} WHERE batch = %s AND batch_index = %s", *of_leaf(which).values())


def deed_dropped(world: World) -> None:
    sql(f"DELETE FROM {DEEDS} WHERE verb = 'record_pruned' AND subject_kind = 'scan'")


TAMPERED: dict[str, tuple[Callable[[World], Any], set[str]]] = {
    "an event dropped with a forged leaf": (lambda w: forge_leaf(2, 2), {"row_removed", "events_missing"}),
    "the newest event dropped with a forged leaf": (lambda w: forge_leaf(2, newest(w)), {"row_removed"}),
    "a deed made to name it": (lambda w: forge_deed(2, newest(w)), {"row_changed"}),
    "a deed put in to name it": (put_deed, {"row_inserted"}),
    "an event dropped": (lambda w: take(EVENTS, "reader = 2 AND counter = 2"), {"events_missing"}),
    "a leaf changed": (leaf_changed, {"batch_changed"}),
    "a leaf dropped, its batch gone": (lambda w: leaf_dropped(w, "whole"), {"rows_removed"}),
    "a leaf dropped, its batch there": (lambda w: leaf_dropped(w, "partly"), {"row_removed"}),
    "the deeds dropped": (deed_dropped, {"row_removed", "rows_removed", "events_missing"}),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_each_tampering_is_found(world: World, what: str) -> None:
    tamper, codes = TAMPERED[what]
    tamper(world)
    assert codes <= found(world)


def test_a_row_beside_its_leaf_is_one_too_many(world: World) -> None:
    """What went is put back: the batch has more than it had."""
    (row,) = take(EVENTS, "reader = 2 AND counter = 2")
    forge_leaf_of = {key: row[key] for key in ("batch", "batch_index", "leaf")}
    put(EVENTS, row)
    (deed,) = sql(f"SELECT deed FROM {LEAVES} LIMIT 1")[0]
    put(LEAVES, forge_leaf_of | {"deed": deed})
    assert "row_removed" in found(world)


# The same in an excerpt, in the hands of the stand-alone verifier


@pytest.fixture(scope="module")
def exported(
    recorded: World, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> tuple[bytes, str]:
    path = tmp_path_factory.mktemp("pruned") / "record.zip"
    with django_db_blocker.unblock():
        anchor = command(recorded, path)
    return path.read_bytes(), anchor


@pytest.fixture
def excerpt(exported: tuple[bytes, str]) -> Excerpt:
    return Excerpt(exported[0])


def gone(excerpt: Excerpt, kind: str = "scan") -> list[dict[str, Any]]:
    return [one for one in excerpt.entries if "pruned" in one and one["kind"] == kind]


def test_an_excerpt_of_it_is_valid(excerpt: Excerpt, exported: tuple[bytes, str], tmp_path: Path) -> None:
    status, said = judged(excerpt.write(tmp_path / "honest"), "--anchor", exported[1])
    assert status == 0, said
    count = len(gone(excerpt)) + len(gone(excerpt, "deed"))
    assert f"note: of {count} entries the hash alone is here" in said
    assert "of reader 2 are not here: deleted when their time was over" in said
    assert set(gone(excerpt)[0]) == {"position", "kind", "leaf", "pruned"}


def keep_no_deed(excerpt: Excerpt) -> None:
    excerpt.lines["pruned"].clear()


def name_more(excerpt: Excerpt) -> None:
    """A deed that stands is made to name an event that stands, which is then dropped."""
    entry = excerpt.event(2)
    deed = excerpt.lines["pruned"][0]["deed"]
    data = json.loads(deed["data"])
    data["leaves"].append(entry["leaf"])
    deed["data"] = json.dumps(data, sort_keys=True, separators=(",", ":"))
    hide(excerpt)


def hide(excerpt: Excerpt) -> None:
    entry = excerpt.event(2)
    told = {name: entry[name] for name in ("position", "kind", "leaf")}
    entry.clear()
    entry.update(told | {"pruned": excerpt.lines["pruned"][0]["deed"]["id"]})


def other_deed(excerpt: Excerpt) -> None:
    """Another deed of the record stands in the place of one that says what went."""
    other = next(one for one in excerpt.entries if one["kind"] == "deed" and "pruned" not in one)
    excerpt.lines["pruned"][0]["deed"] = dict(other)


def other_checkpoint(excerpt: Excerpt) -> None:
    first = excerpt.checkpoints[0]
    excerpt.lines["pruned"][0].update(bytes=first["bytes"], signature=first["signature"])


def unsigned(excerpt: Excerpt) -> None:
    excerpt.lines["pruned"][0]["signature"] = "A" * 88


def leaf_of_another(excerpt: Excerpt) -> None:
    gone(excerpt)[0]["leaf"] = "00" * 32


def no_numbers(excerpt: Excerpt) -> None:
    excerpt.manifest["gaps"] = [one for one in excerpt.manifest["gaps"] if one[3] != "pruned"]


@pytest.mark.parametrize(
    "alter",
    [keep_no_deed, name_more, hide, other_deed, other_checkpoint, unsigned, leaf_of_another, no_numbers],
)
def test_what_was_done_to_an_excerpt_is_found(
    excerpt: Excerpt, tmp_path: Path, alter: Callable[[Excerpt], None]
) -> None:
    alter(excerpt)
    status, said = judged(excerpt.write(tmp_path / "altered"))
    assert (status, said[:9]) == (1, "NOT VALID"), said


def test_runs_are_few() -> None:
    assert merged([(3, 3), (1, 1), (2, 2), (7, 9), (8, 12)]) == [(1, 3), (7, 12)]


def test_a_stored_leaf_is_written_once(world: World) -> None:
    with (
        pytest.raises(IntegrityError, match="written once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {LEAVES}")
