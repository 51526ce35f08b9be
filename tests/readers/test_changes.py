"""What changed, signed for all readers: whoever takes it over decides as the server does, kind by kind."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from access import services as building
from access.models import AccessGrant, Area, Schedule
from credentials import services as credentials
from credentials.models import Credential, Device, Holder
from ledger.models import PolicyChange, PolicyCounter
from ledger.services import current_policy
from readers import selectors, services
from readers.models import Reader
from readers.offline import read_touched
from readers.services import changes as making
from sallyport.offline import open_changes
from sallyport.reasons import Reason
from tenants import context
from tenants.refs import CompanyRef
from tests.readers.cut_off import CutOff, at, servers_reason
from tests.scanning.world import BY, World, lay_phone, lay_station, lay_world
from vault import caches, rotation
from vault.keys import VaultEmpty

Deed = Callable[[World], Any]


@pytest.fixture
def world(own_company: CompanyRef, django_db_blocker: DjangoDbBlocker) -> World:
    with django_db_blocker.unblock():
        return lay_world(own_company)


@pytest.fixture
def reader(world: World, client: Client) -> CutOff:
    return at(world, client)


def do(world: World, deed: Deed) -> None:
    """The deed in the company, committed; what was told a moment ago is not told again from memory."""
    with context.enter(world.company), transaction.atomic():
        deed(world)
    making._made.drop_company(None)


def withdraw(world: World) -> None:
    building.withdraw_grant(grant=AccessGrant.objects.get(holder=world.holder), by=BY)


def put_credential(state: str) -> Deed:
    return lambda world: Credential.objects.filter(holder=world.holder).update(state=state)


def revoke_phone(world: World) -> None:
    credentials.revoke_device(device=world.device, reason="lost", by=BY)


def suspend(world: World) -> None:
    credentials.suspend_holder(holder=world.holder, by=BY)


def offboard(world: World) -> None:
    credentials.offboard_holder(holder=world.holder, by=BY)


TOLD = [
    (withdraw, Reason.CREDENTIAL_REVOKED),
    (put_credential("REVOKED"), Reason.CREDENTIAL_REVOKED),
    (put_credential("LOST"), Reason.CREDENTIAL_REVOKED),
    (put_credential("SUSPENDED"), Reason.CREDENTIAL_SUSPENDED),
    (put_credential("EXPIRED"), Reason.CREDENTIAL_SUSPENDED),
    (suspend, Reason.HOLDER_INACTIVE),
    (offboard, Reason.CREDENTIAL_REVOKED),
    (revoke_phone, Reason.DEVICE_REVOKED),
    (lambda world: Device.objects.filter(pk=world.device.pk).update(state="AWAITING"), Reason.DEVICE_REVOKED),
]


@pytest.mark.parametrize(("deed", "expected"), TOLD)
def test_who_may_pass_no_more_is_told(world: World, reader: CutOff, deed: Deed, expected: Reason) -> None:
    code = world.code()
    assert reader.reason(code) is servers_reason(world, code) is Reason.GRANTED
    do(world, deed)
    told = reader.catch_up()
    assert not told.reload
    assert reader.held.seq == told.seq
    assert reader.reason(code) is servers_reason(world, code) is expected
    reader.fetch()
    assert reader.reason(code) is expected


def test_who_may_pass_again_is_told(world: World, reader: CutOff) -> None:
    code = world.code()
    do(world, suspend)
    reader.catch_up()
    assert reader.reason(code) is Reason.HOLDER_INACTIVE
    do(world, lambda world: credentials.resume_holder(holder=world.holder, by=BY))
    assert not reader.catch_up().reload
    assert reader.reason(code) is servers_reason(world, code) is Reason.GRANTED


def test_a_holders_ended_credentials_are_not_told_with_the_holder(world: World, reader: CutOff) -> None:
    do(world, withdraw)
    reader.catch_up()
    do(world, suspend)
    with context.enter(world.company):
        alive = Credential.objects.get(holder=world.holder, state="ACTIVE").handle
    assert reader.catch_up().credentials == {alive: "inactive"}


def close_hours(world: World) -> None:
    building.edit_schedule(schedule=world.schedule, intervals=[], by=BY)


def lock_down(world: World) -> None:
    building.set_area_lockdown(area=world.point.door.area, lockdown=True, by=BY)


def empty_level(world: World) -> None:
    building.edit_level(level=world.level, name="Staff", rules=[], by=BY)


def ask_more(world: World) -> None:
    building.edit_area(area=world.point.door.area, by=BY, assurance=2)


RELOADED = [
    (close_hours, Reason.OUTSIDE_SCHEDULE),
    (lock_down, Reason.LOCKDOWN),
    (lambda world: building.set_door_lockdown(door=world.point.door, lockdown=True, by=BY), Reason.LOCKDOWN),
    (empty_level, Reason.NOT_ALLOWED_HERE),
    (ask_more, Reason.ASSURANCE_TOO_LOW),
    (lambda _: rotation.refuse_and_rotate(by=BY), Reason.UNKNOWN_KEY),
    (lambda _: credentials.set_code_policy(by=BY, code_life=15), Reason.EXPIRED),
]


@pytest.mark.parametrize(("deed", "expected"), RELOADED)
def test_what_cannot_be_told_asks_for_the_bundle(
    world: World, reader: CutOff, deed: Deed, expected: Reason
) -> None:
    code, before = world.code(age=24), reader.held
    assert reader.reason(code) is Reason.GRANTED
    do(world, deed)
    caches.drop()
    changes = reader.changes()
    assert changes is not None
    assert changes.reload
    reader.catch_up()
    assert reader.held.number == before.number + 1
    assert reader.reason(code) is servers_reason(world, code) is expected


@pytest.mark.parametrize("values", [{"offline_mode": "refuse"}, {"offline_trust_hours": 4}])
def test_what_happens_without_network_is_reloaded(
    world: World, reader: CutOff, values: dict[str, Any]
) -> None:
    assert (reader.held.mode, reader.held.trust) == ("as_online", 24 * 3600)
    do(world, lambda world: building.edit_area(area=world.point.door.area, by=BY, **values))
    assert reader.catch_up().reload
    hours = values.get("offline_trust_hours", 24)
    assert (reader.held.mode, reader.held.trust) == (values.get("offline_mode", "as_online"), hours * 3600)
    if "offline_mode" in values:
        assert reader.reason(world.code()) is Reason.OFFLINE_REFUSED


def test_a_grant_brings_its_new_profile(world: World, reader: CutOff) -> None:
    def add(world: World) -> None:
        always = Schedule.objects.get()
        level = building.add_level(name="Second", rules=[(world.point, always)], by=BY)
        newcomer = credentials.add_holder(name="Nora New", email="nora@example.com", by=BY)
        made["device"] = lay_phone(newcomer).handle
        made["level"], made["holder"] = level, newcomer

    made: dict[str, Any] = {}
    do(world, add)
    assert reader.catch_up().reload  # a level is new
    do(world, lambda _: building.grant_level(holder=made["holder"], level=made["level"], by=BY))
    with context.enter(world.company):
        new = Credential.objects.get(holder=made["holder"])
    told = reader.catch_up()
    assert (told.reload, told.profiles) == (False, {new.profile: (made["level"].pk,)})
    code = world.code(credential=new.handle, device=made["device"], profile=new.profile)
    assert reader.reason(code) is servers_reason(world, code) is Reason.GRANTED


def test_a_day_pass_is_nothing_to_a_reader_that_is_cut_off(world: World, reader: CutOff) -> None:
    with context.enter(world.company):
        seq = current_policy()[1] + 1
        PolicyCounter.objects.update(seq=seq)
        PolicyChange.objects.create(seq=seq, kind="day_pass", handle=1)
    told = reader.catch_up()
    assert (told.reload, told.credentials, told.devices, told.seq) == (False, {}, {}, seq)


def test_another_kind_asks_for_the_bundle(world: World, reader: CutOff) -> None:
    """Whatever is made policy later: a reader that was not told what it is fetches."""
    with context.enter(world.company):
        seq = current_policy()[1] + 1
        PolicyCounter.objects.update(seq=seq)
        PolicyChange.objects.create(seq=seq, kind="of_tomorrow", handle=1)
    assert reader.catch_up().reload


def test_where_history_cannot_be_told_there_are_no_bytes(world: World, reader: CutOff) -> None:
    with context.enter(world.company):
        PolicyCounter.objects.update(epoch=2)
    assert reader.changes() is None
    reader.fetch()
    assert reader.held.epoch == 2
    assert reader.changes() is not None


def test_nothing_new_still_says_how_new_the_list_is(world: World, reader: CutOff) -> None:
    before = reader.held
    told = reader.catch_up()
    assert (told.seq_before, told.seq, told.reload) == (before.seq, before.seq, False)
    assert reader.held.at_ms >= before.at_ms
    assert reader.held.at_ms == max(before.at_ms, told.at_ms) > 0


def test_what_is_not_all_makes_no_list_newer(
    world: World, reader: CutOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = reader.held
    for deed in (revoke_phone, suspend):
        do(world, deed)
    whole = selectors.policy_delta
    monkeypatch.setattr(selectors, "policy_delta", lambda *point: whole(*point, limit=1))
    told = reader.catch_up()
    assert told.at_ms == 0
    assert told.seq < reader.catch_up().seq
    assert reader.held.gone.devices == {world.device.handle}
    assert reader.held.at_ms >= before.at_ms


def test_changes_too_many_for_a_frame_ask_for_the_bundle(
    world: World, reader: CutOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_BYTES", 150)
    do(world, withdraw)
    told = reader.catch_up()
    assert (told.reload, told.credentials) == (True, {})


def test_without_keys_the_delta_goes_out_unsigned(
    world: World, reader: CutOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> Any:
        raise VaultEmpty("no bundle key")

    do(world, revoke_phone)
    monkeypatch.setattr(making, "bundle_signer", away)
    with context.enter(world.company):
        told = services.delta_since(reader.held.epoch, reader.held.seq)
    assert [kind for _, kind, _ in told.delta.changes] == ["device"]
    assert told.data == told.signature == b""


def test_what_is_in_no_row_opens_nothing(world: World) -> None:
    with context.enter(world.company):
        found = read_touched(credentials=[999], holders=[998], devices=[997], profiles=[996])
    assert (found.credentials, found.devices, found.profiles) == ({999: "revoked"}, {997: True}, {996: ()})


def test_one_query_and_one_signature_for_a_push_and_none_for_the_next_reader(
    world: World, reader: CutOff
) -> None:
    do(world, revoke_phone)
    point = (reader.held.epoch, reader.held.seq)
    with context.enter(world.company):
        services.delta_since(*point)  # keys are opened
        making._made.drop_company(None)
        with CaptureQueriesContext(
            connection,
        ) as first:
            told = services.delta_since(*point)
        with CaptureQueriesContext(connection) as second:
            assert services.delta_since(*point) == told
    assert (len(first), len(second)) == (2, 1)  # the delta is asked for each time, its meaning once


def test_readers_of_a_company_get_the_same_bytes(world: World, reader: CutOff, client: Client) -> None:
    with context.enter(world.company), transaction.atomic():
        station = lay_station(world.company, world.point, "Second")
    reader.catch_up()
    other = at(World(**{**vars(world), "station": station}), client)
    do(world, suspend)
    assert other.changes() == reader.changes()


def test_another_company_cannot_use_them(world: World, reader: CutOff) -> None:
    with context.enter(world.company):
        told = services.delta_since(reader.held.epoch, reader.held.seq)
    assert reader.key is not None
    assert open_changes(told.data, told.signature, key=reader.key, company=world.company.uid)
    with pytest.raises(ValueError, match="another company"):
        open_changes(told.data, told.signature, key=reader.key, company=b"x" * 16)


def test_a_reader_that_was_moved_holds_another_door(world: World, reader: CutOff) -> None:
    def move(world: World) -> None:
        area = Area.objects.get()
        point = building.add_door(area=area, name="Back", by=BY).access_points.get()
        row = Reader.objects.get(handle=world.station.handle)
        services.move_reader(reader=row, access_point=point, by=BY)

    do(world, move)
    assert reader.catch_up().reload
    assert reader.held.door.access_point != world.point.handle
    assert reader.reason(world.code()) is Reason.NOT_ALLOWED_HERE


def test_a_new_name_takes_nobody_off_or_on_a_list(world: World, reader: CutOff) -> None:
    def rename(world: World) -> None:
        holder = Holder.objects.get(pk=world.holder.pk)
        holder.name = "Somebody Else"
        holder.save()

    do(world, rename)
    told = reader.catch_up()
    assert set(told.credentials.values()) == {""}
    assert reader.reason(world.code()) is Reason.GRANTED
