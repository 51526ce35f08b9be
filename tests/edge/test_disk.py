"""The reader's disk: what it keeps, what it refuses, what it destroys."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge import clock as clocks
from edge.clock import Clock
from edge.door import DoorFailed
from edge.encoding import unb64
from edge.files import InUse, claim
from edge.identity import NotPaired, PairingRefused, load
from edge.run import WIPED, Fittings, run
from edge.source import Seen, SourceState
from edge.store import DATABASE, KEY, Store, StoreFailed, StoreUnreadable, wipe
from sallyport.reasons import Reason
from tests.edge.firm import now_ms
from tests.edge.fitted import QUICK, RecordedDoor, paired, running, started, until
from tests.edge.standin import standing


def test_it_is_the_owners_alone(tmp_path: Path) -> None:
    Store(tmp_path / "state").close()
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    for path in (tmp_path / "state").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_it_syncs_before_it_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    assert store.rows("pragma synchronous") == [(2,)]
    assert store.rows("pragma journal_mode") == [("wal",)]


def test_counters_are_never_given_twice(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    assert [store.take_counter() for _ in range(3)] == [1, 2, 3]
    store.raise_counter(2)
    store.close()
    store = Store(tmp_path / "state")
    assert store.take_counter() == 4
    store.raise_counter(10)
    assert store.take_counter() == 11


def test_sealed_bytes_cannot_take_each_others_place(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    sealed = store.seal(b"x", "journal:1")
    assert store.unseal(sealed, "journal:1") == b"x"
    with pytest.raises(StoreUnreadable):
        store.unseal(sealed, "journal:2")


def test_two_processes_do_not_share_a_folder(tmp_path: Path) -> None:
    first = claim(tmp_path / "state")
    with pytest.raises(InUse):
        claim(tmp_path / "state")
    os.close(first)
    os.close(claim(tmp_path / "state"))


def test_a_wipe_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    store = Store(folder)
    store.set_secret("bundle", b"x")
    key = (folder / KEY).read_bytes()
    kept = os.open(folder / KEY, os.O_RDONLY)  # the same cells, whatever the folder says
    store.close()
    for name in ("reader.key", "osdp-3.key", "osdp-3.new", ".reader.key.1f2e3d4c", ".osdp-3.new.1f2e3d4c"):
        (folder / name).write_bytes(bytes(32))
    wipe(folder)
    assert os.read(kept, 32) != key
    os.close(kept)
    assert not [path.name for path in folder.iterdir() if path.name != "lock"]
    wipe(folder)  # again, as after an interruption
    with pytest.raises(NotPaired):
        load(folder)


async def test_the_server_has_it_wiped(tmp_path: Path) -> None:
    async with standing() as server:
        await paired(server, tmp_path / "state")
        server.wipe = True
        assert await run(tmp_path / "state", Fittings((), RecordedDoor()), pace=QUICK) == 4
        assert server.wiped
        assert not (tmp_path / "state" / DATABASE).exists()


@pytest.mark.parametrize("broken", ["close", "codes", "door"])
async def test_hardware_that_fails_holds_up_no_wipe(tmp_path: Path, broken: str) -> None:
    """A camera's library or a relay board raises when it is given back; the keys go all the same."""
    async with standing() as server:
        await paired(server, tmp_path / "state")
        server.wipe = True
        fittings = Fittings((Unwilling(broken),), UnwillingDoor() if broken == "door" else RecordedDoor())
        assert await run(tmp_path / "state", fittings, pace=QUICK) == WIPED
    assert {path.name for path in (tmp_path / "state").iterdir()} <= {"lock", "status.sock"}


async def test_an_identity_that_was_copied_is_found(tmp_path: Path) -> None:
    async with standing() as server:
        async with running(server, tmp_path / "state"):
            await until(lambda: server.contacts)
        subprocess.run(["cp", "-a", tmp_path / "state", tmp_path / "copy"], check=True)
        async with started(tmp_path / "state") as one:
            before = len(server.contacts)
            await until(lambda: len(server.contacts) > before + 1)
            async with started(tmp_path / "copy") as other:
                await until(lambda: server.forked)
                await until(lambda: one.reach.suspended and other.reach.suspended)


async def test_a_lost_answer_to_a_contact_is_no_fork(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        await until(lambda: server.contacts)
        token = reader.desk.store.secret("token")
        await until(lambda: reader.desk.store.secret("token") != token)
        # As if the last answer had never come: it shows what it showed before.
        shown = server.asked
        desk = reader.desk
        await desk.disk.run(desk.store.set_secret, "token", shown[0].encode())
        await desk.disk.run(desk.store.set_secret, "nonce", unb64(shown[1]))
        before = len(server.contacts)
        await until(lambda: len(server.contacts) > before + 1)
        assert not server.forked


async def test_a_clock_that_is_set_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day back: a code of yesterday stays expired, and the clock is told to be behind."""
    async with standing() as server, running(server, tmp_path / "state") as reader:
        old = server.firm.code(age=86_400)
        server.faults.status = 503
        await reader.decider.present(server.firm.code())
        wall = clocks.wall_ms
        monkeypatch.setattr(clocks, "wall_ms", lambda: wall() - 86_400_000)
        assert (await reader.decider.present(old)).reason is Reason.EXPIRED
        assert (await reader.decider.present(server.firm.code())).granted
        assert (await reader.status())["clock_behind_ms"] > 86_000_000
        again = Clock(reader.desk.store)  # and after a restart
        assert abs(again.now_ms() - now_ms()) < 5_000


@pytest.mark.parametrize("status", [0, 503])
async def test_time_does_not_fall_below_an_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """In an hour that nothing signed vouches for, asked or alone: after a restart it is still the floor."""
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.faults.only, server.faults.status = "scans", status
        wall = clocks.wall_ms
        monkeypatch.setattr(clocks, "wall_ms", lambda: wall() + 3_600_000)
        outcome = await reader.decider.present(server.firm.code(age=-3_600))
        assert (outcome.granted, outcome.alone) == (True, bool(status))
        monkeypatch.undo()
        for clock in (reader.desk.clock, Clock(reader.desk.store)):
            assert clock.now_ms() > now_ms() + 3_500_000


@pytest.mark.parametrize("status", [0, 503])
async def test_a_wrong_hour_ends_when_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """A year ahead, by a forged or dead clock: what it refused then vouches for nothing."""
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.faults.only, server.faults.status = "scans", status
        wall = clocks.wall_ms
        monkeypatch.setattr(clocks, "wall_ms", lambda: wall() + 365 * 86_400_000)
        outcome = await reader.decider.present(server.firm.code())
        assert (outcome.granted, outcome.alone) == (False, bool(status))
        monkeypatch.undo()
        for clock in (reader.desk.clock, Clock(reader.desk.store)):
            assert clock.now_ms() < now_ms() + 60_000
        assert (await reader.decider.present(server.firm.code())).granted


async def test_no_opening_carries_time_further_than_the_trust_in_the_list(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        held = reader.desk.holding.bundle
        assert held is not None
        ends = held.at_ms + held.trust * 1_000
        vouched = reader.desk.holding.vouched_ms
        assert [vouched(ends - 1), vouched(ends), vouched(ends + 10**9)] == [ends - 1, ends, ends]


async def test_what_goes_by_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Power is lost an hour after the last signed word, and the machine's clock with it."""
    async with standing() as server:
        await paired(server, tmp_path / "state")
        async with started(tmp_path / "state", pace=replace(QUICK, keep_time=0.02)) as reader:
            await until(lambda: reader.desk.holding.bundle)
            steady = clocks.steady_ms
            monkeypatch.setattr(clocks, "steady_ms", lambda: steady() + 3_600_000)
            await until(lambda: reader.desk.store.number("floor_ms") > now_ms() + 3_500_000)
        monkeypatch.setattr(clocks, "wall_ms", lambda: 0)
        assert Clock(Store(tmp_path / "state")).now_ms() > now_ms() + 3_500_000


async def test_pairing_anew_lowers_the_floor(tmp_path: Path) -> None:
    async with standing() as server:
        async with running(server, tmp_path / "state") as reader:
            await reader.desk.disk.run(reader.desk.clock.signed, now_ms() + 10**9)
            assert Clock(reader.desk.store).now_ms() > now_ms() + 10**8
        await paired(server, tmp_path / "state")
        assert Store(tmp_path / "state").number("floor_ms") == 0


async def test_a_wrong_code_pairs_nothing(tmp_path: Path) -> None:
    async with standing() as server:
        with pytest.raises(PairingRefused, match="code_wrong"):
            await paired(server, tmp_path / "state", code="22222222")
        with pytest.raises(NotPaired):
            load(tmp_path / "state")


async def test_a_lost_answer_to_a_pairing_sends_the_same_key_again(tmp_path: Path) -> None:
    async with standing() as server:
        server.faults.status = 503
        with pytest.raises(PairingRefused):
            await paired(server, tmp_path / "state")
        first = (tmp_path / "state" / "reader.key.new").read_bytes()
        server.faults.status = 0
        await paired(server, tmp_path / "state", code="abcd-efgh")  # as it is shown, in small letters
        assert (tmp_path / "state" / "reader.key").read_bytes() == first


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=False)
    if made.returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


async def test_a_full_disk(small_disk: Path) -> None:
    """It opens nothing that it cannot write, says so, loses nothing, and goes on when there is room."""
    door = RecordedDoor()
    async with standing() as server, running(server, small_disk / "state", door) as reader:
        server.faults.status = 503
        assert (await reader.decider.present(server.firm.code())).granted
        filler = small_disk / "filler"
        _fill(filler)
        for _ in range(200):  # what is left in the last pages of the file
            outcome = await reader.decider.present(server.firm.code())
            if not outcome.granted:
                break
        assert (outcome.reason, outcome.counter) == (Reason.SERVER_UNAVAILABLE, None)
        assert (await reader.status())["disk"] == "full"
        granted = [entry for entry in reader.desk.journal.entries() if entry.granted]
        assert len(granted) == len(door.pulses)
        filler.unlink()
        after = await reader.decider.present(server.firm.code())
        assert after.granted
        assert (await reader.status())["disk"] == "ready"
        server.faults.status = 0
        await until(lambda: server.position == len(door.pulses))
        assert (server.quarantined, server.twice) == ([], [])


async def test_a_full_disk_asks_nobody(small_disk: Path) -> None:
    """Without a number on the disk nothing may be sent: it might be given again."""
    async with standing() as server, running(server, small_disk / "state") as reader:
        _fill(small_disk / "filler")
        for _ in range(400):
            outcome = await reader.decider.present(server.firm.code())
            if outcome.counter is None:
                break
        assert outcome.counter is None
        scans = server.scans
        await reader.decider.present(server.firm.code())
        assert server.scans == scans


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")

    def two_rows() -> None:
        with store.write() as db:
            db.execute("insert into meta values ('a', 1)")
            db.execute("insert into nothing values (1)")

    with pytest.raises(StoreFailed):
        two_rows()
    assert store.number("a") == 0


class Unwilling:
    """A source that raises at its end."""

    name, state = "unwilling", SourceState.READY

    def __init__(self, broken: str) -> None:
        self._broken = broken

    async def codes(self) -> AsyncIterator[Seen]:
        try:
            while True:
                await asyncio.sleep(60)
                yield Seen.now("")
        finally:
            if self._broken == "codes":
                raise OSError("no such device")

    async def close(self) -> None:
        if self._broken == "close":
            raise OSError("no such device")


class UnwillingDoor(RecordedDoor):
    """A door that raises at its end."""

    async def close(self) -> None:
        raise DoorFailed("no relay")


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return
