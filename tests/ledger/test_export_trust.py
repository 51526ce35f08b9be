"""What an auditor knows from elsewhere, what an excerpt leaves out, and what is not an export at all."""

import base64
import json
import re
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from ledger import exports
from ledger.export import NothingSealed
from ledger.gaps import acknowledge_gap
from ledger.models import Checkpoint, LedgerEntry, PendingBatch
from ledger.sealing import seal
from ledger.verify import Gap
from readers.receivers import COLUMNS, leaf_of_event
from sallyport import ledger as core
from sallyport.keys import Ed25519Signer
from sallyport.record_keys import record_keys_bytes
from tenants import context
from tests.ledger.excerpts import VERIFY, Excerpt, command, head_of, judged, witnessed_record
from tests.ledger.real import put, undone
from tests.ledger.tamper import sql
from tests.ledger.test_export import TAMPERED, drop_checkpoint
from tests.scanning.world import World
from vault.selectors import checkpoint_signer

EVENTS, DEEDS, CHECKPOINTS = "access_accessevent", "ledger_ledgerentry", "ledger_checkpoint"
BY = "operator:1"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), witnessed_record() as made:
        yield made


@pytest.fixture(scope="module")
def exported(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    path = tmp_path_factory.mktemp("export") / "record.zip"
    return path, command(world, path)


@pytest.fixture
def excerpt(exported: tuple[Path, str]) -> Excerpt:
    return Excerpt(exported[0].read_bytes())


@pytest.fixture
def altered(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """What is done to the database is undone."""
    with django_db_blocker.unblock(), undone(world):
        yield world


def taken(folder: Path, **period: datetime) -> Path:
    """The file as the console hands it out."""
    now = datetime.now(UTC)
    span = {"begin": now - timedelta(days=1), "end": now + timedelta(days=1)} | period
    file, _ = exports.export_file(**span, by=BY)
    with file:
        (folder / "taken.zip").write_bytes(file.read())
    return folder / "taken.zip"


def test_a_tail_cut_off_shows_against_a_head_that_somebody_holds(excerpt: Excerpt, tmp_path: Path) -> None:
    newest, middle = head_of(excerpt, 2), head_of(excerpt, 1)
    drop_checkpoint(excerpt, 2)
    cut = excerpt.write(tmp_path / "cut")
    assert judged(cut)[0] == 0, "nothing in it tells: that is what the head is for"
    assert judged(cut, "--head", middle)[0] == 0
    status, said = judged(cut, "--head", newest)
    assert (status, "the tail is cut off: you hold checkpoint 3" in said) == (1, True)


def test_a_tail_cut_off_in_a_hurry_differs_from_the_manifest(excerpt: Excerpt, tmp_path: Path) -> None:
    made = dict(excerpt.manifest["made"])
    drop_checkpoint(excerpt, 2)
    excerpt.manifest["made"] = made
    status, said = judged(excerpt.write(tmp_path / "cut"))
    assert (status, "begin or end were cut off" in said) == (1, True)


def test_a_head_of_another_history_is_told(excerpt: Excerpt, exported: tuple[Path, str]) -> None:
    status, said = judged(exported[0], "--head", f"2:{'00' * 32}")
    assert (status, "NOT VALID: checkpoint 2: it is another one" in said) == (1, True)


def rewritten(excerpt: Excerpt) -> None:
    """All of it again, by somebody with keys of their own, and one refusal turned into a grant."""
    company, key = bytes.fromhex(excerpt.manifest["company"]), Ed25519Signer.generate()
    TAMPERED["an entry changed up to its batch"][0](excerpt)
    previous = core.FIRST_PREVIOUS
    hashes = {one["position"]: bytes.fromhex(one["hash"]) for one in excerpt.batches}
    for line in excerpt.checkpoints:
        said = core.parse_checkpoint(base64.b64decode(line["bytes"]))
        data = core.checkpoint_bytes(
            company=company,
            number=said.number,
            previous_hash=previous,
            root=core.merkle_root([hashes[n] for n in range(said.first_position, said.last_position + 1)]),
            first_position=said.first_position,
            last_position=said.last_position,
            at=said.at,
        )
        previous = core.checkpoint_hash(data)
        line |= {"bytes": text(data), "signature": text(key.sign(data)), "witnesses": []}
    listed = record_keys_bytes(company=company, made_ms=0, checkpoint=[key.public.raw], readers=[])
    excerpt.manifest["keys"] = {
        "anchor": key.public.raw.hex(),
        "list": text(listed),
        "signature": text(key.sign(listed)),
    }


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_keys_of_a_forger_pass_only_while_nobody_knows_the_anchor(
    excerpt: Excerpt, exported: tuple[Path, str], tmp_path: Path
) -> None:
    rewritten(excerpt)
    forged, forger = excerpt.write(tmp_path / "forged"), excerpt.manifest["keys"]["anchor"]
    status, said = judged(forged)
    assert (status, f"trusts the anchor key that the export names: {forger}" in said) == (0, True)
    status, said = judged(forged, "--anchor", exported[1])
    assert (status, "keys are forged" in said) == (1, True)
    excerpt.manifest["keys"]["anchor"] = exported[1]
    status, said = judged(excerpt.write(tmp_path / "again"), "--anchor", exported[1])
    assert (status, "the anchor key has not signed this list of keys" in said) == (1, True)


def test_a_checkpoint_under_the_right_key_that_links_another(
    excerpt: Excerpt, altered: World, tmp_path: Path
) -> None:
    """A second history, signed by who has stolen the key."""
    line = excerpt.checkpoints[2]
    said = core.parse_checkpoint(base64.b64decode(line["bytes"]))
    data = core.checkpoint_bytes(**(asdict(said) | {"previous_hash": bytes(31) + b"x"}))
    line |= {"bytes": text(data), "signature": text(checkpoint_signer().sign(data))}
    status, told = judged(excerpt.write(tmp_path / "forked"))
    assert (status, "(checkpoint 3): it does not link the checkpoint 2 before it" in told) == (1, True)


def test_an_event_is_included_and_every_hash_up_to_the_signature_is_shown(
    excerpt: Excerpt, exported: tuple[Path, str]
) -> None:
    entry = excerpt.event(2)
    status, said = judged(exported[0], "--event", "2:2")
    assert status == 0, said
    assert "(2, 2) is included:" in said
    at = {one["position"]: bytes.fromhex(one["hash"]) for one in excerpt.batches}
    line = next(
        one for one in excerpt.checkpoints
        if (found := core.parse_checkpoint(base64.b64decode(one["bytes"]))).first_position
        <= entry["position"] <= found.last_position
    )  # fmt: skip
    span = range(found.first_position, found.last_position + 1)
    path = core.inclusion_path([at[n] for n in span], entry["position"] - found.first_position)
    assert re.findall(r"node    with ([0-9a-f]{64})", said) == [node.hex() for node in path]
    for part in (entry["leaf"], at[entry["position"]].hex(), found.root.hex()):
        assert part in said
    assert base64.b64decode(line["signature"]).hex() in said


def test_a_deed_is_included_and_what_is_not_there_is_not(
    excerpt: Excerpt, exported: tuple[Path, str]
) -> None:
    deed = next(one for one in excerpt.entries if one["kind"] == "deed")
    assert f"{deed['id']} is included:" in judged(exported[0], "--event", deed["id"])[1]
    for other in ("2:99", str(uuid.uuid4())):
        status, said = judged(exported[0], "--event", other)
        assert (status, "is not in this export" in said) == (1, True)


def test_what_is_no_export_cannot_be_read(
    excerpt: Excerpt, exported: tuple[Path, str], tmp_path: Path
) -> None:
    whole = exported[0].read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.zip").write_text("a record")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("manifest.json", json.dumps(excerpt.manifest))
    excerpt.manifest["format"] = "another"
    other = excerpt.write(tmp_path / "other")
    for path in (*sorted(tmp_path.glob("*.zip")), other, tmp_path / "nowhere.zip"):
        status, said = judged(path)
        assert (status, said.startswith("cannot be read:")) == (2, True), path
    assert judged(exported[0], program=VERIFY)[0] == 0


def test_a_name_that_stands_twice_in_an_entry_is_refused(excerpt: Excerpt, tmp_path: Path) -> None:
    """One reader of the line would see a grant, the verifier the refusal that was sealed."""
    folder = excerpt.write(tmp_path / "twice")
    lines = (folder / "entries.jsonl").read_text()
    (folder / "entries.jsonl").write_text(
        lines.replace('"granted": false', '"granted": true, "granted": false')
    )
    status, said = judged(folder)
    assert (status, "a name stands twice" in said) == (1, True)


WHERE = "WHERE reader = 2 AND counter = 2"
CHANGED = {
    "an event": f"UPDATE {EVENTS} SET granted = true {WHERE}",
    "a finer time": f"UPDATE {EVENTS} SET at = at + interval '1 microsecond' {WHERE}",
    "a time of no calendar": f"UPDATE {EVENTS} SET reader_at = 'infinity' {WHERE}",
    "an event gone": f"DELETE FROM {EVENTS} {WHERE}",
    "a deed": f"UPDATE {DEEDS} SET actor = 'operator:2' WHERE verb = 'door_opened'",
    "a deed's data": f"UPDATE {DEEDS} SET data = '{{\"by\": 1.5}}' WHERE verb = 'door_opened'",
    "a checkpoint's signature": f"UPDATE {CHECKPOINTS} SET signature = sha256('x') WHERE number = 2",
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_database_that_was_altered_gives_an_export_that_does_not_hold(
    altered: World, tmp_path: Path, what: str
) -> None:
    sql(CHANGED[what])
    assert judged(taken(tmp_path))[0] == 1


def told_by(world: World, counter: int, at: datetime) -> None:
    """Gate 2 tells an event under this number, and it is sealed then."""
    row = sql(f"SELECT {', '.join(COLUMNS)} FROM {EVENTS} WHERE reader = 2 AND counter = 2")[0]
    made = dict(zip(COLUMNS, row, strict=True)) | {"counter": counter, "at": at, "reader_at": at}
    leaf = leaf_of_event(world.company.uid, made)
    batch = uuid.uuid4()
    put(EVENTS, made | {"id": 10_000 + counter, "batch": batch, "batch_index": 0, "leaf": leaf})
    PendingBatch.objects.create(batch=batch, kind="scan", count=1, hash=core.batch_hash([leaf]), at=at)
    assert seal(world.company, now=at)


def test_numbers_that_are_missing_known_or_elsewhere_are_told_apart(altered: World, tmp_path: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    told_by(altered, 10, now)
    assert judged(taken(tmp_path)) == (1, "NOT VALID: reader 2: events 7 to 9 are missing\n")
    acknowledge_gap(gap=Gap("reader", 2, 8, 9), reason="Restored from the backup.", by=BY)
    assert judged(taken(tmp_path)) == (1, "NOT VALID: reader 2: events 7 to 7 are missing\n")
    assert seal(altered.company)
    told_by(altered, 7, now + timedelta(days=10))
    status, said = judged(taken(tmp_path))
    assert status == 0, said
    assert "note: events 7 to 7 of reader 2 are not here: sealed under another checkpoint" in said
    assert "note: events 8 to 9 of reader 2 are not here: missing, and a deed on record says why" in said


def test_an_excerpt_is_cut_at_checkpoints_and_says_where_it_begins(altered: World, tmp_path: Path) -> None:
    """Asked for the millisecond of one event, it holds the whole checkpoint over it, and no other."""
    with pytest.raises(NothingSealed):
        taken(tmp_path, begin=datetime(2001, 1, 1, tzinfo=UTC), end=datetime(2001, 1, 2, tzinfo=UTC))
    ((at,),) = sql(f"SELECT at FROM {EVENTS} WHERE reader = 2 AND counter = 4")
    path = taken(tmp_path, begin=at, end=at + timedelta(milliseconds=1))
    first, second = (Checkpoint.objects.get(number=number) for number in (1, 2))
    status, said = judged(path, "--head", f"2:{bytes(second.hash).hex()}")
    assert status == 0, said
    assert f"1 checkpoints\n  number 2 to 2, linking {bytes(first.hash).hex()}" in said
    assert {one["counter"] for one in Excerpt(path.read_bytes()).entries if one.get("reader") == 2} == {3, 4}
    assert judged(path, "--head", f"1:{bytes(first.hash).hex()}")[0] == 0
    assert judged(path, "--head", f"1:{'00' * 32}")[0] == 1


def test_an_export_is_on_record_and_no_file_is_written_over(
    world: World, exported: tuple[Path, str], django_db_blocker: DjangoDbBlocker
) -> None:
    before = exported[0].read_bytes()
    with django_db_blocker.unblock():
        with context.enter(world.company):
            deed = LedgerEntry.objects.filter(verb="record_exported").latest("at")
            assert (deed.actor, deed.data["checkpoints"]) == ("system", [1, 3])
            count = LedgerEntry.objects.filter(verb="record_exported").count()
        with pytest.raises(CommandError, match="is there already"):
            command(world, exported[0])
        with context.enter(world.company), transaction.atomic():
            assert LedgerEntry.objects.filter(verb="record_exported").count() == count
    assert exported[0].read_bytes() == before
    assert list(exported[0].parent.iterdir()) == [exported[0]], "what it was written to is gone"
