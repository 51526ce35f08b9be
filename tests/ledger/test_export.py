"""An excerpt of a real record, judged by its stand-alone verifier, honest and after each alteration."""

import base64
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from ledger.export import verify as verifier
from ledger.models import LedgerEntry
from sallyport import ledger as core
from sallyport.keys import Ed25519Signer
from sallyport.reasons import Reason, number
from tenants import context
from tests.ledger.excerpts import SECRET, VERIFY, Excerpt, Line, command, head_of, judged, witnessed_record
from tests.scanning.world import World
from vault.models import Subject
from vault.services import destroy_subject_key


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), witnessed_record() as made:
        yield made


@pytest.fixture(scope="module")
def exported(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The export of today by the command, and the anchor that it names."""
    path = tmp_path_factory.mktemp("export") / "record.zip"
    return path, command(world, path)


@pytest.fixture
def excerpt(exported: tuple[Path, str]) -> Excerpt:
    return Excerpt(exported[0].read_bytes())


def test_an_honest_export_is_valid(exported: tuple[Path, str], excerpt: Excerpt) -> None:
    path, anchor = exported
    head = head_of(excerpt, -1)
    status, said = judged(path, "--anchor", anchor, "--head", head)
    assert status == 0, said
    assert said.startswith(
        f"valid: {len(excerpt.entries)} entries, 3 checkpoints\n  number 1 to 3, linking 0000"
    )
    assert "2 countersignatures of readers hold" in said
    assert "trusts" not in said
    kinds = [one["kind"] for one in excerpt.entries]
    assert (kinds.count("scan"), kinds.count("deed") > 3) == (21, True)
    assert "trusts the anchor key" in judged(path)[1]


def test_the_verifier_that_is_packed_is_the_one_that_is_published(
    exported: tuple[Path, str], tmp_path: Path
) -> None:
    with zipfile.ZipFile(exported[0]) as archive:
        assert archive.read("verify.py") == VERIFY.read_bytes()
        archive.extractall(tmp_path)
    assert judged(tmp_path, program=tmp_path / "verify.py")[0] == 0


def test_the_verifier_counts_reasons_as_we_do() -> None:
    assert {reason.value: number(reason) for reason in Reason} == verifier.REASONS


def test_a_person_erased_changes_nothing(
    world: World, exported: tuple[Path, str], django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> None:
    with django_db_blocker.unblock(), context.enter(world.company):
        entry = LedgerEntry.objects.get(verb="face_enrolled")
        with transaction.atomic():
            destroy_subject_key(Subject.objects.get(pk=str(entry.subject)))
        command(world, tmp_path / "after.zip")
    before, after = (Excerpt(path.read_bytes()) for path in (exported[0], tmp_path / "after.zip"))
    assert after.entries[: len(before.entries)] == before.entries
    assert judged(tmp_path / "after.zip")[0] == 0
    with zipfile.ZipFile(tmp_path / "after.zip") as archive:
        assert not any(SECRET.encode() in archive.read(name) for name in archive.namelist())


def swap(lines: list[Line], one: int, other: int) -> None:
    """Two entries change their places, and each takes the number of the batch that it comes to."""
    lines[one], lines[other] = lines[other], lines[one]
    places = lines[one]["position"], lines[other]["position"]
    lines[one]["position"], lines[other]["position"] = places[1], places[0]


def leaf_of(entry: Line, excerpt: Excerpt) -> str:
    return verifier.event_leaf(bytes.fromhex(excerpt.manifest["company"]), entry).hex()


def change(excerpt: Excerpt, **fields: Any) -> None:
    excerpt.event(2).update(fields)


def change_with_leaf(excerpt: Excerpt) -> None:
    entry = excerpt.event(2)
    entry["granted"] = True
    entry["leaf"] = leaf_of(entry, excerpt)


def change_up_to_the_batch(excerpt: Excerpt) -> None:
    change_with_leaf(excerpt)
    entry = excerpt.event(2)
    leaves = [bytes.fromhex(e["leaf"]) for e in excerpt.entries if e["position"] == entry["position"]]
    batch = next(one for one in excerpt.batches if one["position"] == entry["position"])
    batch["hash"] = core.batch_hash(leaves).hex()


def drop(excerpt: Excerpt) -> None:
    excerpt.entries.remove(excerpt.event(2))
    excerpt.recount()


def swap_in_batch(excerpt: Excerpt) -> None:
    places = [n for n, e in enumerate(excerpt.entries) if e["position"] == crowded(excerpt)]
    swap(excerpt.entries, *places[:2])


def crowded(excerpt: Excerpt) -> int:
    return int(next(one["position"] for one in excerpt.batches if one["count"] > 1))


def swap_between(excerpt: Excerpt) -> None:
    swap(excerpt.entries, excerpt.entries.index(excerpt.event(2)), excerpt.entries.index(excerpt.event(4)))


def move(excerpt: Excerpt) -> None:
    """An event leaves its batch for the next, both counted anew."""
    entry, at = excerpt.event(2), {one["position"]: one for one in excerpt.batches}
    here, there = at[entry["position"]], at[excerpt.event(4)["position"]]
    excerpt.entries.remove(entry)
    excerpt.entries.insert(excerpt.entries.index(excerpt.event(4)), entry)
    here["count"], there["count"] = here["count"] - 1, there["count"] + 1
    entry["position"] = there["position"]
    excerpt.recount()


def drop_batch(excerpt: Excerpt) -> None:
    batch = excerpt.batches.pop(1)
    excerpt.entries[:] = [e for e in excerpt.entries if e["position"] != batch["position"]]
    excerpt.recount()


def forge(excerpt: Excerpt, place: int = 1, **changes: Any) -> None:
    """A checkpoint under a key of the forger's own."""
    line = excerpt.checkpoints[place]
    said = core.parse_checkpoint(base64.b64decode(line["bytes"]))
    fields = {name: getattr(said, name) for name in said.__dataclass_fields__} | changes
    data = core.checkpoint_bytes(**fields)
    line["bytes"] = base64.b64encode(data).decode()
    line["signature"] = base64.b64encode(Ed25519Signer.generate().sign(data)).decode()


def drop_checkpoint(excerpt: Excerpt, place: int = 1) -> None:
    """With all that it covers."""
    gone = core.parse_checkpoint(base64.b64decode(excerpt.checkpoints.pop(place)["bytes"]))
    for lines in (excerpt.batches, excerpt.entries):
        lines[:] = [e for e in lines if not gone.first_position <= e["position"] <= gone.last_position]
    excerpt.recount()


def foreign_witness(excerpt: Excerpt) -> None:
    excerpt.checkpoints[1]["witnesses"][0]["signature"] = base64.b64encode(bytes(64)).decode()


EVENT_2 = r"NOT VALID: entries.jsonl line \d+ \(event 2:2, batch \d+, checkpoint 1\): not what was sealed"
LINES = r"NOT VALID: entries.jsonl lines \d+ to \d+ \(batch \d+, checkpoint 1\): they are not the entries"
CHECKPOINT_2 = r"NOT VALID: checkpoints.jsonl line 2 \(checkpoint 2\): "
TAMPERED: dict[str, tuple[Callable[[Excerpt], None], str]] = {
    "an entry changed": (lambda e: change(e, granted=True, reason="granted"), EVENT_2),
    "an entry back-dated": (lambda e: change(e, at_ms=e.event(2)["at_ms"] - 86_400_000), EVENT_2),
    "a word for a truth value": (lambda e: change(e, offline="no"), EVENT_2),
    "a field that is not covered": (lambda e: change(e, note="fine"), EVENT_2),
    "an entry changed with its leaf": (change_with_leaf, LINES),
    "an entry changed up to its batch": (
        change_up_to_the_batch,
        r"NOT VALID: checkpoints.jsonl line 1 \(checkpoint 1\): its batches 1 to \d+ are not those",
    ),
    "an entry dropped": (drop, r"NOT VALID: entries.jsonl line \d+ \(.*\): an entry of batch \d+, .* is due"),
    "two entries of a batch swapped": (swap_in_batch, LINES),
    "two entries of two batches swapped": (swap_between, LINES),
    "an entry moved to another batch": (move, LINES),
    "a batch dropped": (drop_batch, r"NOT VALID: batches.jsonl line 2 \(batch 2, checkpoint 1\): batch 3"),
    "a checkpoint forged": (forge, CHECKPOINT_2 + "forged or changed"),
    "a checkpoint back-dated": (
        lambda e: forge(e, at=1),
        CHECKPOINT_2 + "forged or changed",
    ),
    "a checkpoint dropped in the middle": (
        drop_checkpoint,
        r"NOT VALID: checkpoints.jsonl line 2 \(checkpoint 3\): it follows checkpoint 1",
    ),
    "a countersignature forged": (
        foreign_witness,
        CHECKPOINT_2 + r"the countersignature of reader 1 is not its own",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_each_tampering_is_found_and_named(excerpt: Excerpt, tmp_path: Path, what: str) -> None:
    assert judged(excerpt.write(tmp_path / "honest"))[0] == 0
    alter, named = TAMPERED[what]
    alter(excerpt)
    status, said = judged(excerpt.write(tmp_path / "altered"))
    assert status == 1
    assert re.match(named, said), said
