"""Checkpoints at a witness: by HTTPS and in a file, once each, and another one of a number is found."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.conf import LazySettings

from ledger.models import Checkpoint, Stream, StreamKind
from ledger.sealing import seal
from ledger.services import record
from ledger.streams import delivery
from ledger.streams.delivery import send_due, send_test
from ledger.streams.services import add_stream
from ledger.streams.target import StreamRefused
from sallyport import ledger as core
from sallyport.keys import Ed25519Public
from tenants.context import CompanyRef
from tests.ledger.outside import Inbox, inbox
from tests.ledger.tamper import sql

BY = "operator:1"
LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(autouse=True)
def share(in_acme: CompanyRef, settings: LazySettings, tmp_path: Path) -> Path:
    """A folder for witness files; loopback may be reached; what stood on record before is sealed."""
    seal(in_acme)
    settings.STREAM_NETWORKS = (ip_network("127.0.0.0/8"),)
    settings.WITNESS_FOLDER = tmp_path / "share"
    (tmp_path / "share").mkdir()
    return tmp_path / "share"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Inbox]:
    with inbox(tmp_path) as made:
        yield made


def sealed(company: CompanyRef, count: int) -> list[Checkpoint]:
    """So many checkpoints more; all there are."""
    for _ in range(count):
        record(actor="system", verb="door_opened")
        seal(company)
    return list(Checkpoint.objects.order_by("number"))


def in_file(share: Path) -> list[dict[str, object]]:
    (path,) = share.iterdir()
    return [json.loads(line) for line in path.read_text().splitlines()]


def file_stream(company: CompanyRef) -> Stream:
    stream, secret = add_stream(kind=StreamKind.WITNESS_FILE, address="", from_start=True, by=BY)
    assert secret == ""
    send_due(company, stream.pk, now=LATER)
    stream.refresh_from_db()
    assert stream.last_error == ""
    return stream


def test_a_witness_gets_signed_checkpoints(in_acme: CompanyRef, box: Inbox) -> None:
    rows = sealed(in_acme, 2)
    stream, _ = add_stream(kind=StreamKind.WITNESS_HTTPS, address=box.url, authority=box.authority, by=BY)
    send_due(in_acme, stream.pk, now=LATER)
    newest = sealed(in_acme, 1)[-1]
    send_due(in_acme, stream.pk, now=LATER)
    told = [one for body in box.said for one in body["checkpoints"]]
    # The newest of when it was added, then what came: it links all before.
    assert [one["number"] for one in told] == [rows[-1].number, newest.number]
    data, signature = (base64.b64decode(told[1][name]) for name in ("bytes", "signature"))
    Ed25519Public(bytes.fromhex(told[1]["signer"])).verify(data, signature)
    assert core.checkpoint_hash(data).hex() == told[1]["hash"] == bytes(newest.hash).hex()
    assert core.parse_checkpoint(data).previous_hash == bytes(rows[-1].hash)
    ids = [headers["idempotency-key"] for headers, _ in box.taken]
    assert ids == [f"{stream.pk}-checkpoint-{one['number']}-{one['number']}" for one in told]


def test_a_witness_that_holds_another_one_says_so(in_acme: CompanyRef, box: Inbox) -> None:
    stream, _ = add_stream(kind=StreamKind.WITNESS_HTTPS, address=box.url, authority=box.authority, by=BY)
    box.status = 409
    sealed(in_acme, 1)
    send_due(in_acme, stream.pk, now=LATER)
    stream.refresh_from_db()
    assert stream.last_error == "conflict"


def test_the_file_holds_each_checkpoint_once(in_acme: CompanyRef, share: Path) -> None:
    rows = sealed(in_acme, 3)
    stream = file_stream(in_acme)
    rows = sealed(in_acme, 2)
    send_due(in_acme, stream.pk, now=LATER)
    # Its worker died before the cursor moved: the same again.
    Stream.objects.filter(pk=stream.pk).update(cursor=1)
    send_due(in_acme, stream.pk, now=LATER)
    rows = sealed(in_acme, 0)
    assert [(one["number"], one["hash"]) for one in in_file(share)] == [
        (row.number, bytes(row.hash).hex()) for row in rows
    ]
    (path,) = share.iterdir()
    assert path.name == f"{in_acme.uid.hex()}.jsonl"
    assert path.stat().st_mode & 0o007 == 0


def test_a_line_that_a_power_cut_has_torn(in_acme: CompanyRef, share: Path) -> None:
    stream = file_stream(in_acme)
    (path,) = share.iterdir()
    count = len(in_file(share))
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    Stream.objects.filter(pk=stream.pk).update(cursor=0)
    send_due(in_acme, stream.pk, now=LATER)
    sealed(in_acme, 1)
    send_due(in_acme, stream.pk, now=LATER)
    lines = path.read_text().splitlines()
    numbers = [json.loads(line)["number"] for line in lines if line.endswith("}")]
    assert numbers == sorted(set(numbers)) == list(range(1, Checkpoint.objects.count() + 1))
    assert len(lines) == len(numbers) + 1 >= count


def test_a_record_that_was_forked_is_found_by_the_file(in_acme: CompanyRef, share: Path) -> None:
    sealed(in_acme, 3)
    stream = file_stream(in_acme)
    before = (share / f"{in_acme.uid.hex()}.jsonl").read_bytes()
    # The database as it was before the last two, and what happened then was different.
    sql("DELETE FROM ledger_sealedbatch WHERE position > (SELECT first_position - 1 FROM ledger_checkpoint"
        " WHERE number = (SELECT max(number) - 1 FROM ledger_checkpoint))")  # fmt: skip
    sql("DELETE FROM ledger_checkpoint WHERE number > (SELECT max(number) - 2 FROM ledger_checkpoint)")
    Stream.objects.filter(pk=stream.pk).update(cursor=Checkpoint.objects.count())
    sealed(in_acme, 1)
    for _ in range(2):
        send_due(in_acme, stream.pk, now=LATER)
    stream.refresh_from_db()
    assert (stream.last_error, stream.failures) == ("conflict", 2)
    assert (share / f"{in_acme.uid.hex()}.jsonl").read_bytes() == before


def test_a_share_that_is_not_mounted(in_acme: CompanyRef, share: Path, settings: LazySettings) -> None:
    stream = file_stream(in_acme)
    (path,) = share.iterdir()
    path.unlink()
    share.rmdir()
    sealed(in_acme, 1)
    send_due(in_acme, stream.pk, now=LATER)
    stream.refresh_from_db()
    assert stream.last_error == "folder_missing"
    assert not share.exists()
    share.mkdir()
    (share / path.name).symlink_to(share.parent / "elsewhere")
    send_due(in_acme, stream.pk, now=LATER)
    stream.refresh_from_db()
    assert stream.last_error == "not_written"
    settings.WITNESS_FOLDER = None
    Stream.objects.all().delete()
    with pytest.raises(StreamRefused, match="folder_missing"):
        add_stream(kind=StreamKind.WITNESS_FILE, address="", by=BY)


def test_one_file_and_eight_streams(in_acme: CompanyRef, box: Inbox) -> None:
    file_stream(in_acme)
    with pytest.raises(StreamRefused, match="file_taken"):
        add_stream(kind=StreamKind.WITNESS_FILE, address="", by=BY)
    for _ in range(7):
        add_stream(kind=StreamKind.WEBHOOK, address=box.url, by=BY)
    with pytest.raises(StreamRefused, match="too_many"):
        add_stream(kind=StreamKind.WEBHOOK, address=box.url, by=BY)


def test_trying_it_sends_nothing_of_the_record(in_acme: CompanyRef, box: Inbox, share: Path) -> None:
    sealed(in_acme, 1)
    for kind in (StreamKind.WEBHOOK, StreamKind.WITNESS_HTTPS):
        send_test(add_stream(kind=kind, address=box.url, authority=box.authority, by=BY)[0])
    assert [body["test"] for body in box.said] == [True, True]
    assert [body.get("entries", body.get("checkpoints")) for body in box.said] == [[], []]
    send_test(add_stream(kind=StreamKind.WITNESS_FILE, address="", by=BY)[0])
    assert in_file(share) == []
    assert delivery.due_streams()
