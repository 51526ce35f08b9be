"""An export beside what a witness holds: the tail cut off, a fork, a forged checkpoint, all from its file."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from pytest_django.plugin import DjangoDbBlocker

from ledger.export.published import newest
from ledger.models import Checkpoint, Stream, StreamKind
from ledger.streams.delivery import send_due
from ledger.streams.services import add_stream
from ledger.streams.witnesses import told
from sallyport import ledger as core
from sallyport.keys import Ed25519Signer
from tenants import context
from tests.ledger.excerpts import Excerpt, command, judged, witnessed_record
from tests.scanning.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), witnessed_record() as made:
        yield made


@pytest.fixture(scope="module")
def exported(world: World, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("export") / "record.zip"
    command(world, path)
    return path.read_bytes()


@pytest.fixture
def excerpt(exported: bytes) -> Excerpt:
    return Excerpt(exported)


@pytest.fixture
def held(world: World, settings: LazySettings, tmp_path: Path) -> Path:
    """The file of a witness that was told of all the export holds."""
    settings.WITNESS_FOLDER = tmp_path / "share"
    (tmp_path / "share").mkdir()
    with context.enter(world.company):
        stream, _ = add_stream(kind=StreamKind.WITNESS_FILE, address="", from_start=True, by="system")
        send_due(world.company, stream.pk)
        Stream.objects.all().delete()
    (path,) = (tmp_path / "share").iterdir()
    return path


def test_as_the_witness_holds_it(excerpt: Excerpt, held: Path, tmp_path: Path) -> None:
    count = len(excerpt.checkpoints)
    # A torn line, and one of another company, are no word of this one.
    foreign = base64.b64encode(b"sallyport/checkpoint/1\0" + bytes(136)).decode()
    held.write_text(held.read_text() + json.dumps({"number": 99, "bytes": foreign}) + '\n{"bytes":"c2Fsb')
    status, said = judged(excerpt.write(tmp_path / "honest"), "--head", str(held))
    assert status == 0, said
    assert f"{count} checkpoints are as you hold them, the newest is number {count}" in said


def test_what_is_published_serves_too(world: World, excerpt: Excerpt, tmp_path: Path) -> None:
    with context.enter(world.company):
        (tmp_path / "published.json").write_text(json.dumps(newest()))
    status, said = judged(excerpt.write(tmp_path / "honest"), "--head", str(tmp_path / "published.json"))
    assert (status, "are as you hold them" in said) == (0, True)


def cut(excerpt: Excerpt) -> None:
    """The last checkpoint with all under it, and the manifest made to fit."""
    excerpt.checkpoints.pop()
    position = core.parse_checkpoint(base64.b64decode(excerpt.checkpoints[-1]["bytes"])).last_position
    excerpt.batches[:] = [one for one in excerpt.batches if one["position"] <= position]
    excerpt.entries[:] = [one for one in excerpt.entries if one["position"] <= position]
    excerpt.recount()


def test_the_tail_cut_off_is_shown_by_the_witness_alone(excerpt: Excerpt, held: Path, tmp_path: Path) -> None:
    count = len(excerpt.checkpoints)
    cut(excerpt)
    path = excerpt.write(tmp_path / "cut")
    assert judged(path)[0] == 0
    status, said = judged(path, "--head", str(held))
    assert status == 1
    assert f"the tail is cut off: you hold checkpoint {count}, this is {count - 1}" in said


def forged(row: Checkpoint) -> str:
    """The line of another checkpoint under the same number."""
    line = told(row)
    other = bytearray(base64.b64decode(line["bytes"]))
    other[-1] ^= 1
    line |= {"bytes": base64.b64encode(other).decode(), "hash": core.checkpoint_hash(bytes(other)).hex()}
    return json.dumps(line)


@pytest.mark.parametrize("place", [0, 1, -1])
def test_a_record_that_was_forked(
    world: World, excerpt: Excerpt, held: Path, tmp_path: Path, place: int
) -> None:
    lines = held.read_text().splitlines()
    with context.enter(world.company):
        lines[place] = forged(list(Checkpoint.objects.order_by("number"))[place])
    held.write_text("\n".join(lines))
    status, said = judged(excerpt.write(tmp_path / "export"), "--head", str(held))
    assert (status, "it is another one than you hold: the record was forked" in said) == (1, True)


def test_a_forged_checkpoint_in_the_export(excerpt: Excerpt, held: Path, tmp_path: Path) -> None:
    """Another time, signed by a key that the anchor's list does not name."""
    line = excerpt.checkpoints[-1]
    other = bytearray(base64.b64decode(line["bytes"]))
    other[-1] ^= 1
    line["bytes"] = base64.b64encode(other).decode()
    line["signature"] = base64.b64encode(Ed25519Signer.generate().sign(bytes(other))).decode()
    line["witnesses"] = []
    status, said = judged(excerpt.write(tmp_path / "forged"), "--head", str(held))
    assert (status, "forged or changed: no key of this company has signed it" in said) == (1, True)


@pytest.mark.parametrize("write", [lambda path: path.write_text(""), lambda path: path.write_text("{}\n")])
def test_a_file_that_says_nothing_is_no_comparison(
    excerpt: Excerpt, tmp_path: Path, write: Callable[[Path], None]
) -> None:
    write(tmp_path / "held")
    assert judged(excerpt.write(tmp_path / "export"), "--head", str(tmp_path / "held"))[0] == 2
