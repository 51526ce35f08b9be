"""The streams' pages, the published checkpoints, and the proof of one event."""

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client

from access.models import AccessEvent
from ledger.leaves import whole_milliseconds
from ledger.models import Checkpoint, LedgerEntry, PendingBatch, Stream
from ledger.sealing import seal
from ledger.services import record
from ledger.streams.delivery import ALARMING
from ledger.verify.registry import sources
from pages.views import published
from sallyport import ledger as core
from sallyport.keys import Ed25519Public
from tenants.context import CompanyRef
from tests.fixtures.console import SignIn
from tests.ledger.excerpts import judged
from tests.ledger.outside import Inbox, inbox
from tests.ledger.tamper import sql
from tests.pages.scene import furnish, happen
from tests.pages.test_console import page, text_of
from vault import caches

WELL_KNOWN = "/.well-known/sallyport/checkpoints/"


@pytest.fixture
def box(settings: LazySettings, tmp_path: Path) -> Iterator[Inbox]:
    settings.STREAM_NETWORKS = (ip_network("127.0.0.0/8"),)
    with inbox(tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def afresh() -> None:
    """What this process holds and counts is of other tests."""
    caches.drop()
    cache.clear()


def add(client: Client, box: Inbox, **other: str) -> str:
    said = {"kind": "webhook", "address": box.url, "authority": box.authority, "begin": "now", **other}
    answer = client.post("/record/streams/add/", said)
    assert answer.status_code == 200, answer.content
    assert answer["Cache-Control"] == "no-store"
    return answer.content.decode()


def test_an_owner_adds_tests_pauses_and_removes_one(
    in_acme: CompanyRef, signed_in: SignIn, box: Inbox
) -> None:
    olga = signed_in("olga")
    assert "Nothing goes outside yet" in page(olga, "/record/streams/")
    html = add(olga, box)
    (secret,) = re.findall(r'id="secret">([\w-]{43})<', html)
    listed = page(olga, "/record/streams/")
    assert secret not in listed
    assert "tulip" not in listed
    assert "https://127.0.0.1:" in listed
    stream = Stream.objects.get()
    said = olga.post(f"/record/streams/{stream.pk}/test/", follow=True).content.decode()
    assert "The test arrived." in said
    assert box.said[0]["test"] is True
    box.status = 503
    said = olga.post(f"/record/streams/{stream.pk}/test/", follow=True).content.decode()
    assert "The test did not arrive: it answers with 503." in said
    assert "Paused" in olga.post(f"/record/streams/{stream.pk}/pause/", follow=True).content.decode()
    assert "Resume" in page(olga, "/record/streams/")
    olga.post(f"/record/streams/{stream.pk}/resume/")
    stream.refresh_from_db()
    assert stream.state == "ACTIVE"
    olga.post(f"/record/streams/{stream.pk}/remove/")
    assert not Stream.objects.exists()
    verbs = list(
        LedgerEntry.objects.filter(subject_kind="stream").order_by("at").values_list("verb", flat=True)
    )
    assert sorted(verbs) == ["stream_added", "stream_paused", "stream_removed", "stream_resumed"]


def test_what_is_wrong_is_said_beside_its_field(in_acme: CompanyRef, signed_in: SignIn, box: Inbox) -> None:
    olga = signed_in("olga")
    for said, text in (
        ({"address": "https://10.0.0.1/x"}, "leads to an address inside of a network"),
        ({"address": box.url, "authority": "x"}, "These are no certificates"),
        ({"address": "http://example.com"}, "Give a whole address"),
        ({"address": "", "kind": "witness_file"}, "Select a valid choice"),
    ):
        form = {"kind": "webhook", "begin": "now", **said}
        answer = olga.post("/record/streams/add/", form)
        assert answer.status_code == 422
        assert text in answer.content.decode()
    assert not Stream.objects.exists()


def test_a_failing_stream_is_an_alarm_on_both_pages(
    in_acme: CompanyRef, signed_in: SignIn, box: Inbox
) -> None:
    add(signed_in("olga"), box)
    record(actor="system", verb="x")
    seal(in_acme)
    carol = signed_in("carol")
    assert "Catching up" in page(carol, "/record/streams/")
    assert "See why" not in page(carol, "/record/")
    Stream.objects.update(
        failures=ALARMING, last_error="no_connection", failing_since=datetime.now(UTC) - timedelta(hours=1)
    )
    assert "1 stream of the record fails" in text_of(page(carol, "/record/"))
    said = text_of(page(carol, "/record/streams/"))
    assert "Nobody answers there." in said
    assert "5 tries" in said
    # Who may only look has no buttons.
    assert "Remove" not in said


def test_checkpoints_are_published(in_acme: CompanyRef, nobody: Client) -> None:
    record(actor="system", verb="x")
    seal(in_acme)
    answer = nobody.get(WELL_KNOWN)
    assert answer["Cache-Control"] == "public, max-age=10"
    assert "Set-Cookie" not in answer
    told = answer.json()
    newest = Checkpoint.objects.order_by("-number")[0]
    last = told["checkpoints"][-1]
    assert (last["number"], last["hash"]) == (newest.number, bytes(newest.hash).hex())
    data = base64.b64decode(last["bytes"])
    assert core.parse_checkpoint(data).company.hex() == told["company"] == in_acme.uid.hex()
    keys = told["keys"]
    listed = base64.b64decode(keys["list"])
    Ed25519Public(bytes.fromhex(keys["anchor"])).verify(listed, base64.b64decode(keys["signature"]))
    assert bytes.fromhex(last["signer"]) in listed
    Ed25519Public(bytes.fromhex(last["signer"])).verify(data, base64.b64decode(last["signature"]))
    assert nobody.get(f"{WELL_KNOWN}{newest.number}/").json()["checkpoints"] == [last]
    for number in (newest.number + 1, 0, 10**30):
        assert nobody.get(f"{WELL_KNOWN}{number}/").status_code == 404


def test_published_is_each_companys_own(in_acme: CompanyRef, nobody: Client) -> None:
    record(actor="system", verb="x")
    seal(in_acme)
    assert nobody.get(WELL_KNOWN).json()["company"] == in_acme.uid.hex()
    globex = Client(HTTP_HOST="globex.localhost")
    assert globex.get(WELL_KNOWN).json()["company"] != in_acme.uid.hex()


def test_who_asks_too_often_waits(in_acme: CompanyRef, nobody: Client) -> None:
    for _ in range(published.MOST_A_MINUTE):
        assert nobody.get(WELL_KNOWN).status_code == 200
    answer = nobody.get(WELL_KNOWN)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (429, "rate_limited", "60")
    assert nobody.get(WELL_KNOWN, REMOTE_ADDR="192.0.2.7").status_code == 200


def put_on_record(company: CompanyRef, event: AccessEvent) -> bytes:
    """What the scan's transaction would have written: the event's leaf, which is returned, and its batch."""
    found = sources["scan"]
    leaf = found.leaf_of(company.uid, {name: getattr(event, name) for name in found.columns})
    sql("UPDATE access_accessevent SET leaf = %s WHERE id = %s", leaf, event.pk)
    PendingBatch.objects.create(batch=event.batch, kind="scan", count=1, hash=core.batch_hash([leaf]))
    return leaf


def test_the_proof_of_one_event(in_acme: CompanyRef, signed_in: SignIn, tmp_path: Path) -> None:
    scene = furnish()
    event = happen(scene.readers[0], scene.holders[0], at=whole_milliseconds(datetime.now(UTC)))
    carol = signed_in("carol")
    where = f"/events/{event.pk}/"
    assert "Proof of this event" in page(carol, where)
    assert "Proof of this event" not in page(signed_in("bob"), where)
    early = carol.post(f"{where}proof/", follow=True).content.decode()
    assert "This event is not sealed yet" in early
    leaf = put_on_record(in_acme, event)
    seal(in_acme)
    answer = carol.post(f"{where}proof/")
    assert answer["Content-Type"] == "application/zip"
    path = tmp_path / "proof.zip"
    path.write_bytes(b"".join(answer))
    name = f"{event.reader}:{event.counter}"
    status, said = judged(path, "--event", name)
    assert status == 0, said
    assert "is included:" in said
    assert leaf.hex() in said
    assert judged(path, "--event", f"{event.reader}:{event.counter + 1}")[0] == 1
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        assert len(archive.read("checkpoints.jsonl").splitlines()) == 1
    assert LedgerEntry.objects.filter(verb="proof_exported").count() == 1
