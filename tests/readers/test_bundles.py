"""The offline bundle from the server: for one reader, numbered, of one moment, and without any name."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from access import services as building
from access.models import AccessGrant, Profile, SpecialRule
from access.policy import build_doors, doors_statement
from credentials import services as credentials
from credentials.models import Credential, Device, Holder
from ledger.services import current_policy
from readers.models import Reader
from readers.services import bundles, suspend_reader
from sallyport.offline import BundleWrong, Gone
from sallyport.reasons import Reason
from sallyport.rules import DoorPolicy
from tenants import context
from tenants.refs import CompanyRef
from tests.readers.cut_off import BUNDLE, CutOff, at, servers_reason
from tests.readers.pretend import Pretend
from tests.scanning.world import ALWAYS, BY, World, lay_phone, lay_station, lay_world
from vault.selectors import key_entries


@pytest.fixture
def world(own_company: CompanyRef, django_db_blocker: DjangoDbBlocker) -> World:
    with django_db_blocker.unblock():
        return lay_world(own_company)


@pytest.fixture
def reader(world: World, client: Client) -> CutOff:
    return at(world, client)


def all_doors(world: World) -> dict[int, DoorPolicy]:
    """The doors as the hot path reads them."""
    with connection.cursor() as cursor:
        cursor.execute(doors_statement(world.company.schema).as_string(None))
        value = cursor.fetchone()[0]
    return build_doors(json.loads(value) if isinstance(value, str) else value)


def furnish(world: World) -> None:
    """A second door with hours and a level of its own, a special day, somebody who may pass there alone."""
    area = world.point.door.area
    back = building.add_door(area=area, name="Back", by=BY).access_points.get()
    night = building.add_schedule(
        name="Night",
        intervals=[[4, 1320, 360]],
        special_rule=SpecialRule.OWN_HOURS,
        special_intervals=[[600, 720]],
        by=BY,
    )
    building.add_special_day(site=area.site, date=timezone.now().date(), name="Fair", by=BY)
    both = building.add_level(name="Both", rules=[(world.point, night), (back, night)], by=BY)
    only_back = building.add_level(name="Back alone", rules=[(back, night)], by=BY)
    for name, levels in (("Bea Both", [both, only_back]), ("Otto Other", [only_back])):
        email = f"{name[:4].strip().lower()}@example.com"
        holder = credentials.add_holder(name=name, email=email, by=BY)
        for level in levels:
            building.grant_level(holder=holder, level=level, by=BY)


def test_it_holds_the_readers_own_door_and_who_may_pass_it(world: World, client: Client) -> None:
    with context.enter(world.company), transaction.atomic():
        furnish(world)
    held = at(world, client).held
    with context.enter(world.company):
        assert held.door == all_doors(world)[world.point.handle]
        assert len(held.door.levels) == 2
        assert len(held.door.special_days) == 1
        expected = {}
        for profile in Profile.objects.all():
            here = tuple(level for level in profile.levels if level in held.door.levels)
            if here:
                expected[profile.number] = here
        assert held.profiles == expected
        assert len(expected) < Profile.objects.count()
        assert any(
            len(profile.levels) > len(expected.get(profile.number, ())) for profile in Profile.objects.all()
        )
        assert (held.epoch, held.seq) == current_policy()
        assert held.keys == key_entries()
    assert (held.mode, held.trust, held.life, held.pulse_ms) == ("as_online", 86_400, 30, 3_000)
    assert held.gone == Gone()


def test_the_companys_choices_are_in_it(world: World, reader: CutOff) -> None:
    with context.enter(world.company), transaction.atomic():
        credentials.set_code_policy(by=BY, code_life=45)
        area = world.point.door.area
        building.edit_area(area=area, by=BY, offline_mode="code_unlock", offline_trust_hours=72)
    held = reader.fetch()
    assert (held.life, held.mode, held.trust) == (45, "code_unlock", 72 * 3600)


def somebody(number: int) -> tuple[Holder, int, Device]:
    """A holder with a credential's handle and a phone."""
    holder = credentials.add_holder(name=f"Holder {number}", email=f"h{number}@example.com", by=BY)
    return holder, Credential.objects.get(holder=holder).handle, lay_phone(holder)


def test_who_may_pass_no_more_is_on_the_list_of_the_first_reason(world: World, reader: CutOff) -> None:
    with context.enter(world.company), transaction.atomic():
        people = [somebody(number) for number in range(8)]
        states = ("REVOKED", "LOST", "SUSPENDED", "ISSUED", "EXPIRED")
        for (_, handle, _), state in zip(people, states, strict=False):
            Credential.objects.filter(handle=handle).update(state=state)
        credentials.suspend_holder(holder=people[5][0], by=BY)
        credentials.suspend_holder(holder=people[0][0], by=BY)  # revoked as well: that comes first
        credentials.offboard_holder(holder=people[6][0], by=BY)
        credentials.revoke_device(device=people[7][2], reason="lost", by=BY)
        Device.objects.filter(pk=people[1][2].pk).update(state="AWAITING")
    handles = [handle for _, handle, _ in people]
    assert reader.fetch().gone == Gone(
        revoked=frozenset({handles[0], handles[1], handles[6]}),
        suspended=frozenset(handles[2:5]),
        inactive=frozenset({handles[5]}),
        devices=frozenset({people[6][2].handle, people[7][2].handle, people[1][2].handle}),
    )


@pytest.mark.parametrize(("hours", "told"), [(24.9, True), (25.1, False), (None, True)])
def test_what_ended_more_than_25_hours_ago_is_left_out(
    world: World, reader: CutOff, hours: float | None, told: bool
) -> None:
    moment = None if hours is None else timezone.now() - timedelta(hours=hours)
    with context.enter(world.company), transaction.atomic():
        _, handle, phone = somebody(1)
        Credential.objects.filter(handle=handle).update(state="REVOKED", ended_at=moment)
        Device.objects.filter(pk=phone.pk).update(state="REVOKED", revoked_at=moment)
    gone = reader.fetch().gone
    assert ((handle in gone.revoked), (phone.handle in gone.devices)) == (told, told)


def test_the_moment_at_which_a_credential_ended_is_kept(world: World) -> None:
    with context.enter(world.company), transaction.atomic():
        before = timezone.now()
        first = world.credential
        building.withdraw_grant(grant=AccessGrant.objects.get(holder=world.holder), by=BY)
        second = world.credential
        credentials.offboard_holder(holder=world.holder, by=BY)
        for row in (first, second):
            row.refresh_from_db()
            assert row.state == "REVOKED"
            assert row.ended_at is not None
            assert before <= row.ended_at <= timezone.now()


def test_numbers_rise_and_an_older_bundle_is_refused(world: World, reader: CutOff) -> None:
    numbers = [reader.held.number, reader.fetch().number, reader.fetch().number]
    assert numbers == [1, 2, 3]
    with pytest.raises(BundleWrong, match="older"):
        reader.fetch(above=4)
    with context.enter(world.company):
        assert Reader.objects.get(handle=world.station.handle).bundle_number == 4


def test_making_one_moves_no_policy(world: World, reader: CutOff) -> None:
    with context.enter(world.company):
        before = current_policy()
    reader.fetch()
    with context.enter(world.company):
        assert current_policy() == before


def test_it_is_for_one_reader_of_one_company(world: World, reader: CutOff) -> None:
    with pytest.raises(BundleWrong, match="another reader"):
        reader.fetch(reader=world.station.handle + 1)
    with pytest.raises(BundleWrong, match="another reader"):
        reader.fetch(company=b"x" * 16)


def test_no_other_reader_is_given_it(world: World, client: Client) -> None:
    with context.enter(world.company), transaction.atomic():
        off = lay_station(world.company, world.point, "Off")
        suspend_reader(reader=Reader.objects.get(handle=off.handle), by=BY)
    told = Pretend(world.company, off.key, off.handle).call(client, "GET", BUNDLE)
    assert (told.status_code, told.json()["code"]) == (403, "reader_suspended")
    own = Pretend(world.company, world.station.key, world.station.handle)
    assert own.call(client, "GET", BUNDLE, host="globex.localhost").status_code == 401
    stranger = Pretend(world.company, off.key, world.station.handle)
    assert stranger.call(client, "GET", BUNDLE).status_code == 401
    assert client.get(BUNDLE, headers={"host": world.company.host}).status_code == 401


def test_nobody_on_the_way_keeps_it(world: World, reader: CutOff, client: Client) -> None:
    assert reader.reader.call(client, "GET", BUNDLE).headers["Cache-Control"] == "no-store"


PLANTED = ("Wilhelmina", "Zanzibar", "Quartermain", "Ypsilon", "Xylophone", "wilma@planted.example")


def test_no_name_is_in_it(world: World, client: Client) -> None:
    with context.enter(world.company), transaction.atomic():
        first, site, door, hours, level, mail = PLANTED
        place = building.add_site(name=site, time_zone="Europe/Berlin", by=BY)
        area = building.add_area(site=place, name=f"{door} hall", assurance=1, by=BY)
        point = building.add_door(area=area, name=door, by=BY).access_points.get()
        building.add_special_day(site=place, date=timezone.now().date(), name=f"{first} day", by=BY)
        schedule = building.add_schedule(name=hours, intervals=ALWAYS, by=BY)
        holder = credentials.add_holder(name=first, email=mail, by=BY)
        building.grant_level(
            holder=holder,
            level=building.add_level(name=level, rules=[(point, schedule)], by=BY),
            by=BY,
        )
        phone = lay_phone(holder)
        credentials.revoke_device(device=phone, reason="lost", by=BY)
        station = lay_station(world.company, point, f"{first}'s reader")
    answer = Pretend(world.company, station.key, station.handle).call(client, "GET", BUNDLE)
    data = base64.b64decode(answer.json()["bundle"])
    assert b'"levels":[[' in data  # what is looked through is written plainly
    for word in (*PLANTED, world.company.host, "Henri"):
        assert word.encode().lower() not in data.lower(), word
    strings = [one for one in every_string(json.loads(data[data.index(b'{"') :])) if len(one) > 2]
    known = {"Europe/Berlin", "normal", "as_online"}
    assert known <= set(strings)
    base64s = [one for one in strings if one not in known]
    assert len(base64s) == 2  # the phone that is gone, and the keys
    for one in base64s:
        base64.b64decode(one, validate=True)


def every_string(value: Any) -> list[str]:
    """All texts among JSON values, names of fields left out."""
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inside for text in every_string(one)]


def asked(reader: CutOff, client: Client) -> list[str]:
    """The statements behind one bundle."""
    with CaptureQueriesContext(connection) as seen:
        assert reader.reader.call(client, "GET", BUNDLE).status_code == 200
    passing = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [one["sql"] for one in seen if not one["sql"].startswith(passing)]


READ = ("access_profile", "credentials_credential", "credentials_device", "access_area")


def test_it_is_read_in_one_snapshot(world: World, reader: CutOff, client: Client) -> None:
    """One statement for all but keys, however many doors and people there are."""
    with context.enter(world.company), transaction.atomic():
        furnish(world)
    reader.fetch()
    bundles._shared.drop_company(None)
    told = asked(reader, client)
    number = next(place for place, one in enumerate(told) if "bundle_number" in one and "UPDATE" in one)
    # Under the row's lock, after the number was raised: where the policy stands, then what stands there.
    point, snapshot = (place for place, one in enumerate(told) if "ledger_policycounter" in one)
    assert (point, snapshot) == (number + 1, number + 2)
    for table in READ:
        assert [place for place, one in enumerate(told) if table in one] == [snapshot]
    assert len(told) <= 9


def test_what_others_were_told_a_moment_ago_is_read_again_when_it_changed(
    world: World, reader: CutOff, client: Client
) -> None:
    reader.fetch()
    again = asked(reader, client)
    assert not [one for one in again if any(table in one for table in READ)]
    assert len([one for one in again if "ledger_policycounter" in one]) == 1
    with context.enter(world.company):
        handle = world.credential.handle
        Credential.objects.filter(handle=handle).update(state="REVOKED")
    after = asked(reader, client)
    assert [one for one in after if all(table in one for table in READ)]
    assert handle in reader.fetch().gone.revoked


def test_the_lists_are_found_by_index(world: World) -> None:
    """Company-wide tables are not read through for the few that open nothing."""
    asked = (
        "SELECT handle FROM credentials_credential WHERE state <> 'ACTIVE' AND state IN ('REVOKED', 'LOST')"
        " AND (ended_at IS NULL OR ended_at > now() - interval '25 hours')",
        "SELECT handle FROM credentials_device WHERE state <> 'ACTIVE'"
        " AND (revoked_at IS NULL OR revoked_at > now() - interval '25 hours')",
        "SELECT id FROM credentials_holder WHERE state <> 'ACTIVE'",
    )
    with context.enter(world.company), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement in asked:
            cursor.execute(f"EXPLAIN {statement}")
            assert "opens_nothing" in "".join(row[0] for row in cursor.fetchall()), statement


def test_it_decides_as_the_server_does_after_many_changes_at_once(world: World, reader: CutOff) -> None:
    code = world.code()
    with context.enter(world.company), transaction.atomic():
        furnish(world)
        credentials.revoke_device(device=world.device, reason="lost", by=BY)
    reader.catch_up()
    assert reader.reason(code) is servers_reason(world, code) is Reason.DEVICE_REVOKED
