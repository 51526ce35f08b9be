"""The keys for codes that a reader holds: signed, for it alone, laid in as far ahead as it may be offline."""

import base64
import time
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from readers.models import Reader
from sallyport.codes import LiveContents, mint_live, open_code
from sallyport.key_list import KeyEntry, KeyListWrong, bundle_key_bytes, key_list_bytes, parse_key_list
from sallyport.keys import BadSignature, Ed25519Public
from tenants import context
from tenants.refs import CompanyRef
from tests.readers.pretend import Pretend
from vault import caches, envelope, rotation, selectors, tasks
from vault.keys import company_keys
from vault.models import KeySet
from vault.services import key_set_place

KEYS = "/api/v1/readers/keys"
HOUR = 3_600
CODE = {"credential": 1, "device": 2, "profile": 3, "flags": 0, "nonce": 7}


@dataclass
class Clock:
    """What the vault reads instead of the machine's."""

    now: float

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


def fetch(client: Client, reader: Pretend) -> tuple[int, tuple[KeyEntry, ...]]:
    """What a reader does with the answer: the answer key vouches for the bundle key, that for the list."""
    answer = reader.call(client, "GET", KEYS)
    assert answer.status_code == 200, answer.content
    told = {name: base64.b64decode(value) for name, value in answer.json().items()}
    answers = selectors.answer_signer().public
    answers.verify(
        bundle_key_bytes(company=reader.company.uid, bundle_key=told["bundle_key"]), told["bundle_sig"]
    )
    Ed25519Public(told["bundle_key"]).verify(told["keys"], told["sig"])
    return parse_key_list(told["keys"], company=reader.company.uid, reader=reader.handle)


def test_a_reader_gets_every_set_that_is_laid_in(client: Client, dora: Pretend) -> None:
    rotation.lay_in()
    at_ms, entries = fetch(client, dora)
    assert abs(at_ms - time.time() * 1000) < 60_000
    rows = KeySet.objects.all()
    assert [entry.key_id for entry in entries] == [row.key_id for row in rows]
    assert [(entry.verify_key, entry.not_after) for entry in entries] == [
        (bytes(row.verify_key), row.not_after) for row in rows
    ]


def test_nobody_on_the_way_keeps_the_list(client: Client, dora: Pretend) -> None:
    assert dora.call(client, "GET", KEYS).headers["Cache-Control"] == "no-store"


def test_no_key_that_signs_is_given_away(client: Client, dora: Pretend) -> None:
    rotation.lay_in()
    answer = dora.call(client, "GET", KEYS)
    whole = b"".join(base64.b64decode(value) for value in answer.json().values())
    for row in KeySet.objects.all():
        seed = envelope.open_sealed(
            company_keys().codes, bytes(row.sign_wrapped), key_set_place(row.key_id, "sign")
        )
        assert bytes(row.verify_key) in whole
        assert seed not in whole


def test_a_refused_set_is_not_given_out(client: Client, dora: Pretend) -> None:
    rotation.lay_in()
    old = set(KeySet.objects.values_list("key_id", flat=True))
    rotation.refuse_and_rotate(by="operator:olga")
    assert not old & {entry.key_id for entry in fetch(client, dora)[1]}


def test_back_after_72_hours_it_holds_what_any_code_is_under(
    client: Client, dora: Pretend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Heard last just before an hourly asking; beat goes on; a code of each hour of its absence opens."""
    start = int(time.time())
    clock = Clock(float(start))
    for module in ("rotation", "selectors", "caches"):
        monkeypatch.setattr(f"vault.{module}.time", clock)
    KeySet.objects.update(not_before=start - 1, seal_since=start - 1, sign_since=start - 1)
    caches.drop()
    tasks.rotate_keys()
    held = {entry.key_id: entry.opening(dora.company.uid) for entry in fetch(client, dora)[1]}
    used = set()
    for hour in range(73):
        clock.now = float(
            start + HOUR + hour * HOUR
        )  # its last asking was up to an hour before it was cut off
        tasks.rotate_keys()
        now = int(clock.now)
        code = mint_live(LiveContents(issued=now, **CODE), selectors.minting_keys())
        used.add(open_code(code, keys=held, foreign=lambda _: False, now=now, life=30).key_id)
    assert len(used) == 4
    caches.drop()


def test_it_says_which_it_holds(client: Client, dora: Pretend) -> None:
    newest = rotation.lay_in()[-1].key_id
    assert dora.call(client, "POST", KEYS, {"newest": newest}).status_code == 204
    row = Reader.objects.get(handle=dora.handle)
    assert row.keys_held == newest
    assert row.keys_held_at is not None


def test_it_cannot_hold_what_is_not_ours(client: Client, dora: Pretend, globex: CompanyRef) -> None:
    with context.enter(globex):
        foreign = KeySet.objects.values_list("key_id", flat=True)[0]
    for newest in (foreign, 2**31 - 1):
        answer = dora.call(client, "POST", KEYS, {"newest": newest})
        assert (answer.status_code, answer.json()["code"]) == (422, "keys_unknown")
    for wrong in ({}, {"newest": 0}, {"newest": "x"}, {"newest": 2**31}):
        assert dora.call(client, "POST", KEYS, wrong).status_code == 400
    assert Reader.objects.get(handle=dora.handle).keys_held == 0


def test_saying_so_moves_no_policy(client: Client, dora: Pretend) -> None:
    newest = KeySet.objects.values_list("key_id", flat=True)[0]
    with CaptureQueriesContext(connection) as seen:
        dora.call(client, "POST", KEYS, {"newest": newest})
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not [one for one in seen if "policycounter" in one["sql"]]


def entry(**other: Any) -> KeyEntry:
    told: dict[str, Any] = {
        "key_id": 7,
        "seal_key": b"s" * 64,
        "verify_key": b"v" * 32,
        "not_before": 1,
        "not_after": None,
    }
    return KeyEntry(**(told | other))


def test_a_list_is_for_one_reader_and_whole() -> None:
    data = key_list_bytes(company=b"c" * 16, reader=3, at_ms=5, entries=[entry(), entry(not_after=9)])
    assert parse_key_list(data, company=b"c" * 16, reader=3) == (5, (entry(), entry(not_after=9)))
    for company, reader, cut in ((b"d" * 16, 3, data), (b"c" * 16, 4, data), (b"c" * 16, 3, data[:-1])):
        with pytest.raises(KeyListWrong):
            parse_key_list(cut, company=company, reader=reader)
    with pytest.raises(KeyListWrong):
        parse_key_list(b"x" * 400, company=b"c" * 16, reader=3)
    with pytest.raises(ValueError):
        key_list_bytes(company=b"c" * 16, reader=3, at_ms=5, entries=[entry(seal_key=b"short")])


def test_the_bundle_key_cannot_be_swapped(client: Client, dora: Pretend) -> None:
    vouched = base64.b64decode(dora.call(client, "GET", KEYS).json()["bundle_sig"])
    with pytest.raises(BadSignature):
        selectors.answer_signer().public.verify(
            bundle_key_bytes(company=dora.company.uid, bundle_key=b"k" * 32), vouched
        )
