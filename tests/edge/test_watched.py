"""An area with passback and a capacity while the reader is cut off: it goes by whom it let in itself."""

from pathlib import Path

from edge.identity import load
from edge.journal import Journal
from edge.run import Reader
from sallyport.reasons import Reason
from sallyport.rules import Inside, Watch
from tests.edge.firm import CREDENTIAL
from tests.edge.fitted import RecordedDoor, running, until
from tests.edge.standin import Standin, standing

HARD = Watch(enters=True, passback="hard", seconds=0, capacity=2)


async def watched(server: Standin, reader: Reader, watch: Watch = HARD) -> None:
    """The reader has a list whose door leads into an area that keeps watch, and no server."""
    bundle = server.told_now(door={"watch": watch})
    await reader.desk.disk.run(reader.desk.holding.take_bundle, as_answered(server))
    assert reader.desk.holding.bundle is not None
    assert reader.desk.holding.bundle.number == bundle.number
    server.faults.status = 503


def as_answered(server: Standin) -> dict[str, str]:
    return server.firm.signed(server.now)


async def reasons(reader: Reader, server: Standin, *people: int) -> list[Reason]:
    return [(await reader.decider.present(server.firm.code(credential=who))).reason for who in people]


async def known(reader: Reader) -> Inside:
    """What the reader knows of the first of the people, asked on the thread that writes."""
    return await reader.desk.disk.run(reader.desk.journal.inside, CREDENTIAL)


async def test_it_refuses_whom_it_let_in_and_counts(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state", RecordedDoor()) as reader:
        await watched(server, reader)
        told = await reasons(reader, server, CREDENTIAL, CREDENTIAL, 71, 72, 71)
        granted, passback, full = Reason.GRANTED, Reason.PASSBACK, Reason.AREA_FULL
        assert told == [granted, passback, granted, full, passback]


async def test_it_knows_after_a_restart(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state", RecordedDoor()) as reader:
        await watched(server, reader)
        assert await reasons(reader, server, CREDENTIAL, 71) == [Reason.GRANTED] * 2
        identity, key = load(tmp_path / "state")
        again = await reader.desk.disk.run(Journal(reader.desk.store, identity, key).inside, CREDENTIAL)
        assert again == await known(reader)
        assert (again.since is None, again.people) == (False, 2)


async def test_what_was_handed_in_is_the_servers_to_know(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state", RecordedDoor()) as reader:
        await watched(server, reader)
        assert await reasons(reader, server, CREDENTIAL, CREDENTIAL) == [Reason.GRANTED, Reason.PASSBACK]
        server.faults.status = 0
        await until(lambda: reader.desk.journal.handed == 2)
        assert await known(reader) == Inside(None, 0)


async def test_a_way_out_and_other_doors_count_nobody(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state", RecordedDoor()) as reader:
        await watched(server, reader, HARD._replace(enters=False))
        assert await reasons(reader, server, CREDENTIAL, CREDENTIAL) == [Reason.GRANTED] * 2
        assert await known(reader) == Inside(None, 0)


async def test_a_server_that_went_back_is_handed_it_again(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state", RecordedDoor()) as reader:
        await watched(server, reader)
        await reasons(reader, server, CREDENTIAL)
        for handed, people in ((1, 0), (0, 1)):
            await reader.desk.disk.run(reader.desk.journal.note_handed, handed)
            assert (await known(reader)).people == people
