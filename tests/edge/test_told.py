"""What a reader tells of its door and its parts: each thing once, whatever was counted before it came."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.chores import Pace
from edge.door import DoorFailed, DoorState
from edge.doors.http import HttpDoor
from edge.doors.wiring import Relay, Simulated
from edge.doorstate import DoorEvent, DoorMachine, DoorTimes
from edge.doorwatch import DoorWatch
from edge.fitting import Signs, WatchedDoor, fitted
from edge.run import Fittings, Reader, Tell
from edge.source import SourceState
from edge.sources.wiring import Folder, Lines, Recording, Wedge
from sallyport.reasons import Reason
from tests.edge.fitted import QUICK, RecordedDoor, paired, ready, running, started, until
from tests.edge.shelly import PASSWORD, Shelly
from tests.edge.standin import Standin, standing


def opened(server: Standin) -> list[tuple[int, str, int | None]]:
    return [(event["number"], event["kind"], event["counter"]) for event in server.door]


async def test_new_hardware_goes_on_after_what_its_door_is_known_to_have_done(tmp_path: Path) -> None:
    async with standing() as server:
        async with running(server, tmp_path / "old") as reader:
            for _ in range(3):
                await reader.decider.present(server.firm.code())
            await until(lambda: len(server.door) == 3)
        await paired(server, tmp_path / "new")
        async with started(tmp_path / "new") as reader:
            await ready(reader)
            await reader.decider.present(server.firm.code())
            await until(lambda: len(server.door) == 4)
        assert opened(server)[3] == (4, "opened", 4)


async def test_a_disk_that_was_put_back_loses_no_event_of_its_door(tmp_path: Path) -> None:
    """Its numbers are taken by others: it asks, and what it has goes on after them."""
    async with standing() as server, running(server, tmp_path / "state") as reader:
        for _ in range(3):
            await reader.decider.present(server.firm.code())
        await until(lambda: len(server.door) == 3)
        await reader.desk.disk.run(reader.desk.store.set_number, "door_number", 1)
        await reader.decider.present(server.firm.code())
        await until(lambda: len(server.door) == 4)
        assert opened(server)[3] == (4, "opened", 4)


async def test_another_readers_count_means_nothing_here(tmp_path: Path) -> None:
    async with standing() as server:
        async with running(server, tmp_path / "state") as reader:
            await reader.decider.present(server.firm.code())
            await until(lambda: server.door)
        server.handle, server.door, server.events = server.handle + 1, [], {}
        await paired(server, tmp_path / "state")
        server.token = ""
        async with started(tmp_path / "state") as reader:
            assert reader.desk.store.number("door_number") == 0


class Jammed:
    """A lock that does not obey; `meanwhile` happens before it says so."""

    def __init__(self) -> None:
        self.meanwhile: Any = None
        self.state = DoorState.READY

    async def open(self, pulse_ms: int) -> None:
        if self.meanwhile is not None:
            self.meanwhile()
        await asyncio.sleep(0.01)
        raise DoorFailed("jammed")

    async def close(self) -> None:
        return


@pytest.mark.parametrize("by_hand", [True, False])
async def test_one_word_for_each_grant(tmp_path: Path, by_hand: bool) -> None:
    """A lock that fails, and in the same instant somebody opens the door with a key, or nobody does."""
    signs, jammed = Signs(), Jammed()

    def watch(now_ms: Any, tell: Tell) -> DoorWatch:
        def told(event: DoorEvent) -> None:
            tell(event.kind.value, event.at_ms, event.counter)

        made = DoorWatch(DoorMachine(DoorTimes()), now_ms=now_ms, tell=told)
        signs.attach(made)
        return made

    async with standing() as server:
        await paired(server, tmp_path / "state")
        reader = Reader(tmp_path / "state", Fittings((), WatchedDoor(jammed, signs), watch=watch), QUICK)
        task = asyncio.create_task(reader.run())
        await ready(reader)
        signs.contact(is_open=False)
        if by_hand:
            jammed.meanwhile = lambda: signs.contact(is_open=True)
        await reader.decider.present(server.firm.code())
        await until(lambda: server.door)
        await asyncio.sleep(0.3)
        assert opened(server) == [(1, "opened" if by_hand else "not_opened", 1)]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await reader.close()


@pytest.mark.parametrize(
    ("sources", "camera"),
    [
        ([Lines("/none")], ""),
        ([Folder("/none"), Wedge("/none")], ""),
        ([Recording("/none")], "away"),
    ],
)
async def test_only_a_camera_is_called_a_camera(sources: list[Any], camera: str, tmp_path: Path) -> None:
    async with standing() as server:
        await paired(server, tmp_path / "state")
        fittings = fitted(sources, Simulated(str(tmp_path / "door")), DoorTimes(), tmp_path / "state")
        assert fittings.sources[0].state is SourceState.AWAY
        reader = Reader(tmp_path / "state", fittings, QUICK)
        assert (await reader.status())["camera"] == camera
        await reader.close()


@pytest.mark.parametrize("status", [0, 503])
async def test_a_door_that_asks_for_a_number(tmp_path: Path, status: int) -> None:
    """This program has no display: nobody passes, with network or without, and it is said why."""
    door = RecordedDoor()
    async with standing() as server:
        server.now = replace(server.now, door=replace(server.now.door, challenge=True))
        async with running(server, tmp_path / "state", door) as reader:
            server.faults.status = status
            outcome = await reader.decider.present(server.firm.code())
            assert (outcome.reason, outcome.alone) == (Reason.WRONG_DOOR, bool(status))
    assert door.pulses == []


async def test_a_server_that_takes_no_contact_is_not_out_of_reach(tmp_path: Path) -> None:
    """Scans are decided there as before, and it is asked again after a pause, not without end."""
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.faults.only, server.faults.status = "readers/contact", 503
        await until(lambda: server.faults.refused)
        await asyncio.sleep(1.0)
        assert len(server.faults.refused) < 6
        assert not (await reader.decider.present(server.firm.code())).alone


async def test_a_server_that_answers_all_but_scans(tmp_path: Path) -> None:
    """It comes and goes with each of them; each is decided alone and counted once."""
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.faults.only, server.faults.status = "scans", 503
        for _ in range(20):
            assert (await reader.decider.present(server.firm.code())).alone
            await asyncio.sleep(0.02)
        server.faults.status = 0
        await until(lambda: reader.desk.journal.queue == 0)
        assert (len(server.events), server.twice) == (20, [])


@pytest.mark.parametrize("path", ["readers/bundle", "readers/journal", "readers/door", "readers/keys"])
async def test_each_address_may_fail_for_a_while(tmp_path: Path, path: str) -> None:
    async with standing() as server:
        await paired(server, tmp_path / "state")
        server.faults.only, server.faults.status = path, 503
        async with started(tmp_path / "state", pace=Pace(0.1, 0.3, 0.2, 0.1, 0.3)) as reader:
            await until(lambda: server.faults.refused)
            server.faults.status = 0
            await ready(reader)
            assert (await reader.decider.present(server.firm.code())).granted
            await until(lambda: server.door and reader.desk.journal.queue == 0)


async def test_a_relay_in_the_network_is_known_from_the_start(tmp_path: Path) -> None:
    """Not only once somebody was let in."""
    shelly = Shelly()
    door = HttpDoor(Relay("http://relay.test"), PASSWORD, transport=httpx.MockTransport(shelly.answer))
    async with standing() as server:
        await paired(server, tmp_path / "state")
        async with started(tmp_path / "state", WatchedDoor(door, Signs())) as reader:
            await until(lambda: reader._parts_state()["door"] == "ready")
    assert shelly.pulses == []
