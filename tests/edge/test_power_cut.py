"""The power goes while people pass: what was not synced is gone, and no door has opened without its row."""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from edge.clock import Clock
from edge.holding import Holding
from edge.identity import ANSWER, NEW_KEY, NotPaired, PairingRefused, finish_pairing, load
from edge.journal import Journal
from edge.ownkey import KEY
from edge.run import WIPED, Fittings, run
from edge.store import DATABASE, WIPING, Store
from edge.store import KEY as STORE_KEY
from sallyport.offline import FIRST_PREVIOUS, JournalEntry, entry_bytes, entry_hash
from tests.edge.firm import READER
from tests.edge.fitted import PATIENCE, RecordedDoor, paired, until
from tests.edge.platter import power_cut
from tests.edge.processes import ROOT, Process, process
from tests.edge.standin import CODE, Standin, standing
from tests.edge.unplugged import SENT
from tests.edge.vfs import library

IN_THE_SUITE = 3
CUTS = int(os.environ.get("SALLYPORT_CUTS", IN_THE_SUITE))  # `make chaos` sets 100
SEED = os.environ.get("SALLYPORT_SEED", str(time.time()))
LONGEST = 0.8  # seconds from the first code to the cut
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(library() is None, reason="this Python's SQLite cannot be listened to"),
]


class Unplugged(Process):
    """A reader program whose disk forgets what was not synced."""

    def __init__(self, home: Path, how: str = "synced") -> None:
        super().__init__(home)
        self.how, self.platter = how, home / "platter"

    def _program(self) -> tuple[str, ...]:
        return ("tests.edge.unplugged", self.how, str(self.platter))

    def granted(self) -> list[int]:
        """The counters of all openings so far, each written just before its door was driven."""
        path = self.platter.with_suffix(".granted")
        return [int(line) for line in path.read_text().split()] if path.exists() else []


@dataclass
class Begun:
    """A watch that looks at nothing: it tells that the reader runs."""

    event: asyncio.Event = field(default_factory=asyncio.Event)

    def granted(self, counter: int, pulse_ms: int) -> None:
        return

    async def run(self) -> None:
        self.event.set()


@dataclass(frozen=True)
class Left:
    """What a program that starts finds on the disk."""

    entries: list[JournalEntry]
    counter: int
    point: tuple[int, int]

    def without_row(self, granted: list[int], server: Standin) -> list[int]:
        """The openings that neither the journal nor the server's own decision stands for."""
        rows = {entry.counter for entry in self.entries if entry.granted}
        rows |= {counter for counter, event in server.events.items() if event[1] and not event[3]}
        return [counter for counter in granted if counter not in rows]


@asynccontextmanager
async def plugged_in(home: Path, how: str = "synced") -> AsyncIterator[Unplugged]:
    """The program from its start; killed at the end, as by a power cut that is yet to be made."""
    reader = Unplugged(home, how)
    await reader.start()
    try:
        yield reader
    finally:
        await reader.end(signal.SIGKILL)


async def test_the_power_is_cut_at_any_instant(tmp_path: Path) -> None:
    """What was synced is left, or that and a part of the rest in no order; each start goes on from it."""
    chance = random.Random(SEED)
    async with standing() as server:
        await _fitted(server, tmp_path)
        before = _left(tmp_path / "state")
        for cuts in range(1, CUTS + 1):
            server.faults.status = chance.choice([0, 503, 503])
            async with plugged_in(tmp_path) as reader:
                await _load(server, reader, chance)
            power_cut(reader.state, reader.platter, chance if cuts % 2 else None)
            left, granted = _left(tmp_path / "state"), reader.granted()
            assert left.without_row(granted, server) == [], SEED
            assert left.entries[: len(before.entries)] == before.entries, SEED
            assert left.counter >= max([0, *granted, *server.events]), SEED
            assert left.point >= max(server.acks, default=(0, 0)), SEED
            assert 0 <= len(granted) - len(reader.openings()) <= cuts  # once each at most
            before = left
        assert len(granted) > 5 * CUTS  # there was a load
        await _goes_on(server, tmp_path)


async def test_without_syncs_the_same_cut_is_seen(tmp_path: Path) -> None:
    """The control: with `synchronous=OFF` a door has opened and its row is gone."""
    async with standing() as server:
        await _fitted(server, tmp_path)
        server.faults.status = 503
        async with plugged_in(tmp_path, "loose") as reader:
            await reader.up()
            reader.show(server.firm.code())
            await until(reader.openings)
        power_cut(reader.state, reader.platter)
        assert _left(tmp_path / "state").without_row(reader.granted(), server) == reader.granted() == [1]


async def _fitted(server: Standin, home: Path) -> None:
    """Paired, and with a bundle: it can decide alone."""
    await paired(server, home / "state")
    async with process(home) as reader:
        await reader.up(asking=True, socket=True)
        assert await reader.end() == 0


async def _load(server: Standin, reader: Process, chance: random.Random) -> None:
    """People come as fast as the door takes them, the network and the policy change; then the end."""
    if chance.random() < 0.8:  # else the power may go while it starts
        await reader.up()
    until_then = time.monotonic() + chance.uniform(0.2, LONGEST)
    while time.monotonic() < until_then:
        reader.show(server.firm.code())
        if chance.random() < 0.02:
            server.faults.status = 503 - server.faults.status
        if chance.random() < 0.1:
            seq = server.now.seq
            server.now = replace(server.now, seq=seq + 1)
            await server.push(server.firm.changes(seq_before=seq, seq=seq + 1))
        await asyncio.sleep(chance.uniform(0.0, 0.01))


def _left(state: Path) -> Left:
    """Read from a copy: the program itself must recover what the cut has left."""
    copy = state.with_name(f"{state.name}-copy")
    shutil.copytree(state, copy, ignore=shutil.ignore_patterns("*.sock"))
    identity, key = load(copy)
    store = Store(copy)
    try:
        journal = Journal(store, identity, key)
        assert store.rows("pragma integrity_check") == [("ok",)]
        entries, last = journal.entries(), FIRST_PREVIOUS
        for place, entry in enumerate(entries, start=1):
            assert (entry.position, entry.previous) == (place, last)
            last = entry_hash(entry_bytes(entry, company=identity.company, reader=identity.reader))
        assert journal.head == (len(entries), last)
        assert len({entry.counter for entry in entries}) == len(entries)
        return Left(entries, store.number("counter"), Holding(store, identity, Clock(store)).point)
    finally:
        store.close()
        shutil.rmtree(copy)


async def _goes_on(server: Standin, home: Path) -> None:
    """It asks, hands all in and opens; the server has each event once, without a gap."""
    server.faults.status = 0
    async with plugged_in(home) as reader:
        await reader.up(asking=True)
        opened = len(reader.openings())
        reader.show(server.firm.code())
        await until(lambda: len(reader.openings()) > opened)
        await until(lambda: sorted(server.events) == list(range(1, reader.granted()[-1] + 1)))
        assert await reader.end() == 0
    power_cut(reader.state, reader.platter)
    left = _left(home / "state")
    assert (server.twice, server.quarantined, server.forked) == ([], [], False)
    assert (server.position, max(server.events)) == (len(left.entries), left.counter)


async def test_the_power_is_cut_at_each_sync_of_a_pairing(tmp_path: Path) -> None:
    """The key that the server may have heard of is there, and the same code pairs it again."""
    async with standing() as server:
        cuts = await _cuts(tmp_path, "each", "pair", server.origin, CODE, ends=0)
        assert server.public is not None
        key = server.public.raw
        for cut in cuts[-2:]:  # it said that it was paired: so it is
            assert load(cut)[1].public.raw == key
        assert len([cut for cut in cuts if (cut / SENT).exists()]) > 10
        for cut in _some(cuts):
            if not _is_paired(cut):
                await paired(server, cut)
            if (cut / SENT).exists():
                assert load(cut)[1].public.raw == key, cut
            assert _left(cut).entries == []


async def test_an_answer_outlives_another_try(tmp_path: Path) -> None:
    """Cut after the answer, tried again with a wrong code: it is whom the answer was for, with that key."""
    async with standing() as server:
        cuts = await _cuts(tmp_path, "each", "pair", server.origin, CODE, ends=0)
        assert server.public is not None
        answered = [cut for cut in cuts if (cut / ANSWER).exists()]
        # Their key is in its place: the other try makes a fresh one, which must not follow it there.
        moved = [cut for cut in answered if not (cut / NEW_KEY).exists()]
        assert 0 < len(moved) < len(answered)
        for cut in {*_some(answered), *moved}:
            with pytest.raises(PairingRefused):
                await paired(server, cut, code="AAAAAAAA")
            finish_pairing(cut)
            assert load(cut)[1].public.raw == server.public.raw


async def test_the_power_is_cut_at_each_sync_of_a_move(tmp_path: Path) -> None:
    """Paired at another door it is the one reader or the other, with its own key and its own count."""
    async with standing() as server, standing(handle=READER + 1) as other:
        await _fitted(server, tmp_path)
        server.faults.status = 503
        async with process(tmp_path) as reader:
            await reader.up()
            reader.show(server.firm.code())
            await until(reader.openings)
        cuts = await _cuts(tmp_path, "each", "pair", other.origin, CODE, ends=0)
        assert server.public is not None
        assert other.public is not None
        expected = {(READER, server.public.raw, 1), (READER + 1, other.public.raw, 0)}
        found = set()
        for cut in [*_some(cuts), cuts[0], cuts[-1]]:
            await _started_and_ended(cut)
            identity, key = load(cut)
            found.add((identity.reader, key.public.raw, _left(cut).counter))
        assert found == expected


async def test_the_power_is_cut_at_each_sync_of_a_wipe(tmp_path: Path) -> None:
    """Once wiped, no key comes back. A wipe that was cut short is finished before anything else."""
    async with standing() as server:
        await _fitted(server, tmp_path)
        server.faults.status = 503
        async with process(tmp_path) as reader:
            await reader.up()
            reader.show(server.firm.code())
            await until(reader.openings)
        keys = [(reader.state / name).read_bytes() for name in (KEY, STORE_KEY)]
        server.faults.status, server.wipe = 0, True
        given = ("run", "--codes", str(reader.codes), "--door", str(reader.door))
        cuts = await _cuts(tmp_path, "wipe", *given, ends=WIPED)
        for path in (tmp_path / "platter" / "synced").iterdir():
            assert not any(key in path.read_bytes() for key in keys)
        begun = [cut for cut in cuts if (cut / WIPING).exists()]
        assert len(begun) > 6
        between = begun.pop(len(begun) // 2)  # keys are gone, what they opened is not
        assert not (between / STORE_KEY).exists()
        assert (between / DATABASE).exists()
        for cut in _some(begun):
            with pytest.raises(NotPaired):
                await run(cut, Fittings((), RecordedDoor()))
            assert [path.name for path in cut.iterdir()] == ["lock"]
        for cut in (cuts[-2], between):
            await paired(server, cut)
            assert _left(cut).entries == []


async def _cuts(home: Path, how: str, *deed: str, ends: int) -> list[Path]:
    """Carry out one command; what a cut at each of its syncs leaves, in their order."""
    program = ("-m", "tests.edge.unplugged", how, str(home / "platter"), "--state", str(home / "state"))
    made = await asyncio.to_thread(subprocess.run, [sys.executable, *program, *deed], cwd=ROOT, check=False)
    assert made.returncode == ends
    return sorted((home / "platter" / "cuts").iterdir())


async def _started_and_ended(folder: Path) -> None:
    begun = Begun()
    task = asyncio.create_task(run(folder, Fittings((), RecordedDoor(), watch=lambda now, tell: begun)))
    async with asyncio.timeout(PATIENCE):
        await begun.event.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _some(cuts: list[Path]) -> list[Path]:
    """A few of them; all where there is time."""
    return cuts if CUTS > IN_THE_SUITE else random.Random(SEED).sample(cuts, min(8, len(cuts)))


def _is_paired(folder: Path) -> bool:
    try:
        load(folder)
    except NotPaired:
        return False
    return True
