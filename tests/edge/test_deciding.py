"""Asking and deciding alone: what counts as an answer, and what the door does."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge import decide
from edge.journal import Journal
from edge.run import Reader
from edge.source import Seen, SourceState
from sallyport.keys import Ed25519Signer
from sallyport.offline import Gone
from sallyport.reasons import Reason
from tests.edge.firm import CREDENTIAL
from tests.edge.fitted import AT_A_DOOR, RecordedDoor, at_best, ready, running, started, until
from tests.edge.standin import Standin, standing

ONLINE, ALONE = 3_000, 5_000  # the pulses: the server's answer says another one than the bundle


async def test_online_the_server_decides(tmp_path: Path) -> None:
    door = RecordedDoor()
    async with standing() as server, running(server, tmp_path / "state", door) as reader:
        outcome = await reader.decider.present(server.firm.code())
        assert (outcome.granted, outcome.alone, outcome.opened) == (True, False, True)
        assert door.pulses == [ONLINE]
        assert reader.desk.journal.head[0] == 0
        await until(lambda: server.door)
        assert [(event["kind"], event["counter"]) for event in server.door] == [("opened", 1)]


async def test_refused_online_stays_shut(tmp_path: Path) -> None:
    door = RecordedDoor()
    async with standing() as server, running(server, tmp_path / "state", door) as reader:
        server.told_now(gone=Gone(revoked=frozenset({CREDENTIAL})))
        outcome = await reader.decider.present(server.firm.code())
        assert (outcome.reason, outcome.alone) == (Reason.CREDENTIAL_REVOKED, False)
        assert (door.pulses, reader.desk.journal.head[0]) == ([], 0)


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_server_that_cannot_makes_it_decide_alone(tmp_path: Path, status: int) -> None:
    async def once(folder: Path) -> float:
        door = RecordedDoor()
        async with standing() as server, running(server, folder, door, pace=AT_A_DOOR) as reader:
            server.faults.status = status
            began = time.monotonic()
            outcome = await reader.decider.present(server.firm.code())
            took = time.monotonic() - began
            assert (outcome.granted, outcome.alone) == (True, True)
            assert door.pulses == [ALONE]
            assert not reader.reach.asking
            server.faults.status = 0
            await until(lambda: server.events and reader.reach.asking)
            assert server.events[1][1:] == (True, Reason.GRANTED, True)
        return took

    assert await at_best(once, tmp_path, 0.35) < 0.35


async def test_silence_costs_300_ms_once(tmp_path: Path) -> None:
    async def once(folder: Path) -> float:
        async with standing() as server, running(server, folder, pace=AT_A_DOOR) as reader:
            server.faults.scan_delay = 1.0
            began = time.monotonic()
            first = await reader.decider.present(server.firm.code())
            assert (first.granted, first.alone) == (True, True)
            return time.monotonic() - began

    assert 0.29 < await at_best(once, tmp_path, 0.4) < 0.4


async def test_a_late_answer_is_never_acted_on(tmp_path: Path) -> None:
    """The server grants at 600 ms, the reader refused alone at 300: the door stays shut, one event stands."""
    door = RecordedDoor()
    async with standing() as server:
        server.now = replace(server.now, mode="refuse")
        async with running(server, tmp_path / "state", door, pace=AT_A_DOOR) as reader:
            server.online = replace(server.now, mode="code")
            server.faults.scan_delay = 0.6
            outcome = await reader.decider.present(server.firm.code())
            assert (outcome.reason, outcome.alone) == (Reason.OFFLINE_REFUSED, True)
            await until(lambda: reader.desk.journal.handed == 1)
            await until(lambda: reader.reach.asking)
        assert door.pulses == []
        assert list(server.events) == [1]
        assert server.events[1][1:] == (
            True,
            Reason.GRANTED,
            False,
        )  # the server's own, under the same number


async def test_an_answer_under_another_key_is_none(tmp_path: Path) -> None:
    """It says granted, and the list of the reader says no: it is cut off, and the list counts."""
    door = RecordedDoor()
    async with standing() as server:
        server.now = replace(server.now, gone=Gone(revoked=frozenset({CREDENTIAL})))
        async with running(server, tmp_path / "state", door) as reader:
            server.faults.scan_lies = True
            outcome = await reader.decider.present(server.firm.code())
            assert (outcome.reason, outcome.alone) == (Reason.CREDENTIAL_REVOKED, True)
            assert reader.desk.journal.head[0] == 1
        assert door.pulses == []


async def test_who_cannot_sign_takes_no_place_of_the_server(tmp_path: Path) -> None:
    door = RecordedDoor()
    async with standing() as server, running(server, tmp_path / "state", door) as reader:
        server.firm.answer = Ed25519Signer.generate()
        outcome = await reader.decider.present(server.firm.code())
        assert (outcome.granted, outcome.alone) == (True, True)
        assert door.pulses == [ALONE]


async def test_a_code_used_online_is_known_alone(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        code = server.firm.code()
        assert (await reader.decider.present(code)).granted
        server.faults.status = 503
        again = await reader.decider.present(code)
        assert (again.reason, again.alone) == (Reason.REPLAYED, True)


async def test_a_code_used_alone_is_not_asked_about_before_it_was_handed_in(tmp_path: Path) -> None:
    """The server has not heard of the first passage and would grant the second."""
    door = RecordedDoor()
    async with standing() as server, running(server, tmp_path / "state", door) as reader:
        code = server.firm.code()
        server.faults.status = 503
        assert (await reader.decider.present(code)).granted
        server.faults.most_entries = 0  # nothing can be handed in
        server.faults.status = 0
        await until(lambda: reader.reach.asking)
        again = await reader.decider.present(code)
        assert (again.reason, again.alone) == (Reason.REPLAYED, True)
        assert (len(door.pulses), server.scans) == (1, 0)


async def test_the_entry_is_on_the_disk_before_the_door_is_driven(tmp_path: Path) -> None:
    door, found = RecordedDoor(), []

    async with standing() as server, running(server, tmp_path / "state", door) as reader:
        door.before = lambda: found.append(_entries(reader))
        server.faults.status = 503
        await reader.decider.present(server.firm.code())
    assert found == [[(1, True)]]


async def test_a_door_that_fails_is_told(tmp_path: Path) -> None:
    door = RecordedDoor(broken=True)
    async with standing() as server, running(server, tmp_path / "state", door) as reader:
        outcome = await reader.decider.present(server.firm.code())
        assert (outcome.granted, outcome.opened) == (True, False)
        await until(lambda: server.door)
        assert server.door[0]["kind"] == "not_opened"
        assert (await reader.status())["door_trouble"] == "no relay"


async def test_who_waited_too_long_is_not_let_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind somebody whose turn took long, or in a source's queue: nobody is there any more."""
    door = RecordedDoor()
    monkeypatch.setattr(decide, "ACTED_ON", 0.3)
    async with standing() as server, running(server, tmp_path / "state", door) as reader:
        code, decider = server.firm.code(), reader.decider
        async with decider._turn:
            waiting = asyncio.create_task(decider.present(code))
            await asyncio.sleep(0.4)
        late = await waiting
        assert (late.granted, late.counter) == (False, None)
        await reader._see(Queue(Seen(code, time.monotonic() - 0.4)))
        assert (door.pulses, server.scans) == ([], 0)
        await reader._see(Queue(Seen.now(code)))  # and the code is still good
        assert door.pulses == [ONLINE]


@pytest.mark.parametrize("text", ["", "x", "1" * 4_096, "\ud800", "4" * 253, "é" * 300])
@pytest.mark.parametrize("status", [0, 503])
async def test_no_text_does_harm(tmp_path: Path, text: str, status: int) -> None:
    door = RecordedDoor()
    async with standing() as server, running(server, tmp_path / "state", door) as reader:
        server.faults.status = status
        outcome = await reader.decider.present(text)
        assert (outcome.reason, outcome.alone) == (Reason.MALFORMED, bool(status))
        assert door.pulses == []


async def test_a_wrong_count_is_learned(tmp_path: Path) -> None:
    """A disk that was put back has numbers that are taken: one presentation is refused, the next is asked."""
    async with standing() as server, running(server, tmp_path / "state") as reader:
        for _ in range(3):
            assert (await reader.decider.present(server.firm.code())).granted
        # Where all that is written is written: beside it the reader goes on with its own work.
        await reader.desk.disk.run(reader.desk.store.set_number, "counter", 1)
        assert not (await reader.decider.present(server.firm.code())).granted
        fourth = await reader.decider.present(server.firm.code())
        assert (fourth.granted, fourth.counter) == (True, 4)


async def test_under_a_number_on_record_nothing_is_decided(tmp_path: Path) -> None:
    """It is told that its number is taken, and not where the count stands: no door, no entry."""
    door = RecordedDoor()
    async with standing() as server:
        async with running(server, tmp_path / "state", door) as reader:
            for _ in range(3):
                assert (await reader.decider.present(server.firm.code())).granted
            await reader.desk.disk.run(reader.desk.store.set_number, "counter", 1)
            server.faults.only, server.faults.status = "readers/next", 503
            outcome = await reader.decider.present(server.firm.code())
            assert (outcome.granted, outcome.alone, outcome.counter) == (False, False, 2)
            assert (len(door.pulses), reader.desk.journal.head[0]) == (3, 0)
        async with started(tmp_path / "state") as reader:
            assert reader.desk.journal.head[0] == 0
            server.faults.status = 0
            await ready(reader)
            assert (await reader.decider.present(server.firm.code())).counter == 4
        assert (server.quarantined, server.twice, list(server.events)) == ([], [], [1, 2, 3, 4])


@pytest.mark.parametrize("off", ["reader_suspended", "reader_retired", "identity_forked"])
async def test_suspended_it_opens_nothing_even_without_network(tmp_path: Path, off: str) -> None:
    door = RecordedDoor()
    async with standing() as server:
        server.off = off
        async with running(server, tmp_path / "state", door) as reader:
            server.forked = True
            await until(lambda: reader.reach.suspended)
            server.faults.status = 503
            outcome = await reader.decider.present(server.firm.code())
            assert outcome.reason is Reason.READER_SUSPENDED
        assert door.pulses == []


class Queue:
    """A source in which something waits."""

    name, state = "queue", SourceState.READY

    def __init__(self, *waiting: Seen) -> None:
        self._waiting = waiting

    async def codes(self) -> AsyncIterator[Seen]:
        for seen in self._waiting:
            yield seen

    async def close(self) -> None:
        return


def _entries(reader: Reader) -> list[tuple[int, bool]]:
    """As another process would find them now."""
    other = Journal(reader.desk.store, reader.desk.caller.identity, reader.desk.caller.key)
    return [(entry.position, entry.granted) for entry in other.entries()]


def test_the_standin_counts() -> None:
    """A check that cannot fail is a defect."""
    assert Standin().twice == []
