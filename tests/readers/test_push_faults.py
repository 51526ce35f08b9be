"""Push without its announcer, with two readers, with a slow one; checkpoints over the socket."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from deploy.local.processes import free_port
from ledger.models import Checkpoint, LedgerEntry
from ledger.sealing import seal
from ledger.selectors import PolicyDelta
from ledger.services import current_policy
from readers import selectors, services
from readers.keys import verify_key
from readers.models import CheckpointWitness, Reader
from readers.push import desk as desk_module
from readers.push import room
from readers.push.desk import Desk
from sallyport import ledger as core
from sallyport import reader_protocol as wire
from tenants import context, live
from tenants.refs import CompanyRef
from tests.readers.conftest import BY, lay_door, lay_reader
from tests.readers.pretend import Pretend
from tests.readers.wires import acknowledge, greeted, ready, work


@pytest.fixture
def pair(own_company: CompanyRef) -> tuple[Pretend, Pretend]:
    with context.enter(own_company):
        point = lay_door("Dock")
        return lay_reader(own_company, "Dock", point), lay_reader(own_company, "Gate", point)


@transaction.atomic
def change(name: str) -> None:
    lay_door(name)


async def test_with_valkey_dead_a_change_still_arrives(
    pair: tuple[Pretend, Pretend], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VALKEY_URL = f"redis://127.0.0.1:{free_port()}/0"
    monkeypatch.setattr(room, "LOOK_SECONDS_DEAF", 0.05)
    dock, _ = pair
    async with ready(dock) as plug:
        assert not live.hub().connected.is_set()
        await work(dock)(change, "Side")
        delta = await acknowledge(plug, dock)
        assert (delta.epoch, delta.seq) == await work(dock)(current_policy)


async def test_one_look_serves_every_reader(
    pair: tuple[Pretend, Pretend], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[tuple[int, int]] = []
    original = selectors.policy_delta

    def counted(epoch: int, seq: int, **how: int) -> PolicyDelta:
        looks.append((epoch, seq))
        return original(epoch, seq, **how)

    dock, gate = pair
    async with ready(dock) as one, ready(gate) as two:
        monkeypatch.setattr(selectors, "policy_delta", counted)
        await work(dock)(change, "Side")
        first, second = await acknowledge(one, dock), await acknowledge(two, gate)
        assert first == second
        assert looks.count((first.epoch, first.changes[0][0] - 1)) == 1


async def test_a_reader_that_lags_gets_what_it_missed_by_itself(pair: tuple[Pretend, Pretend]) -> None:
    dock, gate = pair
    async with ready(dock) as one:
        await work(dock)(change, "Side")
        await acknowledge(one, dock)
        async with greeted(gate, epoch=1, seq=1) as two:
            delta = await acknowledge(two, gate)
            assert delta.changes[0][0] == 2
            assert isinstance(await two.hear(), wire.Ready)


async def test_none_is_lost_in_a_burst(pair: tuple[Pretend, Pretend]) -> None:
    dock, _ = pair
    async with ready(dock) as plug:
        _, before = await work(dock)(current_policy)
        await asyncio.gather(*(work(dock)(change, f"Door {number}") for number in range(40)))
        _, after = await work(dock)(current_policy)
        seen: set[int] = set()
        while after not in seen:
            delta = await acknowledge(plug, dock)
            seen |= {seq for seq, _, _ in delta.changes}
        assert seen == set(range(before + 1, after + 1))


async def test_a_checkpoint_is_shown_and_countersigned(pair: tuple[Pretend, Pretend]) -> None:
    dock, _ = pair
    await work(dock)(seal, dock.company)
    async with ready(dock) as plug:
        pushed = await plug.hear()
        assert isinstance(pushed, wire.CheckpointPush)
        seen = core.parse_checkpoint(pushed.data)
        assert (seen.company, seen.number) == (dock.company.uid, pushed.number)
        await plug.say(dock.witness(pushed.number, core.checkpoint_hash(pushed.data)))
        row = await witnessed(dock)
    assert row == core.checkpoint_hash(pushed.data)


async def witnessed(reader: Pretend) -> bytes:
    def look() -> bytes | None:
        found = CheckpointWitness.objects.filter(reader_id=reader.handle).first()
        return bytes(found.checkpoint_hash) if found else None

    for _ in range(200):
        if found := await work(reader)(look):
            return bytes(found)
        await asyncio.sleep(0.02)
    raise AssertionError("no witness was stored")


async def test_a_witness_for_another_hash_closes_the_socket(pair: tuple[Pretend, Pretend]) -> None:
    dock, _ = pair
    await work(dock)(seal, dock.company)
    async with ready(dock) as plug:
        pushed = await plug.hear()
        await plug.say(dock.witness(pushed.number, bytes(32)))
        assert await plug.code() == wire.CLOSE_BAD_SIGNATURE
    assert not await work(dock)(CheckpointWitness.objects.exists)


async def test_a_desk_keeps_what_could_not_be_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "PAUSE", 0.0)
    stored: list[list[int]] = []
    tries = 0

    async def store(batch: list[int]) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OperationalError
        stored.append(batch)

    desk: Desk[int] = Desk(store)
    desk.put(1)
    desk.put(2)
    task = asyncio.create_task(desk.run())
    while not stored:
        await asyncio.sleep(0)
    task.cancel()
    assert stored == [[1, 2]]


def test_two_histories_under_one_number_raise_the_alarm(
    in_acme: CompanyRef, dora: Pretend, front_door: object
) -> None:
    now = datetime.now(UTC)
    seal(in_acme)
    row = Checkpoint.objects.latest("number")
    key = verify_key(dora.key.algorithm, dora.key.public.raw)

    def sign(checkpoint_hash: bytes) -> list[bool]:
        said = dora.witness(row.number, checkpoint_hash)
        witness = services.Witness(dora.handle, said.number, said.sig, key)
        return services.record_witnesses(company=in_acme.uid, witnesses=[witness], now=now)

    assert sign(bytes(row.hash)) == [True]
    # Somebody with the database rewrites the checkpoint; the reader signs what it is shown now.
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sallyport.ledger_maintenance', 'on', true)")
    Checkpoint.objects.filter(number=row.number).update(hash=b"z" * 32)
    assert sign(b"z" * 32) == [True]
    reader = Reader.objects.get(handle=dora.handle)
    assert reader.fork_alarm_at == now
    assert LedgerEntry.objects.filter(verb="ledger_fork_seen", handle=dora.handle).count() == 1
    services.clear_fork_alarm(reader=reader, by=BY)
    assert Reader.objects.get(handle=dora.handle).fork_alarm_at is None
