"""Renewing the key against a stand-in that lies, refuses and forgets; the disk at every step."""

import asyncio
import stat
from pathlib import Path

import httpx
import pytest

from edge import chores, ownkey, renewal
from edge.caller import Caller, Refused
from edge.encoding import b64
from edge.identity import load
from edge.run import Reader
from edge.store import wipe
from sallyport.http_signatures import parse
from sallyport.keys import Ed25519Public, Ed25519Signer
from sallyport.reader_protocol import key_print
from tests.edge import lines
from tests.edge.fitted import paired, ready, running, started, until
from tests.edge.lines import refusal
from tests.edge.standin import UNTIL_MS, Standin, standing


def on_disk(folder: Path) -> str:
    """The print of the key that a start would take."""
    return key_print(load(folder)[1].public.raw)


def in_use(reader: Reader) -> str:
    return key_print(reader.desk.caller.key.public.raw)


async def test_told_by_the_contact(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path) as reader:
        before = in_use(reader)
        server.renew = True
        await until(lambda: in_use(reader) != before)
        await until(lambda: server.public is not None and key_print(server.public.raw) == in_use(reader))
        assert on_disk(tmp_path) == in_use(reader)
        assert not (tmp_path / ownkey.NEXT).exists()
        assert len(server.renewals) == 1
        assert (await reader.status())["key"] == in_use(reader)
        await until(lambda: len(server.wires) > 0 and reader._socket.open)


async def test_after_a_year(tmp_path: Path) -> None:
    async with standing() as server:
        await paired(server, tmp_path)
        before = on_disk(tmp_path)
        async with started(tmp_path) as reader:
            await ready(reader)
            await until(lambda: reader.desk.store.number(renewal.SINCE) > 0)
            assert server.renewals == []
            old = reader.desk.clock.now_ms() - renewal.YEAR_MS
            reader.desk.store.set_number(renewal.SINCE, old)
        async with started(tmp_path) as reader:
            await until(lambda: in_use(reader) != before)
            assert reader.desk.store.number(renewal.SINCE) > old
            await asyncio.sleep(0.5)
        assert len(server.renewals) == 1


async def test_the_next_key_is_private_and_on_the_disk_before_it_is_told(tmp_path: Path) -> None:
    async with standing() as server:
        server.faults.renewal = refusal(503, "server_unavailable")
        async with running(server, tmp_path) as reader:
            before = in_use(reader)
            server.renew = True
            await until(lambda: len(server.renewals) > 1)
            assert len({one["public_key"] for one in server.renewals}) == 1
            path = tmp_path / ownkey.NEXT
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            kept = Ed25519Signer(path.read_bytes())
            assert b64(kept.public.raw) == server.renewals[0]["public_key"]
            assert in_use(reader) == before == on_disk(tmp_path)


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"until_ms": UNTIL_MS, "sig": "A" * 86 + "=="}),
        (200, {"until_ms": "soon", "sig": "A" * 86 + "=="}),
        (200, {"until_ms": -1, "sig": "A" * 86 + "=="}),
        (200, {}),
        (200, []),
        (204, None),
        refusal(409, "key_taken"),
        refusal(401, "signature_wrong"),
    ],
)
async def test_nothing_but_the_companys_word_turns_the_key(tmp_path: Path, answer: lines.Answer) -> None:
    async with standing() as server:
        server.faults.renewal = answer
        async with running(server, tmp_path) as reader:
            before = in_use(reader)
            server.renew = True
            await until(lambda: len(server.renewals) > 2)
            assert in_use(reader) == before == on_disk(tmp_path)
            server.faults.renewal = None
            await until(lambda: in_use(reader) != before)


async def test_the_old_one_has_ended_meanwhile(tmp_path: Path) -> None:
    """The server took the next key, no answer came, and the week is over: it asks under the next one."""
    async with standing() as server:
        await paired(server, tmp_path)
        fresh = ownkey.next_key(tmp_path, make=True)
        assert fresh is not None
        server.public = fresh.public
        async with started(tmp_path) as reader:
            await until(lambda: in_use(reader) == key_print(fresh.public.raw))
            await ready(reader)
        assert on_disk(tmp_path) == key_print(fresh.public.raw)


async def test_refused_under_both_it_keeps_both(tmp_path: Path) -> None:
    async with standing() as server:
        await paired(server, tmp_path)
        before = on_disk(tmp_path)
        fresh = ownkey.next_key(tmp_path, make=True)
        server.public = Ed25519Signer.generate().public
        async with started(tmp_path) as reader:
            with pytest.raises(Refused, match="key_unknown"):
                await renewal.renew_once(reader.desk)
        assert on_disk(tmp_path) == before
        again = ownkey.next_key(tmp_path, make=False)
        assert fresh is not None
        assert again is not None
        assert again.seed == fresh.seed


async def test_what_was_on_its_way_is_sent_again_under_the_new_one(tmp_path: Path) -> None:
    async with standing() as server:
        identity = await paired(server, tmp_path)
    own, fresh = ownkey.OwnKey(load(tmp_path)[1]), Ed25519Signer.generate()
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(parse(request.headers).keyid)
        if asked[-1] == identity.keyid(fresh.public):
            return httpx.Response(200, json={"counter": 7})
        if turns:
            own.present = fresh  # while the request is under way
        return httpx.Response(401, json={"code": "key_ended"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as line:
        caller = Caller(identity, own, now_ms=lambda: 1_700_000_000_000, client=line)
        turns = False
        with pytest.raises(Refused, match="key_ended"):
            await caller.call("GET", "/api/v1/readers/next")
        assert len(asked) == 1  # under the same key it would be refused again
        turns = True
        assert await caller.call("GET", "/api/v1/readers/next") == {"counter": 7}
        assert asked[1] == asked[0] != asked[2]


async def test_entries_of_the_old_key_are_handed_in_under_the_new_one(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path) as reader:
        before = in_use(reader)
        server.faults.only, server.faults.status = "scans", 503
        await reader.decider.present("no code at all")
        server.faults.only = "readers/journal"
        server.renew = True
        await until(lambda: in_use(reader) != before)
        server.faults.status = 0
        reader.reach.to_hand_in.set()
        await until(lambda: reader.desk.journal.queue == 0)
        assert server.quarantined == []


async def renewed(server: Standin, folder: Path) -> Ed25519Public:
    """A reader of that folder renews its key and ends; the key before."""
    async with running(server, folder) as reader:
        before = server.public
        assert before is not None
        server.renew = True
        await until(lambda: server.public is not before and server.coming is None)
        assert on_disk(folder) == in_use(reader) != key_print(before.raw)
    return before


@pytest.mark.parametrize("lost", [False, True])
async def test_a_server_from_before_the_renewal_is_told_the_key_again(tmp_path: Path, lost: bool) -> None:
    """It was put back to a backup: it knows the key before alone. No answer comes at first."""
    async with standing() as server:
        before = await renewed(server, tmp_path)
        path, present = tmp_path / ownkey.BEFORE, on_disk(tmp_path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert Ed25519Signer(path.read_bytes()).public.raw == before.raw
        server.public, server.coming = before, None
        server.faults.renewal = refusal(503, "server_unavailable") if lost else None
        async with started(tmp_path) as reader:
            if lost:
                await until(lambda: len(server.renewals) > 2)
                server.faults.renewal = None
            await until(lambda: server.public is not None and key_print(server.public.raw) == present)
            assert in_use(reader) == on_disk(tmp_path) == present
            await ready(reader)
            assert (await reader.decider.present(server.firm.code())).granted
    assert {one["public_key"] for one in server.renewals} == {b64(reader.desk.caller.key.public.raw)}


async def test_a_key_that_was_ended_is_told_to_nobody(tmp_path: Path) -> None:
    """The server knows it, and that it is over: whoever has the one before is not to bring it back."""
    async with standing() as server:
        await renewed(server, tmp_path)
        async with started(tmp_path) as reader:
            for code in ("key_ended", "key_unknown"):
                await chores._denied(reader.desk, Refused(401, code))
                assert reader.reach.key_unknown.is_set() is (code == "key_unknown")


async def test_the_key_before_is_kept_for_a_month(tmp_path: Path) -> None:
    async with standing() as server:
        await renewed(server, tmp_path)
        async with started(tmp_path) as reader:
            await ready(reader)
            await asyncio.sleep(0.2)
            assert (tmp_path / ownkey.BEFORE).exists()
            old = reader.desk.clock.now_ms() - renewal.FORMER_KEPT_MS
            await reader.desk.disk.run(reader.desk.store.set_number, renewal.SINCE, old)
        async with started(tmp_path):
            await until(lambda: not (tmp_path / ownkey.BEFORE).exists())


async def test_pairing_again_forgets_the_other_ones(tmp_path: Path) -> None:
    async with standing() as server:
        await renewed(server, tmp_path)
        ownkey.next_key(tmp_path, make=True)
        await paired(server, tmp_path)
        assert [path.name for path in tmp_path.glob("reader.key*")] == ["reader.key"]


async def test_a_wipe_takes_the_other_ones_too(tmp_path: Path) -> None:
    async with standing() as server:
        await renewed(server, tmp_path)
        ownkey.next_key(tmp_path, make=True)
        assert len(list(tmp_path.glob("reader.key*"))) == 3
        wipe(tmp_path)
        assert not list(tmp_path.glob("reader.key*"))
