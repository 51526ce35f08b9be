"""The socket and what is done without one: changes applied, acknowledged, mended; the ledger witnessed."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from edge.chores import Pace
from edge.encoding import b64
from edge.run import Reader
from edge.socket import Step
from sallyport.ledger import FIRST_PREVIOUS, checkpoint_bytes, checkpoint_hash
from tests.core.vector_keys import COMPANY
from tests.edge.firm import CREDENTIAL
from tests.edge.fitted import QUICK, paired, ready, running, started, until
from tests.edge.lines import Wire
from tests.edge.proxy import Cut, between
from tests.edge.standin import Standin, standing


def revoked(reader: Reader) -> bool:
    bundle = reader.desk.holding.bundle
    return bundle is not None and CREDENTIAL in bundle.gone.revoked


async def test_changes_are_applied_then_acknowledged(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        await until(lambda: server.wires)
        await server.push(server.firm.changes(seq_before=40, seq=43, credentials={CREDENTIAL: "revoked"}))
        await until(lambda: (1, 43) in server.acks)
        assert revoked(reader)
        assert reader.desk.holding.point == (1, 43)


async def test_without_a_socket_it_asks(tmp_path: Path) -> None:
    async with standing() as server:
        server.faults.no_socket = True
        async with running(server, tmp_path / "state") as reader:
            delta = server.firm.changes(seq_before=40, seq=41, credentials={CREDENTIAL: "revoked"})
            await server.push(delta)
            await until(lambda: (1, 41) in server.acks)
            assert revoked(reader)


async def test_a_gap_is_mended_by_a_bundle(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        await until(lambda: server.wires and reader.desk.holding.point == (1, 40))
        server.told_now(seq=45)
        await server.push(server.firm.changes(seq_before=44, seq=45, credentials={CREDENTIAL: "revoked"}))
        await until(lambda: (1, 45) in server.acks)
        assert reader.desk.holding.point == (1, 45)


async def test_reload_fetches_before_it_acknowledges(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        await until(lambda: server.wires)
        server.told_now(seq=41, trust=14_400)
        await server.push(server.firm.changes(seq_before=40, seq=41, reload=True))
        await until(lambda: (1, 41) in server.acks)
        bundle = reader.desk.holding.bundle
        assert bundle is not None
        assert bundle.trust == 14_400


@pytest.mark.parametrize("no_socket", [False, True])
async def test_a_bundle_that_did_not_come_is_not_forgotten(tmp_path: Path, no_socket: bool) -> None:
    """The changes ask for a bundle, the server cannot give one, the line breaks, and nothing more changes."""
    async with standing() as server, running(server, tmp_path / "state") as reader:
        await until(lambda: server.wires)
        server.faults.no_socket = no_socket
        server.faults.only, server.faults.status = "readers/bundle", 503
        server.told_now(seq=41, trust=14_400)
        await server.push(server.firm.changes(seq_before=40, seq=41, reload=True))
        await until(lambda: len(server.faults.refused) > 2)
        for wire in tuple(server.wires):
            await wire.close(1001)
        refused = len(server.faults.refused)
        await until(lambda: len(server.faults.refused) > refused + 1)
        assert (1, 41) not in server.acks
        assert reader.desk.holding.point == (1, 40)
        server.faults.status = 0
        await until(lambda: (1, 41) in server.acks)
        bundle = reader.desk.holding.bundle
        assert bundle is not None
        assert bundle.trust == 14_400


async def test_unsigned_changes_change_nothing(tmp_path: Path) -> None:
    """It believes the bundle that it fetches instead."""
    async with standing() as server, running(server, tmp_path / "state") as reader:
        await until(lambda: server.wires)
        server.told_now(seq=41)
        delta = server.firm.changes(seq_before=40, seq=41, credentials={CREDENTIAL: "revoked"})
        await server.push(delta | {"sig": b64(bytes(64))})
        await until(lambda: (1, 41) in server.acks)
        assert not revoked(reader)


async def test_frames_that_are_none_end_the_socket_only(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        frames: list[Any] = [{"t": "delta"}, {"t": "what"}, [], "x", {"t": "pong", "a": 1}, {"t": "hello"}]
        for frame in frames:
            await until(lambda: server.wires)
            gone = partial(_is_gone, server, server.wires[0])
            await server.wires[0].say(frame)
            if frame != {"t": "pong", "a": 1}:
                await until(gone)
        outcome = await reader.decider.present(server.firm.code())
        assert outcome.granted


async def test_a_silent_socket_is_given_up_with_the_server(tmp_path: Path) -> None:
    """When a scan finds the line dead, the socket on it is dead too: it is opened anew at once."""
    async with (
        standing() as server,
        between(server.port) as line,
        running(server, tmp_path / "state", origin=line.origin) as reader,
    ):
        await until(lambda: server.wires)
        before = server.wires[0]
        line.cut(Cut.SILENT)
        await reader.decider.present(server.firm.code())
        line.mend()
        await until(lambda: server.wires and server.wires[-1] is not before)
        await server.push(server.firm.changes(seq_before=40, seq=41, credentials={CREDENTIAL: "revoked"}))
        await until(lambda: revoked(reader))


async def test_the_list_grows_no_older_than_its_refresh(tmp_path: Path) -> None:
    async with standing() as server:
        await paired(server, tmp_path / "state")
        pace = Pace(probe=0.1, contact=5, refresh=0.2, poll=0.1, longest_pause=0.3)
        async with started(tmp_path / "state", pace=pace) as reader:
            await ready(reader)
            bundle = reader.desk.holding.bundle
            assert bundle is not None
            first = bundle.at_ms
            await until(lambda: _made_at(reader) > first)


async def test_it_witnesses_what_links_and_tells_what_does_not(tmp_path: Path) -> None:
    async with standing() as server:
        async with running(server, tmp_path / "state"):
            await until(lambda: server.wires)
            first = _checkpoint(1, FIRST_PREVIOUS)
            second = _checkpoint(2, checkpoint_hash(first))
            for number, data in ((1, first), (2, second), (2, second)):
                await server.wires[0].say(_push(server, number, data))
            await until(lambda: len(server.told) == 3)
            assert [(frame["t"], frame["number"]) for frame in server.told] == [
                ("witness", 1),
                ("witness", 2),
                ("witness", 2),
            ]
        async with started(tmp_path / "state", pace=QUICK) as reader:
            await until(lambda: server.wires)
            unsigned = _push(server, 3, _checkpoint(3, checkpoint_hash(second))) | {"sig": b64(bytes(64))}
            await server.wires[0].say(unsigned)
            await server.wires[0].say(_push(server, 3, _checkpoint(3, checkpoint_hash(first))))
            await until(lambda: len(server.told) == 4)
            assert server.told[3]["t"] == "fork"
            assert server.told[3]["bytes"] == b64(second)
            assert (await reader.status())["ledger_forked"]


def test_a_step_is_read_strictly() -> None:
    assert Step.of({"epoch": 1, "seq": 2}) == Step(1, 2, b"", b"")


def _is_gone(server: Standin, wire: Wire) -> bool:
    return wire not in server.wires


def _made_at(reader: Reader) -> int:
    bundle = reader.desk.holding.bundle
    return bundle.at_ms if bundle else 0


def _checkpoint(number: int, previous: bytes) -> bytes:
    return checkpoint_bytes(
        company=COMPANY,
        number=number,
        previous_hash=previous,
        root=bytes(32),
        first_position=number,
        last_position=number,
        at=1_772_000_000 + number,
    )


def _push(server: Standin, number: int, data: bytes) -> dict[str, Any]:
    sig = server.firm.sealing.sign(data)
    return {"t": "checkpoint", "number": number, "bytes": b64(data), "sig": b64(sig)}
