"""The socket of a reader: who may speak, what it is told, what it must prove."""

import asyncio

import pytest
from django.db import transaction

from credentials.services import add_holder
from ledger.services import current_policy
from readers import selectors, services
from readers.models import Reader
from sallyport import reader_protocol as wire
from sallyport.keys import Ed25519Public
from sallyport.offline import open_changes
from tenants import context
from tenants.refs import CompanyRef
from tests.readers.conftest import BY, lay_door, lay_reader
from tests.readers.pretend import Pretend
from tests.readers.wires import acknowledge, greeted, plugged, ready, work
from vault.selectors import bundle_signer


@pytest.fixture
def dock(own_company: CompanyRef) -> Pretend:
    """A reader that is committed, so that the threads of the sockets see it."""
    with context.enter(own_company):
        reader = lay_reader(own_company, "Dock", lay_door("Dock"))
    return reader


def suspend(handle: int) -> None:
    services.suspend_reader(reader=Reader.objects.get(handle=handle), by=BY)


@transaction.atomic
def move_somewhere(handle: int) -> None:
    """A change of policy, as one number."""
    services.move_reader(reader=Reader.objects.get(handle=handle), access_point=lay_door("Other"), by=BY)


def state(handle: int) -> tuple[int, int]:
    row = Reader.objects.get(handle=handle)
    return row.applied_epoch, row.applied_seq


async def test_a_reader_is_brought_up_to_date_before_it_is_ready(dock: Pretend) -> None:
    async with greeted(dock, epoch=1, seq=0) as plug:
        delta = await plug.hear()
        now = await work(dock)(current_policy)
        assert (delta.epoch, delta.seq) == now
        assert {seq for seq, _, _ in delta.changes} == set(range(1, delta.seq + 1))
        assert await plug.line.receive_nothing(timeout=0.1)  # not ready before it has said so itself
        await plug.say(dock.ack(epoch=delta.epoch, seq=delta.seq))
        assert await plug.hear() == wire.Ready(*now)
    assert await work(dock)(state, dock.handle) == now


def bundle_key() -> Ed25519Public:
    return bundle_signer().public


async def test_signed_changes_come_with_each_delta(dock: Pretend) -> None:
    key = await work(dock)(bundle_key)
    async with greeted(dock, epoch=1, seq=1) as plug:
        first = await acknowledge(plug, dock)
        caught_up = open_changes(first.data, first.sig, key=key, company=dock.company.uid)
        assert (caught_up.seq_before, caught_up.seq, caught_up.reload) == (1, first.seq, True)
        assert isinstance(await plug.hear(), wire.Ready)
        await work(dock)(add_person)
        delta = await acknowledge(plug, dock)
        pushed = open_changes(delta.data, delta.sig, key=key, company=dock.company.uid)
        assert (pushed.epoch, pushed.seq_before, pushed.seq) == (delta.epoch, first.seq, delta.seq)
        (credential,) = [handle for _, kind, handle in delta.changes if kind == "credential"]
        assert (pushed.credentials, pushed.reload) == ({credential: ""}, False)


@transaction.atomic
def add_person() -> None:
    add_holder(name="Nora New", email="nora@example.com", by=BY)


async def test_a_reader_of_another_epoch_gets_no_bytes(dock: Pretend) -> None:
    async with greeted(dock, epoch=0, seq=0) as plug:
        delta = await plug.hear()
        assert (delta.changes, delta.data, delta.sig) == ((), b"", b"")


async def test_a_change_reaches_a_ready_reader_and_its_word_is_kept(dock: Pretend) -> None:
    async with ready(dock) as plug:
        before = await work(dock)(current_policy)
        await work(dock)(move_somewhere, dock.handle)
        delta = await acknowledge(plug, dock)
        assert delta.changes[0][0] == before[1] + 1
        assert ("reader", dock.handle) in {(kind, handle) for _, kind, handle in delta.changes}
        await reached(dock, (delta.epoch, delta.seq))
        progress = await work(dock)(selectors.revocation_progress, delta.seq)
    assert (len(progress.dead), len(progress.waiting)) == (1, 0)
    assert progress.slowest_ms is not None


async def reached(reader: Pretend, point: tuple[int, int]) -> None:
    for _ in range(200):
        if await work(reader)(state, reader.handle) >= point:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the acknowledgement was not stored")


async def test_after_a_reconnect_only_what_was_missed_is_sent(dock: Pretend) -> None:
    async with ready(dock):
        epoch, seq = await work(dock)(current_policy)
    await work(dock)(move_somewhere, dock.handle)
    async with greeted(dock, epoch=epoch, seq=seq) as plug:
        delta = await plug.hear()
        assert min(row[0] for row in delta.changes) == seq + 1
        await plug.say(dock.ack(epoch=delta.epoch, seq=delta.seq))
        assert isinstance(await plug.hear(), wire.Ready)


async def test_an_unknown_host_is_closed_with_4404(dock: Pretend) -> None:
    async with plugged("nowhere.localhost") as plug:
        assert await plug.connect() == (False, wire.CLOSE_UNKNOWN_HOST)


async def test_another_origin_is_refused(dock: Pretend) -> None:
    async with plugged(dock.company.host, origin="http://globex.localhost") as plug:
        accepted, code = await plug.connect()
        assert (accepted, code) == (False, 4403)


async def test_a_hello_by_another_key_is_closed_with_4401(dock: Pretend) -> None:
    thief = Pretend(dock.company, handle=dock.handle)
    async with greeted(thief, epoch=1, seq=0) as plug:
        assert await plug.code() == wire.CLOSE_BAD_SIGNATURE


async def test_a_hello_for_another_nonce_is_closed_with_4401(dock: Pretend) -> None:
    async with plugged(dock.company.host) as plug:
        await plug.challenged()
        await plug.say(dock.hello(bytes(32), epoch=1, seq=0))
        assert await plug.code() == wire.CLOSE_BAD_SIGNATURE


async def test_an_unknown_handle_is_closed_with_4401(dock: Pretend) -> None:
    stranger = Pretend(dock.company, dock.key, handle=999)
    async with greeted(stranger, epoch=1, seq=0) as plug:
        assert await plug.code() == wire.CLOSE_BAD_SIGNATURE


@pytest.mark.usefixtures("django_db_setup")
async def test_a_reader_of_another_company_is_closed_with_4401(dock: Pretend) -> None:
    """The key and the signature are right, the host is not."""
    async with plugged("acme.localhost") as plug:
        nonce = await plug.challenged()
        await plug.say(dock.hello(nonce, epoch=1, seq=0))
        assert await plug.code() == wire.CLOSE_BAD_SIGNATURE


async def test_a_suspended_reader_is_closed_with_4403(dock: Pretend) -> None:
    await work(dock)(suspend, dock.handle)
    async with greeted(dock, epoch=1, seq=0) as plug:
        assert await plug.code() == wire.CLOSE_SUSPENDED


async def test_suspending_closes_the_open_socket(dock: Pretend) -> None:
    async with ready(dock) as plug:
        await work(dock)(suspend, dock.handle)
        assert await plug.code() == wire.CLOSE_SUSPENDED


async def test_an_ack_by_another_key_is_closed_and_not_kept(dock: Pretend) -> None:
    thief = Pretend(dock.company, handle=dock.handle)
    async with greeted(dock, epoch=1, seq=0) as plug:
        before = await work(dock)(state, dock.handle)
        delta = await plug.hear()
        await plug.say(thief.ack(epoch=delta.epoch, seq=delta.seq))
        assert await plug.code() == wire.CLOSE_BAD_SIGNATURE
    assert await work(dock)(state, dock.handle) == before


async def test_a_reader_cannot_vouch_for_the_future(dock: Pretend) -> None:
    async with ready(dock) as plug:
        epoch, seq = await work(dock)(current_policy)
        await plug.say(dock.ack(epoch=epoch, seq=seq + 1000))
        assert await plug.code() == wire.CLOSE_BAD_SIGNATURE


@pytest.mark.parametrize("frame", ["", "{", "[]", '{"t":"hello"}', '{"t":"nothing"}', '{"t":"delta"}'])
async def test_what_is_no_message_closes_the_socket(dock: Pretend, frame: str) -> None:
    async with plugged(dock.company.host) as plug:
        await plug.challenged()
        await plug.send_text(frame)
        assert await plug.code() == 4400


async def test_a_ping_is_answered(dock: Pretend) -> None:
    async with ready(dock) as plug:
        await plug.say(wire.Ping())
        assert await plug.hear() == wire.Pong()


async def test_a_reader_ahead_of_a_restored_server_starts_over(dock: Pretend) -> None:
    async with greeted(dock, epoch=1, seq=10_000) as plug:
        delta = await plug.hear()
        assert ((delta.epoch, delta.seq), delta.changes) == (await work(dock)(current_policy), ())
