"""What a reader decided on is its own word: where ours is another one, an alarm names what it opened."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from access import services as building
from access.models import AccessEvent, Alarm, AlarmKind, Area, Door
from credentials.models import Credential
from credentials.services import offboard_holder, resume_holder, suspend_holder
from ledger.models import LedgerEntry
from readers.handin import unallowed
from readers.handin.alarming import _holders_out
from sallyport.codes import CodeFlags
from tenants.refs import CompanyRef
from tests.readers.handing import CutOff, cut_off
from tests.scanning.world import BY, lay_world


@pytest.fixture
def away(in_acme: CompanyRef) -> CutOff:
    """It has opened once, in an area that asks for a code."""
    reader = cut_off(lay_world(in_acme))
    reader.present(reader.world.code())
    return reader


FACE, ELSE = AlarmKind.OFFLINE_AT_FACE_AREA, AlarmKind.JOURNAL_QUARANTINED


@pytest.mark.parametrize(
    ("ours", "kind"),
    [
        ({}, None),
        ({"assurance": 3}, FACE),
        ({"assurance": 4}, FACE),
        ({"assurance": 3, "offline_mode": "code"}, None),
        ({"assurance": 3, "offline_mode": "code_unlock"}, FACE),
        ({"assurance": 2}, ELSE),
        ({"offline_mode": "refuse"}, ELSE),
        ({"assurance": 2, "offline_mode": "code"}, None),
    ],
)
def test_it_opened_where_our_area_lets_none(
    away: CutOff, ours: dict[str, Any], kind: AlarmKind | None
) -> None:
    """As if the area had always been so: the reader goes by another rule, and says of no cut."""
    if ours:
        Area.objects.update(equal_way="Ring.", **ours)
    assert away.results() == ["recorded"]
    event = AccessEvent.objects.get()
    told = [(one.kind, one.reader, one.facts) for one in Alarm.objects.all()]
    facts = {"access_point": away.point, "event": event.pk, "entries": 1}
    assert told == ([] if kind is None else [(kind, away.station.handle, facts)])
    assert away.results() == ["known"]
    assert Alarm.objects.count() == len(told)


def test_a_code_that_says_enough_is_none_of_it(away: CutOff) -> None:
    away.forget()
    away.station.counter = 0
    away.present(away.world.code(flags=CodeFlags.PHONE_UNLOCKED))
    Area.objects.update(assurance=2)
    assert away.results() == ["recorded"]
    assert not Alarm.objects.exists()


def test_a_door_that_stood_unlocked_is_none_of_it(away: CutOff) -> None:
    Area.objects.update(assurance=3, equal_way="Ring.")
    Door.objects.update(mode="unlocked_by_schedule", unlock_schedule=away.world.schedule)
    away.hand_in()
    assert not Alarm.objects.exists()


def test_refusals_are_none_of_it(away: CutOff) -> None:
    away.forget()
    away.station.counter = 0
    away.present("no code")
    Area.objects.update(assurance=3, equal_way="Ring.")
    assert away.results() == ["recorded"]
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("knew", [False, True])
def test_an_area_that_was_changed_since_its_list_says_nothing(
    away: CutOff, monkeypatch: pytest.MonkeyPatch, knew: bool
) -> None:
    building.edit_area(area=Area.objects.get(), assurance=3, equal_way="Ring.", by=BY)
    if knew:
        monkeypatch.setattr(unallowed, "SLACK", -60)  # as if its list were a minute younger
    away.hand_in()
    assert [one.kind for one in Alarm.objects.all()] == ([FACE] if knew else [])


def hand_in_after(away: CutOff, deed: Callable[[], object], late: int) -> list[str]:
    """The alarms where the entry is `late` ms later than the deed."""
    away.forget()
    away.station.counter = 0
    away.used.clear()
    away.present(away.world.code(), at_ms=int(time.time() * 1000) + late)
    deed()
    assert away.results() == ["recorded"]
    return list(Alarm.objects.values_list("kind", flat=True))


@pytest.mark.parametrize("late", [2000, -2000])
def test_a_holder_who_was_suspended(away: CutOff, late: int) -> None:
    found = hand_in_after(away, lambda: suspend_holder(holder=away.world.holder, by=BY), late)
    assert found == ([AlarmKind.PASSED_AFTER_REVOCATION] if late > 0 else [])


def test_a_holder_who_came_back_and_was_suspended_again(away: CutOff) -> None:
    """What counts is when the last suspension began, though the person left after it."""
    holder = away.world.holder

    def deed() -> None:
        suspend_holder(holder=holder, by=BY)
        resume_holder(holder=holder, by=BY)
        suspend_holder(holder=holder, by=BY)

    assert hand_in_after(away, deed, 2000) == [AlarmKind.PASSED_AFTER_REVOCATION]
    deeds = LedgerEntry.objects.filter(subject_kind="holder", handle=holder.handle).order_by("at", "id")
    times = {verb: at for verb, at in deeds.values_list("verb", "at")}
    assert _holders_out([holder.handle]) == {holder.handle: times["holder_suspended"]}
    offboard_holder(holder=holder, by=BY)
    assert _holders_out([holder.handle]) == {holder.handle: times["holder_suspended"]}


def test_a_holder_who_left(away: CutOff) -> None:
    found = hand_in_after(away, lambda: offboard_holder(holder=away.world.holder, by=BY), 2000)
    assert found == [AlarmKind.PASSED_AFTER_REVOCATION], "one alarm, though phone and credential ended too"


def test_a_credential_that_was_suspended(away: CutOff) -> None:
    found = hand_in_after(away, lambda: Credential.objects.update(state="SUSPENDED"), 2000)
    assert found == [AlarmKind.PASSED_AFTER_REVOCATION]
