"""The reader program against the real server, for everything that it says and hears."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from edge import clock as clocks
from edge.identity import pair
from edge.run import WIPED, Fittings, run
from edge.socket import poll_once
from sallyport.reasons import Reason
from tests.edge.doors import LONG, PATIENT, AtTheDoor, at_the_door
from tests.edge.field import do
from tests.edge.fitted import RecordedDoor, started, until
from tests.edge.proxy import Cut
from tests.fixtures.live import Live
from tests.readers.deeds import Office

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("names_of_this_machine")]


async def test_scans_and_a_suspension(live_stack: Live, office: Office, tmp_path: Path) -> None:
    async with at_the_door(live_stack, office, tmp_path) as at:
        code = await at.code()
        shown = [await at.reader.decider.present(text) for text in (code, code, "no code at all")]
        assert [(one.reason, one.alone) for one in shown] == [
            (Reason.GRANTED, False),
            (Reason.REPLAYED, False),
            (Reason.MALFORMED, False),
        ]
        assert len(at.door.pulses) == 1
        record = await at.all_told()
        assert [event["reason"] for event in record["events"]] == ["granted", "replayed", "malformed"]
        assert record["door"] == [[1, "opened", 1]]
        await do(office, "suspend", at.name)
        await until(lambda: at.reader.reach.suspended, LONG)
        assert (await at.reader.decider.present(await at.code())).reason is Reason.READER_SUSPENDED
        assert len(at.door.pulses) == 1


async def test_policy_keys_and_acknowledgements(live_stack: Live, office: Office, tmp_path: Path) -> None:
    """Changes come signed by the socket, and by asking; each is applied, kept and acknowledged."""
    async with at_the_door(live_stack, office, tmp_path) as at:
        desk = at.reader.desk
        held = desk.holding.bundle
        assert held is not None
        await _recorded(at, "keys_held", held.keys[-1].key_id)
        by_socket, by_asking = [await do(office, "phone", at.level) for _ in range(2)]
        codes = [await do(office, "mint", phone) for phone in (by_socket, by_asking)]
        await do(office, "revoke", by_socket)
        point = tuple(await do(office, "policy"))
        await until(lambda: desk.holding.point >= point, LONG)
        assert desk.store.rows("select count(*) from changes")[0][0] > 0
        await _acknowledged(at)
        at.reader._socket.open = False  # as if there were none
        await do(office, "revoke", by_asking)
        await poll_once(desk)
        await _acknowledged(at)
        at.line.cut(Cut.SILENT)
        at.line.drop()
        reasons = [(await at.reader.decider.present(code)).reason for code in codes]
        assert reasons == [Reason.DEVICE_REVOKED, Reason.DEVICE_REVOKED]


async def _acknowledged(at: AtTheDoor) -> None:
    await _recorded(at, "applied", await do(at.office, "policy"))


async def _recorded(at: AtTheDoor, name: str, value: object) -> None:
    """Until the server has it on record."""
    for _ in range(600):
        if (await at.recorded())[name] == value:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await at.recorded(), name, value)


async def test_cut_at_every_place_of_a_request(live_stack: Live, office: Office, tmp_path: Path) -> None:
    """One event for each that came, whoever decided; the door opened once for each."""
    async with at_the_door(live_stack, office, tmp_path) as at:
        for where in (Cut.REQUEST, Cut.ANSWER, Cut.SILENT, Cut.AFTER):
            await until(lambda: at.reader.reach.asking, LONG)
            code = await at.code()
            at.line.cut(where, only=b"POST /api/v1/scans")
            outcome = await at.reader.decider.present(code)
            assert (outcome.granted, outcome.alone) == (True, where is not Cut.AFTER)
            at.line.mend()
        record = await at.all_told()
    assert [event["counter"] for event in record["events"]] == [1, 2, 3, 4]
    assert [event["offline"] for event in record["events"]] == [True, False, True, False]
    assert {event["reason"] for event in record["events"]} == {"granted"}
    assert record["door"] == [[number, "opened", number] for number in (1, 2, 3, 4)]
    assert (len(at.door.pulses), record["quarantined"], record["alarms"]) == (4, [], [])
    assert record["head"] == [at.reader.desk.journal.head[0], at.reader.desk.journal.head[1].hex()]


async def test_new_hardware_in_an_old_place(live_stack: Live, office: Office, tmp_path: Path) -> None:
    """It goes on after counter, journal and door of the old one, which finds itself shut out."""
    async with at_the_door(live_stack, office, tmp_path) as at:
        codes = [await at.code() for _ in range(5)]
        at.line.cut(Cut.REQUEST)
        for code in codes[:2]:
            assert (await at.reader.decider.present(code)).alone
        at.line.mend()
        await at.all_told()
        origin = at.reader.desk.caller.identity.origin
        await asyncio.to_thread(pair, tmp_path / "new", origin, await do(office, "replace", at.name))
        at.line.cut(Cut.REQUEST)
        async with started(tmp_path / "new", at.door, PATIENT) as reader:
            # It holds no list yet: it refuses, and writes that down.
            first = await reader.decider.present(codes[2])
            assert (first.reason, first.counter) == (Reason.SERVER_UNAVAILABLE, 3)
            at.line.mend()
            await until(lambda: reader.reach.asking and reader.desk.holding.bundle, LONG)
            assert (await reader.decider.present(codes[3])).granted
            fresh = AtTheDoor(reader, at.door, at.line, office, at.name, at.level)
            record = await fresh.all_told()
            for _ in range(100):  # the door's word comes after the verdict
                if len(record["door"]) == 3:
                    break
                await asyncio.sleep(0.1)
                record = await fresh.all_told()
        await until(lambda: at.reader.reach.asking, LONG)
        assert not (await at.reader.decider.present(codes[4])).granted
    assert [event["counter"] for event in record["events"]] == [1, 2, 3, 4]
    assert record["door"] == [[1, "opened", 1], [2, "opened", 2], [3, "opened", 4]]
    assert (record["quarantined"], record["alarms"]) == ([], [])


async def test_two_with_one_identity(live_stack: Live, office: Office, tmp_path: Path) -> None:
    """A copied card: both are suspended, and an alarm tells of it."""
    async with at_the_door(live_stack, office, tmp_path) as at:
        shutil.copytree(tmp_path / "state", tmp_path / "copy", ignore=shutil.ignore_patterns("*.sock"))
        async with started(tmp_path / "copy", at.door, PATIENT) as copy:
            await until(lambda: at.reader.reach.suspended and copy.reach.suspended, LONG)
            code = await at.code()
            for reader in (at.reader, copy):
                assert not (await reader.decider.present(code)).granted
        record = await at.recorded()
    assert (record["state"], record["alarms"]) == ("suspended", ["IDENTITY_FORKED"])
    assert at.door.pulses == []


@pytest.mark.parametrize("gone_for", [0, 10])
async def test_a_contact_whose_answer_was_lost_is_no_fork(
    live_stack: Live, office: Office, tmp_path: Path, gone_for: int
) -> None:
    async with at_the_door(live_stack, office, tmp_path) as at:
        at.line.cut(Cut.ANSWER, only=b"POST /api/v1/readers/contact")
        await until(lambda: not at.reader.reach.asking, LONG)
        await asyncio.sleep(gone_for / 10)
        at.line.mend()
        await until(lambda: at.reader.reach.asking, LONG)
        token = at.reader.desk.store.secret("token")
        await until(lambda: at.reader.desk.store.secret("token") != token, LONG)
        record = await at.recorded()
    assert (record["state"], record["alarms"]) == ("active", [])


async def test_cut_off_at_a_face_area(live_stack: Live, office: Office, tmp_path: Path) -> None:
    """Whoever cuts the cable hopes for a lower bar: nobody passes, and the desk is told."""
    async with at_the_door(live_stack, office, tmp_path, assurance=3) as at:
        code = await at.code()
        at.line.cut(Cut.SILENT)
        at.line.drop()
        outcome = await at.reader.decider.present(code)
        assert (outcome.reason, outcome.alone) == (Reason.OFFLINE_REFUSED, True)
        at.line.mend()
        await at.all_told()
        await until(lambda: at.reader.reach.last_cut_ms is None, LONG)
        record = await at.recorded()
    assert [event["reason"] for event in record["events"]] == ["offline_refused"]
    assert record["alarms"] == ["OFFLINE_AT_FACE_AREA"]
    assert at.door.pulses == []


async def test_a_clock_that_is_set_back_a_day(
    live_stack: Live, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither its requests nor its decisions go back with it."""
    async with at_the_door(live_stack, office, tmp_path) as at:
        wall = clocks.wall_ms
        monkeypatch.setattr(clocks, "wall_ms", lambda: wall() - 86_400_000)
        assert (await at.reader.decider.present(await at.code())).granted
        code = await at.code()
        at.line.cut(Cut.REQUEST)
        assert (await at.reader.decider.present(code)).alone
        at.line.mend()
        assert (await at.reader.status())["clock_behind_ms"] > 86_000_000
        record = await at.all_told()
    times = [event["at_ms"] for event in record["events"]]
    assert times == sorted(times)
    assert len(times) == 2
    assert abs(times[1] - wall()) < 300_000
    assert (record["quarantined"], record["alarms"]) == ([], [])


async def test_wiped_from_the_console(live_stack: Live, office: Office, tmp_path: Path) -> None:
    """The program says so first, then destroys what it has, and ends so that nobody starts it again."""
    laid = await do(office, "house", f"Wiped {os.urandom(3).hex()}", 1)
    await asyncio.to_thread(pair, tmp_path / "state", live_stack.address("acme"), laid["codes"][0])
    task = asyncio.create_task(run(tmp_path / "state", Fittings((), RecordedDoor()), pace=PATIENT))
    await do(office, "wipe", laid["names"][0])
    assert await asyncio.wait_for(task, LONG) == WIPED
    record = await do(office, "recorded", laid["names"][0])
    assert record["wiped"]
    left = {path.name for path in (tmp_path / "state").iterdir()}
    assert left <= {"lock", "status.sock"}
