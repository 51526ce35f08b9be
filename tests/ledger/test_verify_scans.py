"""Real events of real scans, altered by somebody who owns the database; `manage.py ledger verify` tells."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from ledger.models import Checkpoint, SealedBatch
from ledger.sealing import checkpoint_bytes
from ledger.verify import verify
from readers.models import CheckpointWitness
from readers.receivers import COLUMNS, leaf_of_event
from sallyport import ledger as core
from sallyport.keys import Ed25519Signer
from tests.ledger.real import columns_of, found, ledger_verify, put, real_record, take, undone
from tests.ledger.tamper import sql
from tests.scanning.world import World

EVENTS, DEEDS = "access_accessevent", "ledger_ledgerentry"
SEALED, PENDING, CHECKPOINTS = "ledger_sealedbatch", "ledger_pendingbatch", "ledger_checkpoint"

# Counters of a gate: 1 and 2 under the first checkpoint, 3 and 4 under the second, 5 and 6 not sealed yet.
GATE = "reader = 2 AND counter = "
BATCH = f"(SELECT batch FROM {EVENTS} WHERE {GATE}3)"
YOUNG = f"(SELECT batch FROM {EVENTS} WHERE {GATE}5)"
DEED = "verb = 'door_opened' AND batch "


@pytest.fixture(scope="module")
def recorded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), real_record() as world:
        yield world


@pytest.fixture
def world(recorded: World, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), undone(recorded):
        yield recorded


def test_the_honest_record_holds(world: World) -> None:
    holds, said = ledger_verify(world)
    assert holds, said
    assert f"{world.company.subdomain}: the record holds.\n  2 checkpoints" in said
    assert "4 not sealed yet" in said
    assert "21 scan rows" in said


# Every column: what it is changed to, and what the verification says. HOLDS marks what is no evidence.
HOLDS = ""
DEEP = "(repeat('[', 2000) || repeat(']', 2000))::jsonb"
CHANGED: dict[str, dict[str, list[tuple[str, str]]]] = {
    EVENTS: {
        # The row's number is given by the database after the leaf was made: an order of display, as docs say.
        "id": [("id + 1000", HOLDS)],
        "reader": [("99", "row_changed")],
        "counter": [("counter + 1000", "row_changed"), ("-counter", "row_changed")],
        "at": [
            ("at + interval '1 millisecond'", "row_changed"),
            ("at + interval '1 microsecond'", "row_changed"),
            ("'infinity'", "row_changed"),
        ],
        "reader_at": [("reader_at - interval '1 millisecond'", "row_changed"), ("'infinity'", "row_changed")],
        "access_point": [("access_point + 1", "row_changed")],
        "credential": [("credential + 1", "row_changed"), ("NULL", "row_changed")],
        "device": [("device + 1", "row_changed"), ("NULL", "row_changed")],
        "profile": [("profile + 1", "row_changed"), ("NULL", "row_changed")],
        "issued": [("issued + 1", "row_changed"), ("NULL", "row_changed")],
        "nonce": [("nonce + 1", "row_changed"), ("NULL", "row_changed")],
        "code_hash": [("sha256('x')", "row_changed"), ("''", "row_changed")],
        "granted": [("NOT granted", "row_changed")],
        "reason": [("'replayed'", "row_changed"), ("'whatever'", "row_changed")],
        "assurance": [("assurance + 1", "row_changed")],
        "policy_epoch": [("policy_epoch + 1", "row_changed")],
        "policy_seq": [("policy_seq - 1", "row_changed")],
        "facts": [("facts || ' '", "row_changed"), ("'{}'", "row_changed")],
        "offline": [("NOT offline", "row_changed")],
        "batch": [("gen_random_uuid()", "row_removed")],
        "batch_index": [("batch_index + 100", "batch_changed")],
        "leaf": [("sha256('x')", "row_changed")],
    },
    DEEDS: {
        "id": [("gen_random_uuid()", "row_changed")],
        "at": [("at + interval '1 millisecond'", "row_changed"), ("'-infinity'", "row_changed")],
        "actor": [("'operator:bob'", "row_changed")],
        "verb": [("'door_closed'", "row_changed")],
        "subject_kind": [("'area'", "row_changed")],
        "handle": [("2", "row_changed"), ("NULL", "row_changed")],
        "data": [
            ("'{}'", "row_changed"),
            ("'[]'", "row_changed"),
            ("'{\"by\": 1.5}'", "row_changed"),
            (DEEP, "row_changed"),
        ],
        "subject": [("gen_random_uuid()", "row_changed")],
        "payload": [("'x'", "row_changed")],
        "batch": [("gen_random_uuid()", "rows_removed")],
        "batch_index": [("1", HOLDS)],
        "leaf": [("sha256('x')", "row_changed")],
    },
    SEALED: {
        "position": [("position + 1000", "batch_removed"), ("-position", "batch_removed")],
        "batch": [("gen_random_uuid()", "rows_removed")],
        "kind": [("'deed'", "rows_removed"), ("'other'", "unknown_kind")],
        "count": [("count - 1", "row_inserted"), ("count + 1", "row_removed")],
        "hash": [("sha256('x')", "root_differs")],
    },
    PENDING: {
        "batch": [("gen_random_uuid()", "rows_removed")],
        "kind": [("'deed'", "rows_removed"), ("'other'", "unknown_kind")],
        "count": [("count - 1", "row_inserted"), ("count + 1", "row_removed")],
        "hash": [("sha256('x')", "batch_changed")],
        # Tells the sealer which to take first, and goes with the row.
        "at": [("at - interval '1 day'", HOLDS)],
    },
    CHECKPOINTS: {
        "number": [("number + 1", "checkpoint_removed")],
        "previous_hash": [("sha256('x')", "checkpoint_unlinked"), ("''", "checkpoint_forged")],
        "root": [("sha256('x')", "checkpoint_changed"), ("''", "checkpoint_forged")],
        "first_position": [("first_position + 1", "checkpoint_unlinked")],
        "last_position": [("last_position - 1", "checkpoint_forged"), ("-1", "checkpoint_forged")],
        "at": [("at + interval '1 second'", "checkpoint_forged"), ("'infinity'", "checkpoint_forged")],
        "hash": [("sha256('x')", "checkpoint_changed")],
        "signature": [("signature || 'x'", "checkpoint_forged"), ("''", "checkpoint_forged")],
        "signer": [("'nobody'", "checkpoint_forged")],
    },
}
WHERE = {
    EVENTS: (f"{GATE}3", f"{GATE}5"),
    DEEDS: (f"{DEED} IN (SELECT batch FROM {SEALED})", f"{DEED} IN (SELECT batch FROM {PENDING})"),
    SEALED: (f"batch = {BATCH}",),
    PENDING: (f"batch = {YOUNG}",),
    CHECKPOINTS: ("number = 2",),
}
CASES = [
    pytest.param(table, column, to, where, code, id=f"{table}-{column}-{to}-{number}")
    for table, columns in CHANGED.items()
    for column, changes in columns.items()
    for to, code in changes
    for number, where in enumerate(WHERE[table])
]


@pytest.mark.parametrize("table", CHANGED)
def test_every_column_has_its_line(world: World, table: str) -> None:
    assert columns_of(table) == set(CHANGED[table])


@pytest.mark.parametrize(("table", "column", "to", "where", "code"), CASES)
def test_a_changed_column_is_found(
    world: World, table: str, column: str, to: str, where: str, code: str
) -> None:
    changed = sql(f"UPDATE {table} SET {column} = {to} WHERE {where} RETURNING 1")
    assert changed, "there was nothing to change"
    assert code in found(world) if code else found(world) == set()


def test_a_verification_that_breaks_off_leaves_no_cursor_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is closed when the exception is forgotten fails what runs on the connection by then."""

    def broken(leaves: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr("ledger.verify.rows.batch_hash", broken)
    with pytest.raises(ZeroDivisionError) as held:
        verify(world.company)
    assert held.traceback
    del held
    gc.collect()
    assert sql("SELECT 1") == [(1,)]


def test_columns_that_a_refused_event_has_not_are_not_filled_in(world: World) -> None:
    """NULL and 0 are told apart."""
    for column in ("credential", "device", "profile", "issued", "nonce"):
        with undone(world):
            sql(f"UPDATE {EVENTS} SET {column} = 0 WHERE {GATE}4 AND {column} IS NULL RETURNING 1")
            assert found(world) == {"row_changed"}, column


REMOVED: dict[str, tuple[list[str], set[str]]] = {
    "an event": ([f"DELETE FROM {EVENTS} WHERE {GATE}3"], {"row_removed", "events_missing"}),
    "the last event of a batch": (
        [f"DELETE FROM {EVENTS} WHERE reader = 4 AND counter = 3"],
        {"row_removed", "events_missing"},
    ),
    "an event, the rest renumbered": (
        [
            f"DELETE FROM {EVENTS} WHERE {GATE}3",
            f"UPDATE {EVENTS} SET batch_index = batch_index - 1"
            f" WHERE batch = (SELECT batch FROM {EVENTS} WHERE reader = 3 AND counter = 3)",
        ],
        {"row_removed", "events_missing"},
    ),
    "all events of a batch": (
        [f"DELETE FROM {EVENTS} WHERE batch = {BATCH}"],
        {"rows_removed", "events_missing"},
    ),
    "a batch with its events": (
        [f"WITH b AS (DELETE FROM {SEALED} WHERE batch = {BATCH} RETURNING batch)"
         f" DELETE FROM {EVENTS} e USING b WHERE e.batch = b.batch"],
        {"batch_removed", "events_missing"},
    ),
    "a batch that is not sealed, with its events": (
        [f"WITH b AS (DELETE FROM {PENDING} WHERE batch = {YOUNG} RETURNING batch)"
         f" DELETE FROM {EVENTS} e USING b WHERE e.batch = b.batch"],
        {"events_missing"},
    ),
    "the first event of a reader, not sealed": (
        [f"DELETE FROM {EVENTS} WHERE reader = 1 AND counter < 3"],
        {"rows_removed", "events_missing"},
    ),
    "a deed": ([f"DELETE FROM {DEEDS} WHERE verb = 'door_opened'"], {"rows_removed"}),
    "a deed with its sealed batch": (
        [f"WITH d AS (DELETE FROM {DEEDS} WHERE verb = 'door_added' RETURNING batch)"
         f" DELETE FROM {SEALED} s USING d WHERE s.batch = d.batch"],
        {"batch_removed"},
    ),
    "a pending row": ([f"DELETE FROM {PENDING} WHERE batch = {YOUNG}"], {"row_inserted"}),
    "the last checkpoint": ([f"DELETE FROM {CHECKPOINTS} WHERE number = 2"], {"checkpoint_removed"}),
    "the first checkpoint": (
        [f"DELETE FROM {CHECKPOINTS} WHERE number = 1"],
        {"checkpoint_removed", "checkpoint_unlinked", "batch_removed"},
    ),
    "the tail below its checkpoint": (
        [f"WITH b AS (DELETE FROM {SEALED} WHERE position >"
         f" (SELECT last_position FROM {CHECKPOINTS} WHERE number = 1) RETURNING batch)"
         f" DELETE FROM {EVENTS} e USING b WHERE e.batch = b.batch"],
        {"batch_removed", "row_inserted", "events_missing"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REMOVED)
def test_what_was_removed_is_found(world: World, what: str) -> None:
    statements, codes = REMOVED[what]
    for statement in statements:
        sql(statement)
    assert found(world) == codes


def test_an_event_taken_out_of_a_batch_that_was_made_to_fit(world: World) -> None:
    """No signature covers what is not sealed yet; the reader's own count does."""
    (batch,) = sql(f"SELECT batch FROM {EVENTS} WHERE {GATE}5")[0]
    take(EVENTS, "batch = %s AND batch_index = 2", batch)
    leaves = sql(f"SELECT leaf FROM {EVENTS} WHERE batch = %s ORDER BY batch_index", batch)
    digest = core.batch_hash([bytes(leaf) for (leaf,) in leaves])
    sql(f"UPDATE {PENDING} SET count = 2, hash = %s WHERE batch = %s", digest, batch)
    assert found(world) == {"events_missing"}


def swapped(one: dict[str, Any], other: dict[str, Any], stays: set[str]) -> None:
    for row, given in ((one, other), (other, one)):
        put(EVENTS, {name: (row if name in stays else given)[name] for name in row})


@pytest.mark.parametrize("of", ["batch", "batch and gate"])
@pytest.mark.parametrize(
    ("stays", "code"),
    [
        ({"id", "batch", "batch_index"}, "batch_changed"),
        ({"id", "batch", "batch_index", "leaf"}, "row_changed"),
        ({"id", "batch", "batch_index", "leaf", "reader", "counter"}, "row_changed"),
        ({"id", "batch", "batch_index", "leaf", "reader", "counter", "at", "reader_at"}, "row_changed"),
    ],
    ids=["all of them", "all but the leaf", "what is told of the events", "who, and how it was decided"],
)
def test_two_events_swapped(world: World, of: str, stays: set[str], code: str) -> None:
    others = {"batch": "reader = 3 AND counter = 3", "batch and gate": "reader = 3 AND counter = 2"}
    one, other = take(EVENTS, f"({GATE}3) OR ({others[of]})")
    swapped(one, other, stays)
    # In one batch both were granted to one person at one door: some columns are the same.
    assert found(world) == {code}


def test_two_events_that_changed_batches(world: World) -> None:
    one, other = take(EVENTS, f"({GATE}3) OR ({GATE}5)")
    swapped(one, other, set(one) - {"batch", "batch_index"})
    assert found(world) == {"batch_changed"}


def copied(**changes: Any) -> dict[str, Any]:
    """An event that was never presented, as well made as the owner of the database can make it."""
    row = take(EVENTS, f"{GATE}3")[0]
    put(EVENTS, row)
    made = row | {"id": 10_000, "counter": 7} | changes
    (uid,) = sql("SELECT uid FROM public.tenants_company WHERE schema_name = current_schema()")[0]
    made["leaf"] = leaf_of_event(uid.bytes, {name: made[name] for name in COLUMNS})
    return made


def test_an_event_put_into_a_batch(world: World) -> None:
    put(EVENTS, copied(batch_index=3))
    assert found(world) == {"row_inserted"}


def test_an_event_put_into_no_batch_and_into_a_deeds(world: World) -> None:
    (deed,) = sql(f"SELECT batch FROM {DEEDS} LIMIT 1")[0]
    for batch in (deed, "00000000-0000-4000-8000-000000000000"):
        with undone(world):
            put(EVENTS, copied(batch=batch, batch_index=0))
            assert found(world) == {"row_inserted"}


def test_an_event_put_in_under_a_number_far_ahead(world: World) -> None:
    put(EVENTS, copied(batch_index=3, counter=9))
    assert found(world) == {"row_inserted", "events_missing"}


def test_a_deed_put_in(world: World) -> None:
    (row,) = take(DEEDS, "verb = 'door_added'")
    put(DEEDS, row | {"data": "{}"})
    put(DEEDS, row | {"id": "00000000-0000-4000-8000-000000000000", "batch_index": 1, "data": "{}"})
    assert found(world) == {"row_changed"}


def test_an_event_rewritten_up_to_the_signature(world: World) -> None:
    """Everything that needs no key is made to fit again: leaf, batch, root, checkpoint."""
    row = take(EVENTS, f"{GATE}3")[0]
    put(EVENTS, row | {"granted": False, "reason": "not_allowed_here"})
    changed = {name: (row | {"granted": False, "reason": "not_allowed_here"})[name] for name in COLUMNS}
    uid = world.company.uid
    sql(f"UPDATE {EVENTS} SET leaf = %s WHERE {GATE}3", leaf_of_event(uid, changed))
    leaves = sql(f"SELECT leaf FROM {EVENTS} WHERE batch = %s ORDER BY batch_index", row["batch"])
    digest = core.batch_hash([bytes(leaf) for (leaf,) in leaves])
    sql(f"UPDATE {SEALED} SET hash = %s WHERE batch = %s", digest, row["batch"])
    assert found(world) == {"root_differs"}
    last = Checkpoint.objects.get(number=2)
    of_it = SealedBatch.objects.filter(position__gte=last.first_position).order_by("position")
    last.root = core.merkle_root([bytes(sealed.hash) for sealed in of_it])
    signed = checkpoint_bytes(uid, last)
    last.hash, last.signature = core.checkpoint_hash(signed), Ed25519Signer.generate().sign(signed)
    sql(
        f"UPDATE {CHECKPOINTS} SET root = %s, hash = %s, signature = %s WHERE number = 2",
        *(last.root, last.hash, last.signature),
    )
    assert found(world) == {"checkpoint_forged"}


def test_the_tail_cut_with_its_checkpoint_is_known_by_the_witness(world: World) -> None:
    last = Checkpoint.objects.get(number=2)
    CheckpointWitness.objects.create(
        reader_id=2, number=2, checkpoint_hash=last.hash, signature=bytes(64), at=last.at
    )
    gone = f"(SELECT batch FROM {SEALED} WHERE position >= {last.first_position})"
    for table in (EVENTS, DEEDS):
        sql(f"DELETE FROM {table} WHERE batch IN {gone} OR batch IN (SELECT batch FROM {PENDING})")
    sql(f"DELETE FROM {SEALED} WHERE position >= {last.first_position}")
    sql(f"DELETE FROM {PENDING}")
    sql(f"DELETE FROM {CHECKPOINTS} WHERE number = 2")
    assert found(world) == {"tail_cut"}
    # What the owner of the database takes away too leaves only what the readers hold themselves.
    sql("DELETE FROM readers_checkpointwitness")
    assert found(world) == set()
