"""Pieces of one journal that overtake each other: taken once each, and nothing honest is set apart."""

import random
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from access.models import AccessEvent, Alarm
from ledger.verify import verify
from readers.handin.apart import Away, apart
from readers.handin.told import JournalGap, Told
from readers.models import JournalQuarantine, UsedCode
from tenants.refs import CompanyRef
from tests.readers.handing import CutOff, as_json, cut_off
from tests.readers.pretend import b64
from tests.scanning.world import World, lay_station, lay_world

Piece = tuple[list[Told], int | None]


@pytest.fixture
def world(in_acme: CompanyRef) -> World:
    return lay_world(in_acme)


@pytest.fixture
def away(world: World) -> CutOff:
    reader = cut_off(world)
    for number in range(4):
        reader.present(world.code() if number % 2 else f"no code {number}")
    return reader


def counters(reader: CutOff) -> list[int]:
    found = AccessEvent.objects.filter(reader=reader.station.handle).order_by("counter")
    return list(found.values_list("counter", flat=True))


def gone(*_: object, **__: object) -> None:
    raise Away


def nothing_apart() -> None:
    assert not JournalQuarantine.objects.exists()
    assert not Alarm.objects.exists()


def test_a_later_piece_that_comes_first_is_sent_back(away: CutOff) -> None:
    early, late = away.entries[:2], away.entries[2:]
    with pytest.raises(JournalGap) as gap:
        away.hand_in(late, after=2)
    assert (gap.value.head.position, gap.value.head.hash) == (0, b"\0" * 32)
    assert (counters(away), away.row.journal_position, UsedCode.objects.count()) == ([], 0, 0)
    assert away.results(early, after=0) == ["recorded"] * 2
    assert away.results(late, after=2) == ["recorded"] * 2
    nothing_apart()


def test_a_piece_with_a_hole_takes_nothing_of_it(away: CutOff) -> None:
    with pytest.raises(JournalGap):
        away.hand_in([away.entries[0], away.entries[3]])
    assert (counters(away), away.row.journal_position) == ([], 0)
    nothing_apart()


def test_what_the_reader_says_it_lacks_is_a_break(away: CutOff) -> None:
    """It asked where the journal stands and says that these are all it has behind that."""
    assert away.results(away.entries[:1], after=0) == ["recorded"]
    assert away.results(away.entries[2:], after=1) == ["chain_broken", "recorded"]
    assert Alarm.objects.get().facts == {"position": 3, "entries": 1}


@pytest.mark.parametrize("after", [0, 2, None, 2**53 - 1])
def test_only_behind_the_present_head_it_may_say_so(away: CutOff, after: int | None) -> None:
    away.hand_in(away.entries[:1], after=0)
    with pytest.raises(JournalGap) as gap:
        away.hand_in(away.entries[2:], after=after)
    assert gap.value.head.position == 1
    nothing_apart()


def test_who_is_not_the_reader_learns_no_gap(away: CutOff) -> None:
    """Nobody vouches for the position of an entry that the reader has not signed: it is set apart."""
    far = Told(**{name: getattr(away.entries[3], name) for name in Told.__slots__} | {"sig": b"\1" * 64})
    assert away.results([far]) == ["signature_wrong"]


@pytest.mark.parametrize("beside", [True, False])
def test_over_http(away: CutOff, client: Client, monkeypatch: pytest.MonkeyPatch, beside: bool) -> None:
    """Checked in the process beside the server, and in the server itself."""
    if not beside:
        monkeypatch.setattr(apart, "check", gone)
    late = away.post(client, away.entries[2:], said={"after": 2})
    assert (late.status_code, late.json()["code"], late.json()["retry"]) == (409, "journal_gap", True)
    assert (late.json()["position"], late.json()["hash"]) == (0, b64(b"\0" * 32))
    assert counters(away) == []
    away.post(client, away.entries[:1], said={"after": 0})
    lost = away.post(client, away.entries[2:], said={"after": 1})
    assert [one["code"] for one in lost.json()["results"]] == ["chain_broken", ""]


def test_an_older_program_with_a_real_hole_is_not_sent_back_for_ever(away: CutOff) -> None:
    """It cannot say that these are all it has; after an hour of the same nothing is on its way any more."""
    away.hand_in(away.entries[:1])

    def sent_back(minutes: float, entries: list[Told]) -> bool:
        try:
            away.hand_in(entries, now=timezone.now() + timedelta(minutes=minutes))
        except JournalGap:
            return True
        return False

    rest = away.entries[2:]
    assert [sent_back(minutes, rest) for minutes in (0, 30, 59)] == [True] * 3
    nothing_apart()
    assert sent_back(61, away.entries[3:]), "another piece has its own hour"
    assert [sent_back(minutes, rest) for minutes in (62, 120)] == [True] * 2
    assert not sent_back(123, rest)
    assert [row.reason for row in JournalQuarantine.objects.all()] == ["chain_broken"]
    assert Alarm.objects.get().facts == {"position": 3, "entries": 1}
    assert counters(away) == [1, 4]
    assert (away.row.gap_position, away.row.gap_since) == (None, None)


def test_what_comes_meanwhile_ends_the_wait(away: CutOff) -> None:
    late = timezone.now() + timedelta(minutes=90)
    with pytest.raises(JournalGap):
        away.hand_in(away.entries[2:])
    assert away.results(away.entries[:1]) == ["recorded"]
    with pytest.raises(JournalGap):
        away.hand_in(away.entries[2:], now=late)
    with pytest.raises(JournalGap):
        away.hand_in(away.entries[2:], after=0, now=late + timedelta(hours=2))
    nothing_apart()


@pytest.mark.parametrize("after", [-1, 2**53, True, "1", 1.5, None])
def test_what_is_no_position_is_refused(away: CutOff, client: Client, after: object) -> None:
    told = away.post(client, [as_json(away.entries[0])], said={"after": after})
    assert (told.status_code, told.json()["code"], counters(away)) == (400, "malformed", [])


def cut(draw: random.Random, entries: list[Told]) -> list[Piece]:
    """The journal in pieces as two processes might send them: overlapping, repeated, with holes, shuffled."""
    pieces: list[Piece] = []
    start = 0
    while start < len(entries):
        size = draw.randint(1, 4)
        pieces.append((entries[start : start + size], start))
        start += size
    for _ in range(draw.randint(0, 4)):
        first = draw.randrange(len(entries))
        some = entries[first : first + draw.randint(1, 6)]
        pieces.append((some, draw.choice((first, None))))
        pieces.append((draw.sample(entries, draw.randint(1, 3)), None))
    pieces += draw.choices(pieces, k=draw.randint(0, 3))
    draw.shuffle(pieces)
    return pieces


@pytest.mark.parametrize("seed", range(25))
def test_whatever_the_order_each_counts_once(world: World, seed: int) -> None:
    draw = random.Random(seed)
    reader = CutOff(world, lay_station(world.company, world.point, f"Reader {seed}"), world.point.handle)
    for number in range(draw.randint(3, 12)):
        reader.present(world.code() if draw.random() < 0.5 else f"no code {number}")
    for entries, after in cut(draw, reader.entries):
        stood = counters(reader)
        try:
            words = reader.results(entries, after)
        except JournalGap as gap:
            told = gap.head.position
            words = reader.results(reader.entries[told:], told)  # as a reader does
            assert [told, counters(reader)[:told]] == [len(stood), stood]
            if draw.random() < 0.7:
                # Cut before it was answered: nobody knows, and some of it is sent again.
                words += reader.results(entries, after)
        assert set(words) <= {"recorded", "known"}
    reader.hand_in()
    assert counters(reader) == list(range(1, len(reader.entries) + 1))
    assert UsedCode.objects.count() == sum(one.granted for one in reader.entries)
    nothing_apart()
    assert verify(world.company).ok
