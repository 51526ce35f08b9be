"""What a hand-in does not believe: kept apart with its reason, told in an alarm, never an event."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from access import services as building
from access.models import AccessEvent, Alarm, AlarmKind
from credentials import services as credentials
from ledger.models import LedgerEntry
from ledger.verify import verify
from readers.handin.told import Fault, Told
from readers.models import JournalQuarantine, QuarantineReason, UsedCode
from readers.services import move_reader
from sallyport.reasons import Reason
from tenants.refs import CompanyRef
from tests.readers.handing import CutOff, cut_off
from tests.scanning.world import BY, World, lay_station, lay_world
from vault import rotation
from vault.models import KeySet


@pytest.fixture
def world(in_acme: CompanyRef) -> World:
    return lay_world(in_acme)


@pytest.fixture
def away(world: World) -> CutOff:
    return cut_off(world)


def now_ms() -> int:
    return int(time.time() * 1000)


def facts_of(told: Told, **changes: Any) -> str:
    return json.dumps(json.loads(told.facts) | changes, separators=(",", ":"))


def kinds() -> list[str]:
    return sorted(Alarm.objects.values_list("kind", flat=True))


def kept(reason: Fault, away: CutOff, *, alarm: AlarmKind = AlarmKind.JOURNAL_QUARANTINED) -> None:
    """One entry is kept apart for this reason, whole, with its alarm and its deed; it used no code."""
    row = JournalQuarantine.objects.get()
    told = next(one for one in away.entries if one.position == row.position)
    assert (row.reason, row.counter, row.reader_id) == (reason, told.counter, away.station.handle)
    assert json.loads(row.entry)["code"] == told.code
    assert kinds() == [alarm]
    deed = LedgerEntry.objects.get(verb="journal_quarantined")
    assert deed.data == {"positions": [row.position], reason.value: 1}
    assert not AccessEvent.objects.filter(counter=row.counter, granted=told.granted).exists()
    assert verify(away.world.company).ok
    assert away.results()[row.position - 1] == reason, "the same entry again tells the same"
    assert JournalQuarantine.objects.count() == Alarm.objects.count() == 1


def test_every_reason_is_told_in_words() -> None:
    assert {one.value for one in QuarantineReason} == {one.value for one in Fault}


def test_a_wrong_signature(away: CutOff) -> None:
    away.present(away.world.code())
    away.entries[0] = replace(away.entries[0], sig=b"\1" * 64)
    away.present(away.world.code())
    assert away.results() == ["signature_wrong", "recorded"]
    assert UsedCode.objects.count() == 1
    kept(Fault.SIGNATURE_WRONG, away, alarm=AlarmKind.JOURNAL_BROKEN)


@pytest.mark.parametrize(
    "edit",
    [
        {"granted": False, "reason": "expired"},
        {"at_ms": 1},
        {"code": "1" * 252},
        {"epoch": 2},
        {"facts": "{}"},
        {"reason": "of_tomorrow"},
    ],
)
def test_an_edited_entry(away: CutOff, edit: dict[str, Any]) -> None:
    """Who changes an entry on the disk has no signature for it, and breaks the chain behind it."""
    for _ in range(3):
        away.present(away.world.code())
    away.entries[1] = replace(away.entries[1], **edit)
    assert (
        away.results()
        == [
            "recorded",
            "signature_wrong",
            "chain_broken",
        ][:3]
    )
    assert kinds() == [AlarmKind.JOURNAL_BROKEN]


def test_another_readers_entry(away: CutOff) -> None:
    other = replace(away, station=lay_station(away.world.company, away.world.point, "Two"))
    other.entries, other.hashes = [], []
    other.present(away.world.code())
    assert away.results(other.entries) == ["signature_wrong"]


def test_a_wrongly_signed_entry_carries_the_head_nowhere(away: CutOff) -> None:
    away.present(away.world.code())
    far = replace(away.entries[0], position=2**53 - 1)
    assert away.results([far]) == ["signature_wrong"]
    assert away.results() == ["recorded"]


def test_a_gap_and_then_it_goes_on(away: CutOff) -> None:
    for _ in range(4):
        away.present(away.world.code())
    assert away.results([away.entries[n] for n in (0, 2, 3)], after=0) == [
        "recorded",
        "chain_broken",
        "recorded",
    ]
    assert away.row.journal_position == 4
    assert Alarm.objects.get().facts == {"position": 3, "entries": 1}
    away.present(away.world.code())
    assert away.results(away.entries[4:]) == ["recorded"]
    assert kinds() == [AlarmKind.JOURNAL_BROKEN]


def test_a_chain_that_is_forged_anew(away: CutOff) -> None:
    """A second entry under a position that is on record: the reader tells two histories."""
    away.present(away.world.code())
    away.hand_in()
    away.present(away.world.code(), position=1, previous=b"\0" * 32)
    assert away.results(away.entries[1:]) == ["chain_broken"]
    assert kinds() == [AlarmKind.JOURNAL_BROKEN]


def test_an_entry_that_does_not_link(away: CutOff) -> None:
    away.present(away.world.code())
    away.present(away.world.code(), previous=b"\7" * 32)
    away.present(away.world.code())
    assert away.results() == ["recorded", "chain_broken", "recorded"]
    kept(Fault.CHAIN_BROKEN, away, alarm=AlarmKind.JOURNAL_BROKEN)


def test_a_number_used_for_two_codes(away: CutOff) -> None:
    away.present(away.world.code())
    away.present(away.world.code(), counter=1)
    assert away.results() == ["recorded", "event_id_reused"]
    assert (away.results(), AccessEvent.objects.count()) == (["known", "event_id_reused"], 1)
    assert kinds() == [AlarmKind.JOURNAL_QUARANTINED]


@pytest.mark.parametrize("pieces", [1, 2])
def test_a_grant_against_our_word_that_no_code_stands_behind(away: CutOff, pieces: int) -> None:
    """On record the server has refused it; the reader says it opened, and cannot say why."""
    good = away.present(away.world.code())
    away.forget()
    away.present("no code", counter=1)
    assert pieces == 1 or away.results() == ["recorded"]
    away.present("no code", counter=1, granted=True, reason=Reason.GRANTED, facts=good.facts)
    assert away.results()[1] == Fault.CODE_NOT_OURS
    assert JournalQuarantine.objects.get().reason == Fault.CODE_NOT_OURS
    assert kinds() == [AlarmKind.JOURNAL_QUARANTINED]
    assert away.results() == ["known", Fault.CODE_NOT_OURS]
    assert not LedgerEntry.objects.filter(verb="reader_decided_otherwise").exists()


def test_a_grant_that_no_code_stands_behind(away: CutOff) -> None:
    good = away.present(away.world.code())
    away.present("1" * 252, granted=True, reason=Reason.GRANTED, facts=good.facts)
    assert away.results() == ["recorded", "code_not_ours"]
    kept(Fault.CODE_NOT_OURS, away)


def test_a_grant_on_a_code_that_had_expired(away: CutOff) -> None:
    at = now_ms()
    good = away.present(away.world.code(), at_ms=at)
    late = away.present(away.world.code(age=300), at_ms=at + 1)
    assert (late.granted, late.reason) == (False, "expired")
    away.forget(1)
    away.present(late.code, at_ms=at + 1, counter=2, granted=True, reason=Reason.GRANTED, facts=good.facts)
    assert away.results() == ["recorded", "code_not_ours"]
    kept(Fault.CODE_NOT_OURS, away)


def test_the_life_of_codes_is_the_companys(away: CutOff) -> None:
    credentials.set_code_policy(by=BY, code_life=60)
    away.present(away.world.code(age=50))
    assert away.results() == ["recorded"]


@pytest.mark.parametrize(
    "lie",
    [
        {"now": 1},
        {"at": 77},
        {"at": True},
        {"at": None},
        {"v": 2},
        {"offline": None},
        {"challenged": True},
        {"reached": 2},
        {"second": "good"},
        {"locked": True},
        {"device": None},
        {"zone": ["x"]},
        {"levels": {}},
        {"code": ["live", 1, 1, 1, 1, 0, 1, 1]},
        {"code": None},
    ],
)
def test_facts_that_do_not_fit(away: CutOff, lie: dict[str, Any]) -> None:
    code, at = away.world.code(), now_ms()
    honest = away.present(code, at_ms=at)
    away.forget()
    away.present(
        code, at_ms=at, counter=1, granted=True, reason=Reason.GRANTED, facts=facts_of(honest, **lie)
    )
    assert away.results() == ["facts_differ"]
    kept(Fault.FACTS_DIFFER, away)
    assert not UsedCode.objects.exists()


@pytest.mark.parametrize(
    "facts", ["", "[]", "null", "{}", "[" * 9000, '{"v":1}', "NaN", '{"v":1,"now":1e999}']
)
def test_facts_that_are_none(away: CutOff, facts: str) -> None:
    away.present(away.world.code(), facts=facts)
    assert away.results() == ["facts_differ"]


@pytest.mark.parametrize("length", [16 * 1024 + 1, 256 * 1024])
def test_facts_that_are_too_long_hold_nothing_up(away: CutOff, client: Client, length: int) -> None:
    """What comes after them is taken: a journal that is refused whole would come again for ever."""
    honest = away.present(away.world.code())
    away.forget()
    away.station.counter = 0
    spaces = " " * (length - len(honest.facts))
    away.present(honest.code, at_ms=honest.at_ms, facts=honest.facts + spaces)
    away.present(away.world.code())
    answer = away.post(client, away.entries).json()
    assert [one["code"] or one["result"] for one in answer["results"]] == ["facts_too_long", "recorded"]
    kept(Fault.FACTS_TOO_LONG, away)


def test_a_refusal_with_facts_of_a_grant(away: CutOff) -> None:
    away.present(away.world.code(), granted=False, reason=Reason.LOCKDOWN)
    assert away.results() == ["facts_differ"]


def test_a_refusal_about_a_code_that_does_not_open(away: CutOff) -> None:
    away.world.level.rules.clear()
    honest = away.present(away.world.code())
    assert honest.reason == "not_allowed_here"
    away.forget()
    away.present("1" * 252, counter=1, granted=False, reason=Reason.NOT_ALLOWED_HERE, facts=honest.facts)
    assert away.results() == ["facts_differ"]


@pytest.mark.parametrize("ahead_ms", [121_000, 10**12])
def test_a_time_that_has_not_come(away: CutOff, ahead_ms: int) -> None:
    away.present("no code", at_ms=now_ms() + ahead_ms)
    assert away.results() == ["out_of_time"]
    kept(Fault.OUT_OF_TIME, away)


def test_a_clock_a_little_ahead_is_taken(away: CutOff) -> None:
    away.present("no code", at_ms=now_ms() + 110_000)
    assert away.results() == ["recorded"]


@pytest.mark.parametrize("at_ms", [1, None])
def test_a_time_before_any_key(away: CutOff, at_ms: int | None) -> None:
    first = min(KeySet.objects.values_list("not_before", flat=True)) - 120
    away.present("no code", at_ms=at_ms or first * 1000 - 1)
    away.present("no code", at_ms=first * 1000)
    assert away.results() == ["out_of_time", "recorded"]


def test_a_retired_key_set_still_opens_what_it_made(away: CutOff) -> None:
    told = away.present(away.world.code())
    rotation.rotate_now(by=BY, ahead=0)
    assert KeySet.objects.count() > 1
    assert away.results() == ["recorded"], told


def test_a_reader_that_was_moved_hands_in_what_it_did_before(away: CutOff) -> None:
    """Where it stood is on record; a place where it never was is none of its."""
    world = away.world
    back = building.add_door(area=world.point.door.area, name="Back", by=BY).access_points.get()
    never = building.add_door(area=world.point.door.area, name="Never", by=BY).access_points.get()
    world.level.rules.create(access_point=back, schedule=world.schedule)
    world.level.rules.create(access_point=never, schedule=world.schedule)
    away.present(world.code())
    move_reader(reader=away.row, access_point=back, by=BY)
    away.point = back.handle
    away.present(world.code())
    away.point = never.handle
    away.present(world.code())
    assert away.results() == ["recorded", "recorded", "facts_differ"]
    kept(Fault.FACTS_DIFFER, away)
