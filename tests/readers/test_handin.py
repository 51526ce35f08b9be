"""A journal is handed in: each entry an event once, whatever is repeated, reordered, cut off or in pieces."""

import time
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.models import AccessEvent, Alarm
from ledger.models import LedgerEntry
from ledger.verify import verify
from readers.handin.told import JournalGap
from readers.models import JournalQuarantine, Reader, UsedCode
from sallyport.codes import code_hash
from sallyport.offline import FIRST_PREVIOUS
from tenants.refs import CompanyRef
from tests.readers.handing import PATH, CutOff, as_json, cut_off
from tests.readers.pretend import Pretend, b64
from tests.scanning.world import World, lay_world


@pytest.fixture
def world(in_acme: CompanyRef) -> World:
    return lay_world(in_acme)


@pytest.fixture
def away(world: World) -> CutOff:
    """A reader with three entries: two granted, one refused."""
    reader = cut_off(world)
    reader.present(world.code())
    reader.present("no code")
    reader.present(world.code())
    return reader


def counters() -> list[int]:
    return list(AccessEvent.objects.order_by("id").values_list("counter", flat=True))


def test_each_entry_is_an_event_as_it_was_told(away: CutOff) -> None:
    assert away.results() == ["recorded"] * 3
    first, second, _ = AccessEvent.objects.order_by("counter")
    told = away.entries[0]
    assert (first.granted, first.reason, first.offline) == (True, "granted", True)
    assert (
        first.at
        == first.reader_at
        == datetime.fromtimestamp(told.at_ms / 1000, UTC).replace(microsecond=told.at_ms % 1000 * 1000)
    )
    assert (first.policy_epoch, first.policy_seq, first.facts) == (1, 1, told.facts)
    assert bytes(first.code_hash) == code_hash(told.code)
    assert (first.device, first.assurance) == (away.world.device.handle, 1)
    assert (second.granted, second.reason, second.credential) == (False, "malformed", None)
    assert UsedCode.objects.count() == 2
    assert not Alarm.objects.exists()
    assert not JournalQuarantine.objects.exists()


def test_the_ledger_holds_with_it(away: CutOff) -> None:
    away.hand_in()
    report = verify(away.world.company)
    assert report.ok, report
    AccessEvent.objects.filter(counter=2).update(granted=True)
    assert not verify(away.world.company).ok


def test_where_the_journal_stands(away: CutOff, client: Client) -> None:
    reader = Pretend(away.world.company, away.station.key, away.station.handle)
    assert reader.call(client, "GET", PATH).json() == {"position": 0, "hash": b64(FIRST_PREVIOUS)}
    answer = away.post(client, away.entries[:2])
    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "results": [
            {"position": 1, "result": "recorded", "code": ""},
            {"position": 2, "result": "recorded", "code": ""},
        ],
        "position": 2,
        "hash": b64(away.hashes[1]),
    }
    assert reader.call(client, "GET", PATH).json() == {"position": 2, "hash": b64(away.hashes[1])}


def test_repeating_changes_nothing(away: CutOff) -> None:
    assert away.results() == ["recorded"] * 3
    before = LedgerEntry.objects.count()
    for _ in range(2):
        assert away.results() == ["known"] * 3
    assert counters() == [1, 2, 3]
    assert LedgerEntry.objects.count() == before
    assert not Alarm.objects.exists()


def test_the_same_entry_twice_in_one_request(away: CutOff) -> None:
    twice = [one for one in away.entries for _ in range(2)]
    assert away.results(twice) == ["recorded", "known"] * 3
    assert counters() == [1, 2, 3]


def test_reordered_in_one_request(away: CutOff) -> None:
    assert away.results(away.entries[::-1]) == ["recorded"] * 3
    assert counters() == [1, 2, 3]


def test_in_pieces_that_overlap(away: CutOff) -> None:
    assert away.results(away.entries[:1]) == ["recorded"]
    assert away.results(away.entries[:2]) == ["known", "recorded"]
    assert away.results(away.entries[1:]) == ["known", "recorded"]
    assert counters() == [1, 2, 3]


def test_pieces_in_the_wrong_order_count_each_once(away: CutOff) -> None:
    """The later piece is sent back, with where the journal stands: nothing of it is taken or set apart."""
    with pytest.raises(JournalGap):
        away.hand_in(away.entries[1:])
    assert away.results(away.entries[:1]) == ["recorded"]
    assert away.results() == ["known", "recorded", "recorded"]
    assert counters() == [1, 2, 3]
    assert not JournalQuarantine.objects.exists()


def test_a_server_with_an_older_database_gets_it_again(away: CutOff) -> None:
    away.hand_in(away.entries[:1])
    old = Reader.objects.values("journal_position", "journal_hash").get()
    away.hand_in()
    # What a restored backup does not know: the later events and how far the journal was.
    AccessEvent.objects.filter(counter__gt=1).delete()
    UsedCode.objects.filter(nonce=away.world.nonce).delete()
    Reader.objects.update(**old)
    assert away.results(away.entries[1:]) == ["recorded", "recorded"]
    assert not Alarm.objects.exists()


def test_the_order_and_time_of_events_is_the_readers(world: World) -> None:
    reader = cut_off(world)
    begun = int(time.time() * 1000) - 600_000
    for minute in range(3):
        reader.present("no code", at_ms=begun + 60_000 * minute)
    reader.hand_in()
    times = [int(event.at.timestamp() * 1000) for event in AccessEvent.objects.order_by("id")]
    assert times == [begun, begun + 60_000, begun + 120_000]


def test_strange_texts_do_not_stop_a_journal(world: World, client: Client) -> None:
    reader = cut_off(world)
    for code in ("", "\0", "  two  ", "\ud800", "x" * 4096, "Ж\u202e"):
        reader.present(code)
    entries = [as_json(one) for one in reader.entries]
    entries[1]["facts"] = "\0\ud800"  # unsigned: it is kept apart
    answer = reader.post(client, entries).json()
    words = [one["code"] or one["result"] for one in answer["results"]]
    assert words == ["recorded", "signature_wrong", "chain_broken", "recorded", "recorded", "recorded"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("position", 0),
        ("position", "1"),
        ("counter", 2**53),
        ("at_ms", -1),
        ("at_ms", True),
        ("code", 7),
        ("code", "x" * 4097),
        ("challenges", [1, 2, 3]),
        ("challenges", [0]),
        ("granted", "true"),
        ("granted", None),
        ("reason", None),
        ("facts", "x" * (256 * 1024 + 1)),
        ("epoch", 2**31),
        ("seq", 1.5),
        ("previous", b64(b"\0" * 31)),
        ("sig", b64(b"\0" * 65)),
        ("sig", "*"),
    ],
)
def test_what_is_not_in_the_form_is_no_hand_in(
    away: CutOff, client: Client, field: str, value: object
) -> None:
    entries = [as_json(one) for one in away.entries]
    entries[1][field] = value
    answer = away.post(client, entries)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    del entries[1][field]
    assert away.post(client, entries).status_code == 400
    assert counters() == []


def test_at_most_five_hundred_and_at_least_one(away: CutOff, client: Client) -> None:
    assert away.post(client, []).status_code == 400
    assert away.post(client, [away.entries[1]] * 501).status_code == 400
    assert away.post(client, [away.entries[0]] * 500).status_code == 200
    assert counters() == [1]


def test_a_body_beyond_all_bounds(away: CutOff, client: Client) -> None:
    answer = away.post(client, [{"x": "y" * 5_000_000}])
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_only_the_reader_itself_hands_in(away: CutOff, client: Client) -> None:
    answer = away.post(client, away.entries, send_body=b'{"entries": []}')
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_digest")


def test_statements_do_not_grow_with_the_entries(world: World) -> None:
    reader = cut_off(world)
    reader.results([reader.present(world.code())])  # whatever the process holds from then on
    counts = []
    for size in (4, 40):
        entries = [reader.present(world.code() if n % 2 else "no code") for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            assert set(reader.results(entries)) == {"recorded"}
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 19, counts
