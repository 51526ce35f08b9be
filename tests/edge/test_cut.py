"""The cable is cut at every place of a request: the door opens once at most, the server counts once."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from sallyport.keys import Ed25519Signer
from sallyport.offline import FIRST_PREVIOUS
from tests.edge.firm import CREDENTIAL
from tests.edge.fitted import QUICK, RecordedDoor, paired, ready, running, started, until
from tests.edge.proxy import Cut, between
from tests.edge.standin import standing

SCAN = b"POST /api/v1/scans"


@pytest.mark.parametrize("where", [Cut.REQUEST, Cut.ANSWER, Cut.SILENT])
async def test_cut_before_the_answer(tmp_path: Path, where: Cut) -> None:
    door = RecordedDoor()
    async with (
        standing() as server,
        between(server.port) as line,
        running(server, tmp_path / "state", door, origin=line.origin) as reader,
    ):
        line.cut(where)
        code = server.firm.code()
        outcome = await reader.decider.present(code)
        assert (outcome.granted, outcome.alone) == (True, True)
        assert reader.reach.offline_since_ms is not None
        line.mend()
        await until(lambda: reader.reach.asking and reader.desk.journal.handed == 1)
        # Whether the server had decided (cut before its answer) or not: one event, marked as it happened.
        assert list(server.events) == [outcome.counter]
        assert server.events[1][3] is (where is not Cut.ANSWER)
        assert (door.pulses, server.twice, server.quarantined) == ([5_000], [], [])
        assert (await reader.decider.present(server.firm.code())).counter == 2


async def test_cut_after_the_answer(tmp_path: Path) -> None:
    """The answer came whole: it counts. What comes next is decided alone."""
    door = RecordedDoor()
    async with (
        standing() as server,
        between(server.port) as line,
        running(server, tmp_path / "state", door, origin=line.origin) as reader,
    ):
        line.cut(Cut.AFTER, only=SCAN)
        first = await reader.decider.present(server.firm.code())
        line.cut(Cut.REQUEST)
        second = await reader.decider.present(server.firm.code())
        assert (first.alone, second.alone, door.pulses) == (False, True, [3_000, 5_000])
        line.mend()
        await until(lambda: len(server.events) == 2)
        assert server.twice == []


async def test_a_kept_connection_that_was_closed_is_no_outage(tmp_path: Path) -> None:
    async with (
        standing() as server,
        between(server.port) as line,
        running(server, tmp_path / "state", origin=line.origin) as reader,
    ):
        assert not (await reader.decider.present(server.firm.code())).alone
        line.drop()
        assert not (await reader.decider.present(server.firm.code())).alone


async def test_while_cut_off_nobody_waits(tmp_path: Path) -> None:
    async with (
        standing() as server,
        between(server.port) as line,
        running(server, tmp_path / "state", origin=line.origin) as reader,
    ):
        line.cut(Cut.SILENT)
        line.drop()
        await reader.decider.present(server.firm.code())
        for _ in range(20):
            assert (await reader.decider.present(server.firm.code())).alone
        assert server.scans == 0


async def test_started_without_network_it_decides_by_what_it_holds(tmp_path: Path) -> None:
    async with standing() as server, between(server.port) as line:
        async with running(server, tmp_path / "state", origin=line.origin):
            pass
        line.cut(Cut.SILENT)
        async with started(tmp_path / "state") as reader:
            outcome = await reader.decider.present(server.firm.code())
            assert (outcome.granted, outcome.alone) == (True, True)
            gone = await reader.decider.present(server.firm.code(credential=900))
            assert gone.granted  # nobody has told it anything about this one


async def test_revoked_just_before_the_cut(tmp_path: Path) -> None:
    """Learned by the socket, acknowledged, and refused when the network is gone, after a restart too."""
    async with standing() as server, between(server.port) as line:
        async with running(server, tmp_path / "state", origin=line.origin) as reader:
            await until(lambda: server.wires)
            delta = server.firm.changes(seq_before=40, seq=41, credentials={CREDENTIAL: "revoked"})
            await server.push(delta)
            await until(lambda: (1, 41) in server.acks)
            line.cut(Cut.SILENT)
            outcome = await reader.decider.present(server.firm.code())
            assert outcome.reason == "credential_revoked"
        async with started(tmp_path / "state") as reader:
            outcome = await reader.decider.present(server.firm.code())
            assert (outcome.reason, outcome.counter) == ("credential_revoked", 2)


async def test_a_server_back_with_an_older_database_gets_it_again(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.faults.status = 503
        for _ in range(5):
            await reader.decider.present(server.firm.code())
        server.faults.status = 0
        await until(lambda: reader.desk.journal.handed == 5)
        server.position, server.head, server.events = 0, FIRST_PREVIOUS, {}
        await until(lambda: len(server.events) == 5)
        assert (server.twice, server.quarantined) == ([], [])


async def test_a_contact_that_was_answered_before_a_hand_in_is_heard_after_it(tmp_path: Path) -> None:
    """Both go out when the network is back. Then the hand-in asks again at once and waits for no contact."""
    async with standing() as server:
        await paired(server, tmp_path / "state")
        async with started(tmp_path / "state", pace=replace(QUICK, contact=60.0)) as reader:
            await ready(reader)
            server.faults.status = 503
            for _ in range(3):
                await reader.decider.present(server.firm.code())
            server.faults.status = 0
            await until(lambda: reader.desk.journal.handed == 3)
            server.faults.contact_late = True
            heard = len(server.contacts)
            reader.reach.to_contact.set()
            await until(lambda: len(server.contacts) > heard)
            await asyncio.sleep(0.2)
            await until(lambda: reader.desk.journal.queue == 0)
        assert (len(server.events), server.twice, server.quarantined) == (3, [], [])


async def test_new_hardware_goes_on_after_the_old_journal(tmp_path: Path) -> None:
    """The place of a reader is given to another machine: its entries follow those on record."""
    async with standing() as server:
        async with running(server, tmp_path / "old") as reader:
            server.faults.status = 503
            for _ in range(3):
                await reader.decider.present(server.firm.code())
            server.faults.status = 0
            await until(lambda: reader.desk.journal.handed == 3)
        await paired(server, tmp_path / "new")
        server.faults.status = 503
        async with started(tmp_path / "new") as reader:
            # It has not even heard how far the journal of its place has come.
            await reader.decider.present(server.firm.code())
            assert reader.desk.journal.head[0] == 1
            server.faults.status = 0
            await until(lambda: server.position == 4)
        assert server.quarantined == []


async def test_paired_again_it_keeps_its_journal_and_signs_it_anew(tmp_path: Path) -> None:
    async with standing() as server:
        async with running(server, tmp_path / "state") as reader:
            server.faults.status = 503
            await reader.decider.present(server.firm.code())
        server.faults.status = 0
        former = (tmp_path / "state" / "reader.key").read_bytes()
        await paired(server, tmp_path / "state")
        assert (tmp_path / "state" / "reader.key").read_bytes() != former
        async with started(tmp_path / "state") as reader:
            await until(lambda: server.position == 1)
        assert (server.quarantined, list(server.events)) == ([], [1])


@pytest.mark.parametrize("breaks", [1, 3])
async def test_the_answer_to_a_hand_in_is_lost(tmp_path: Path, breaks: int) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.faults.status = 503
        for _ in range(7):
            await reader.decider.present(server.firm.code())
        server.faults.most_entries, server.faults.journal_breaks = 2, breaks
        server.faults.status = 0
        await until(lambda: reader.desk.journal.handed == 7)
        assert (len(server.events), server.twice, server.quarantined) == (7, [], [])


@pytest.mark.parametrize("gaps", [1, 5])
async def test_a_hand_in_that_another_has_crossed_goes_on_from_where_it_stands(
    tmp_path: Path, gaps: int
) -> None:
    """Five times is more than it tries in one go: then it rests and begins again."""
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.faults.status = 503
        for _ in range(5):
            await reader.decider.present(server.firm.code())
        server.faults.most_entries, server.faults.journal_gaps = 2, gaps
        server.faults.status = 0
        await until(lambda: reader.desk.journal.handed == 5)
        assert server.faults.journal_gaps == 0
        assert (len(server.events), server.twice, server.quarantined) == (5, [], [])


async def test_a_hand_in_that_stands_still_does_not_spin(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.faults.status = 503
        await reader.decider.present(server.firm.code())
        server.public = Ed25519Signer.generate().public  # it knows another key: all is refused
        server.faults.status = 0
        await until(lambda: reader.reach.asking)
        await asyncio.sleep(0.5)
        assert reader.desk.journal.queue == 1
        assert server.position == 0


async def test_whose_place_is_anothers_opens_nothing(tmp_path: Path) -> None:
    """It was cut off while new hardware took its place: back again, it does not go on by its old list."""
    door = RecordedDoor()
    async with standing() as server, running(server, tmp_path / "state", door) as reader:
        server.faults.status = 503
        assert (await reader.decider.present(server.firm.code())).alone
        server.public = Ed25519Signer.generate().public
        server.faults.status = 0
        await until(lambda: reader.reach.asking)
        outcome = await reader.decider.present(server.firm.code())
        assert (outcome.granted, outcome.counter, len(door.pulses)) == (False, 2, 1)


async def test_a_cut_is_told_though_the_power_went_too(tmp_path: Path) -> None:
    """Whoever takes the network from a face area takes the alarm away with no plug. Once told it is told."""
    async with standing() as server:
        async with running(server, tmp_path / "state") as reader:
            server.faults.status = 503
            await reader.decider.present(server.firm.code())
            cut = reader.reach.last_cut_ms
        assert cut is not None
        server.faults.status, server.contacts = 0, []
        async with started(tmp_path / "state"):
            await until(lambda: len(server.contacts) > 1)
            assert [told["offline_since_ms"] for told in server.contacts[:2]] == [cut, None]
        server.contacts = []
        async with started(tmp_path / "state"):
            await until(lambda: server.contacts)
            assert server.contacts[0]["offline_since_ms"] is None


async def test_started_without_network_it_was_cut_off_too(tmp_path: Path) -> None:
    async with standing() as server:
        await paired(server, tmp_path / "state")
        server.faults.status = 503
        async with started(tmp_path / "state") as reader:
            began = reader.reach.offline_since_ms
            await until(lambda: server.faults.refused.count("readers/next") > 1)
            server.faults.status = 0
            await until(lambda: server.contacts)
            assert server.contacts[0]["offline_since_ms"] == began


async def test_ready_means_ready(tmp_path: Path) -> None:
    """A check that cannot fail is a defect: without a server the reader never asks."""
    async with standing() as server:
        await paired(server, tmp_path / "state")
        server.faults.status = 503
        async with started(tmp_path / "state") as reader:
            with pytest.raises(TimeoutError):
                await until(lambda: reader.reach.asking, 0.3)
            server.faults.status = 0
            await ready(reader)
