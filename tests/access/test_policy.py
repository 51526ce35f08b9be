"""What the hot path reads, against the rules: rows in, decisions out."""

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from access import services
from access.models import Door, DoorMode, SpecialRule
from access.policy import Person, build_doors, doors_statement, people_statement
from ledger.selectors import current_policy
from sallyport.codes import LiveContents, OpenedCode
from sallyport.reasons import Reason
from sallyport.rules import Assurance, DoorPolicy, Presentation, decide, decide_again
from tenants import context
from tenants.context import CompanyRef
from tests.access.build import BY, Building, building, henri

MONDAY_NOON = dt.datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def house(in_acme: CompanyRef) -> Building:
    return building()


def read_doors(company: CompanyRef) -> dict[int, DoorPolicy]:
    with connection.cursor() as cursor:
        cursor.execute(doors_statement(company.schema).as_string(None))
        value = cursor.fetchone()[0]
    return build_doors(json.loads(value) if isinstance(value, str) else value)


def read_people(company: CompanyRef, handles: list[int]) -> list[Person]:
    with connection.cursor() as cursor:
        cursor.execute(people_statement(company.schema).as_string(None), [handles])
        rows = cursor.fetchall()
    return [
        Person(*(json.loads(v) if isinstance(v, str) and v[:1] == "[" else v for v in row)) for row in rows
    ]


def outcome(door: DoorPolicy, person: Person, moment: dt.datetime, device: int) -> Reason:
    now = int(moment.timestamp())
    contents = LiveContents(
        credential=person.handle, device=device, profile=person.profile, flags=0, issued=now, nonce=1
    )
    shown = Presentation(OpenedCode(kind="live", contents=contents, issued=now, key_id=1), Assurance.CODE)
    decision = decide(
        now=now,
        door=door,
        presentation=shown,
        credential=person.credential_facts(),
        device=person.device_facts().get(device),
    )
    assert decide_again(decision.facts_text) == decision
    return decision.reason


def test_what_an_area_asks_for_is_read(in_acme: CompanyRef, house: Building) -> None:
    point = house.front_point.handle
    plain = read_doors(in_acme)[point]
    assert (plain.unlock_age, plain.challenge) == (None, False)
    services.edit_area(area=house.area, by=BY, unlock_age_minutes=5, door_challenge=True)
    asking = read_doors(in_acme)[point]
    assert (asking.unlock_age, asking.challenge) == (300, True)


@pytest.mark.parametrize("change", [{"unlock_age_minutes": 5}, {"door_challenge": True}])
def test_what_an_area_asks_for_moves_the_policy(own_company: CompanyRef, change: dict[str, Any]) -> None:
    with context.enter(own_company):
        area = building().area
        epoch, seq = current_policy()
        services.edit_area(area=area, by=BY, **change)
        assert current_policy() == (epoch, seq + 1)


def test_doors_of_a_new_company_are_none(in_acme: CompanyRef) -> None:
    assert read_doors(in_acme) == {}


def test_a_door_knows_its_place_hours_and_levels(house: Building, in_acme: CompanyRef) -> None:
    doors = read_doors(in_acme)
    front, dock = doors[house.front_point.handle], doors[house.dock_point.handle]
    assert (front.door, front.area, front.site_zone, front.mode) == (
        house.front.pk,
        house.area.pk,
        "Europe/Berlin",
        "normal",
    )
    assert [schedule.id for schedule in front.levels[house.staff.pk]] == [house.office_hours.pk]
    assert dock.levels == {}


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (MONDAY_NOON, Reason.GRANTED),
        (MONDAY_NOON.replace(hour=7, minute=59), Reason.OUTSIDE_SCHEDULE),
        (MONDAY_NOON.replace(hour=18), Reason.OUTSIDE_SCHEDULE),
        (MONDAY_NOON.replace(day=22), Reason.OUTSIDE_SCHEDULE),
    ],
)
def test_a_grant_opens_in_its_hours(
    house: Building, in_acme: CompanyRef, moment: dt.datetime, reason: Reason
) -> None:
    person, device = with_phone(house, in_acme)
    assert outcome(read_doors(in_acme)[house.front_point.handle], person, moment, device) is reason


def with_phone(house: Building, company: CompanyRef) -> tuple[Person, int]:
    """Henri with the staff level; his phone is made up, as phones are enrolled in a room of their own."""
    holder = henri()
    services.grant_level(holder=holder, level=house.staff, by=BY)
    handle = holder.credentials.get(state="ACTIVE").handle
    (person,) = read_people(company, [handle])
    assert person.devices == []
    return person._replace(devices=[(7, "ACTIVE")]), 7


def test_another_door_is_not_allowed(house: Building, in_acme: CompanyRef) -> None:
    person, device = with_phone(house, in_acme)
    door = read_doors(in_acme)[house.dock_point.handle]
    assert outcome(door, person, MONDAY_NOON, device) is Reason.NOT_ALLOWED_HERE


def test_lockdown_of_area_and_of_door(house: Building, in_acme: CompanyRef) -> None:
    person, device = with_phone(house, in_acme)
    point = house.front_point.handle
    services.set_area_lockdown(area=house.area, lockdown=True, by=BY)
    assert outcome(read_doors(in_acme)[point], person, MONDAY_NOON, device) is Reason.LOCKDOWN
    services.set_area_lockdown(area=house.area, lockdown=False, by=BY)
    services.set_door_lockdown(door=house.front, lockdown=True, by=BY)
    assert outcome(read_doors(in_acme)[point], person, MONDAY_NOON, device) is Reason.LOCKDOWN
    services.set_door_lockdown(door=house.front, lockdown=False, by=BY)
    assert outcome(read_doors(in_acme)[point], person, MONDAY_NOON, device) is Reason.GRANTED


def test_lockdown_comes_back_to_the_schedule(house: Building) -> None:
    door = house.front
    services.edit_door(
        door=door, mode=DoorMode.UNLOCKED_BY_SCHEDULE, unlock_schedule=house.office_hours, by=BY
    )
    services.set_door_lockdown(door=door, lockdown=True, by=BY)
    services.set_door_lockdown(door=door, lockdown=False, by=BY)
    assert Door.objects.get(pk=door.pk).mode == DoorMode.UNLOCKED_BY_SCHEDULE


def test_special_days_follow_the_schedules_rule(house: Building, in_acme: CompanyRef) -> None:
    person, device = with_phone(house, in_acme)
    point = house.front_point.handle
    services.add_special_day(site=house.site, date=MONDAY_NOON.date(), name="Stocktaking", by=BY)

    def at_noon() -> Reason:
        return outcome(read_doors(in_acme)[point], person, MONDAY_NOON, device)

    assert at_noon() is Reason.OUTSIDE_SCHEDULE
    hours = house.office_hours
    services.edit_schedule(schedule=hours, special_rule=SpecialRule.AS_USUAL, by=BY)
    assert at_noon() is Reason.GRANTED
    own = {"special_rule": SpecialRule.OWN_HOURS, "special_intervals": [[9 * 60, 11 * 60]]}
    services.edit_schedule(schedule=hours, by=BY, **own)
    assert at_noon() is Reason.OUTSIDE_SCHEDULE


def test_people_are_asked_for_by_handle(house: Building, in_acme: CompanyRef) -> None:
    person, _ = with_phone(house, in_acme)
    assert read_people(in_acme, [person.handle + 1000]) == []
    assert [tuple(grant) for grant in person.grants] == [(house.staff.pk, None, None)]
    assert (person.state, person.holder_state, person.holder_kind) == ("ACTIVE", "ACTIVE", "EMPLOYEE")
