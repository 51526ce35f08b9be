"""The reader program renews its key at the real server: the line cut and the power gone at every place."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from edge import ownkey, renewal
from edge.caller import Caller, Refused
from edge.identity import load
from edge.run import Reader
from sallyport.keys import Ed25519Signer
from sallyport.reader_protocol import key_print
from tests.edge.doors import LONG, PATIENT, AtTheDoor, at_the_door, up
from tests.edge.field import do
from tests.edge.fitted import started, until
from tests.edge.proxy import Cut
from tests.fixtures.live import Live
from tests.readers.deeds import Office

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("names_of_this_machine")]
RENEW = b"POST /api/v1/readers/key "


def on_disk(folder: Path) -> str:
    return key_print(load(folder)[1].public.raw)


def in_use(reader: Reader) -> str:
    return key_print(reader.desk.caller.key.public.raw)


async def keys(at: AtTheDoor) -> dict[str, Any]:
    found: dict[str, Any] = await do(at.office, "keys_of", at.name)
    return found


async def comes(ask: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something at the server."""
    async with asyncio.timeout(LONG):
        while not await ask():
            await asyncio.sleep(0.1)


async def wish(at: AtTheDoor) -> str:
    """An operator wants another key; the print of the next one, once it is on the disk."""
    await do(at.office, "renew", at.name)
    path = at.reader.desk.store.folder / ownkey.NEXT
    await until(path.exists, LONG)
    return key_print(Ed25519Signer(path.read_bytes()).public.raw)


async def renewed(at: AtTheDoor, before: str) -> str:
    """The new key, when both sides have turned to it and the old one is at its end."""
    await until(lambda: in_use(at.reader) != before, LONG)
    await until(lambda: at.reader._socket.open, LONG)
    after = in_use(at.reader)

    async def told() -> bool:
        return bool((await keys(at))["now"] == after)

    await comes(told)
    assert await keys(at) == {"now": after, "next": None, "former": [before]}
    return after


async def passes(at: AtTheDoor) -> None:
    """A fresh code opens the door, and the server decided it."""
    await until(lambda: at.reader.reach.asking, LONG)
    outcome = await at.reader.decider.present(await at.code())
    assert (outcome.granted, outcome.alone) == (True, False), outcome


@asynccontextmanager
async def started_again(at: AtTheDoor, folder: Path) -> AsyncIterator[AtTheDoor]:
    """The same disk after a power cut."""
    async with started(folder, at.door, PATIENT) as reader:
        yield AtTheDoor(reader, at.door, at.line, at.office, at.name, at.level)


@asynccontextmanager
async def power_cut(at: AtTheDoor, folder: Path) -> AsyncIterator[AtTheDoor]:
    """What stands on the disk now, started elsewhere, while the first one never speaks again."""
    copy = folder / "after"
    shutil.copytree(folder / "state", copy, ignore=shutil.ignore_patterns("*.sock"))
    at.line.mend()
    async with started_again(at, copy) as again:
        yield again


async def test_the_console_wants_it(live_stack: Live, office: Office, tmp_path: Path) -> None:
    async with at_the_door(live_stack, office, tmp_path) as at:
        old, before = at.reader.desk.caller.key.present, in_use(at.reader)
        await passes(at)
        at.line.cut(Cut.REQUEST, only=b"POST /api/v1/scans")
        assert (await at.reader.decider.present(await at.code())).alone
        at.line.mend()
        await do(office, "renew", at.name)
        await renewed(at, before)
        await passes(at)
        await up(at.reader)
        record = await at.all_told()
        assert (record["state"], record["quarantined"], record["alarms"]) == ("active", [], [])
        assert [event["granted"] for event in record["events"]] == [True] * 3
        # Stolen meanwhile, and of no use.
        desk = at.reader.desk
        thief = Caller(desk.caller.identity, ownkey.OwnKey(old), now_ms=desk.clock.now_ms)
        for method, path, body in (
            ("GET", "/api/v1/readers/bundle", None),
            ("POST", "/api/v1/readers/contact", {}),
            ("POST", "/api/v1/scans", {"counter": 9, "code": "x", "at_ms": desk.clock.now_ms()}),
        ):
            with pytest.raises(Refused, match="401 key_"):
                await thief.call(method, path, body)
        await thief.close()
        await passes(at)


@pytest.mark.parametrize("where", [Cut.REQUEST, Cut.ANSWER, Cut.AFTER])
async def test_the_line_is_cut(live_stack: Live, office: Office, tmp_path: Path, where: Cut) -> None:
    """It goes on under the old key, asks again with the same next one, and turns to that."""
    async with at_the_door(live_stack, office, tmp_path) as at:
        before = in_use(at.reader)
        at.line.cut(where, only=RENEW)
        if where is Cut.AFTER:
            await do(office, "renew", at.name)
            await renewed(at, before)
            return
        fresh = await wish(at)
        if where is Cut.ANSWER:

            async def announced() -> bool:
                return bool((await keys(at))["next"] == fresh)

            await comes(announced)
        await asyncio.sleep(2.5)  # tried more than once
        assert in_use(at.reader) == before
        assert (await keys(at))["now"] == before
        at.line.mend()
        assert await renewed(at, before) == fresh
        await passes(at)
        assert (await at.recorded())["alarms"] == []


@pytest.mark.parametrize("where", [Cut.REQUEST, Cut.ANSWER])
async def test_the_power_is_cut_after_sending(
    live_stack: Live, office: Office, tmp_path: Path, where: Cut
) -> None:
    """Before the request is whole, and after the server has taken the key."""
    async with at_the_door(live_stack, office, tmp_path) as at:
        before = in_use(at.reader)
        at.line.cut(where, only=RENEW)
        fresh = await wish(at)
        if where is Cut.ANSWER:

            async def announced() -> bool:
                return bool((await keys(at))["next"] == fresh)

            await comes(announced)
        await _stop(at)
        async with power_cut(at, tmp_path) as again:
            assert await renewed(again, before) == fresh
            await passes(again)
            assert (await again.recorded())["alarms"] == []


@pytest.mark.parametrize("place", ["before sending", "before turning"])
async def test_the_power_is_cut_between(
    live_stack: Live, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """With the next key on the disk and nobody told; with the answer come and nothing done."""
    reached = asyncio.Event()

    def gone(*_: object) -> None:
        reached.set()
        raise OSError("no power")

    async with at_the_door(live_stack, office, tmp_path) as at:
        before = in_use(at.reader)
        with monkeypatch.context() as patch:
            patch.setattr(renewal, "_told" if place == "before sending" else "_turn", gone)
            fresh = await wish(at)
            await asyncio.wait_for(reached.wait(), LONG)
            assert in_use(at.reader) == before == on_disk(tmp_path / "state")
            assert (await keys(at))["next"] == (None if place == "before sending" else fresh)
            await _stop(at)
        async with power_cut(at, tmp_path) as again:
            assert await renewed(again, before) == fresh
            await passes(again)
            assert (await again.recorded())["alarms"] == []


async def test_the_week_is_over_while_it_was_off(live_stack: Live, office: Office, tmp_path: Path) -> None:
    async with at_the_door(live_stack, office, tmp_path) as at:
        before = in_use(at.reader)
        at.line.cut(Cut.ANSWER, only=RENEW)
        fresh = await wish(at)

        async def announced() -> bool:
            return bool((await keys(at))["next"] == fresh)

        await comes(announced)
        await _stop(at)
        await do(office, "end_key", at.name)
        assert (await keys(at)) == {"now": fresh, "next": None, "former": [before]}
        async with power_cut(at, tmp_path) as again:
            assert on_disk(tmp_path / "after") == before
            assert await renewed(again, before) == fresh
            await passes(again)
            record = await again.recorded()
    assert (record["state"], record["alarms"]) == ("active", [])


async def test_two_with_one_identity_in_the_overlap(live_stack: Live, office: Office, tmp_path: Path) -> None:
    """A copied card with both keys on it: the contacts tell, as ever."""
    async with at_the_door(live_stack, office, tmp_path) as at:
        at.line.cut(Cut.ANSWER, only=RENEW)
        await wish(at)
        copy = tmp_path / "copy"
        shutil.copytree(tmp_path / "state", copy, ignore=shutil.ignore_patterns("*.sock"))
        at.line.mend()
        async with started_again(at, copy) as other:
            await until(lambda: at.reader.reach.suspended or other.reader.reach.suspended, LONG)
        record = await at.recorded()
    assert (record["state"], record["alarms"]) == ("suspended", ["IDENTITY_FORKED"])


async def test_two_with_one_identity_after_the_renewal(
    live_stack: Live, office: Office, tmp_path: Path
) -> None:
    """A card that was copied before: which of the two renewed the key cannot be told, so neither goes on."""
    async with at_the_door(live_stack, office, tmp_path) as at:
        before, copy = in_use(at.reader), tmp_path / "copy"
        shutil.copytree(tmp_path / "state", copy, ignore=shutil.ignore_patterns("*.sock"))
        await do(office, "renew", at.name)
        await renewed(at, before)
        async with started_again(at, copy) as other:
            await until(lambda: at.reader.reach.suspended and other.reader.reach.suspended, LONG)
            for one in (at.reader, other.reader):
                assert not (await one.decider.present(await at.code())).granted
        record = await at.recorded()
    assert (record["state"], record["alarms"]) == ("suspended", ["IDENTITY_FORKED"])


async def test_an_old_card_that_is_found_long_after_the_renewal(
    live_stack: Live, office: Office, tmp_path: Path
) -> None:
    """It can do nothing, not even harm, and an alarm tells of it."""
    async with at_the_door(live_stack, office, tmp_path) as at:
        before, copy = in_use(at.reader), tmp_path / "copy"
        shutil.copytree(tmp_path / "state", copy, ignore=shutil.ignore_patterns("*.sock"))
        await do(office, "renew", at.name)
        await renewed(at, before)
        assert await do(office, "age_renewal", at.name)
        async with started_again(at, copy) as other:

            async def found() -> bool:
                return bool((await at.recorded())["alarms"] == ["IDENTITY_FORKED"])

            await comes(found)
            refused = await other.reader.decider.present(await at.code())
            assert not refused.granted
        await passes(at)
        assert (await at.recorded())["state"] == "active"


async def _stop(at: AtTheDoor) -> None:
    """It says nothing more, whatever it tries."""
    caller = at.reader.desk.caller
    live, caller._client = caller._client, _Dead()  # type: ignore[assignment]
    at.reader.reach.cut("no power")
    await live.aclose()
    at.line.drop()


class _Dead:
    """A network card without power."""

    async def request(self, *_: Any, **__: Any) -> Any:
        await asyncio.sleep(3600)

    async def aclose(self) -> None:
        return
