"""A readers' room that fails in a way nobody foresaw, or whose company ends: nobody stays ready in it."""

import asyncio
from typing import Any

import pytest
from django.db import InterfaceError, transaction

from ledger.sealing import seal
from ledger.services import current_policy
from readers import selectors
from readers.push import room
from sallyport import reader_protocol as wire
from tenants import context
from tenants.models import Company
from tenants.refs import CompanyRef, CompanyState
from tenants.services import set_state
from tests.readers.conftest import lay_door, lay_reader
from tests.readers.pretend import Pretend
from tests.readers.wires import acknowledge, greeted, plugged, ready, work


@pytest.fixture
def dock(own_company: CompanyRef) -> Pretend:
    with context.enter(own_company):
        return lay_reader(own_company, "Dock", lay_door("Dock"))


@transaction.atomic
def change(name: str) -> None:
    lay_door(name)


class AlwaysSet(asyncio.Event):
    """One change after the other."""

    def clear(self) -> None:
        self.set()


def lines_of(reader: Pretend) -> int:
    """How many sockets of the reader's company this loop serves."""
    found = room._houses.get(asyncio.get_running_loop(), {}).get(reader.company.id)
    return len(found.lines) if found else 0


class Breakable:
    """A selector that raises while it is broken; with `only`, for a question that begins so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self.error: Exception | None = None
        self.only: tuple[Any, ...] = ()
        self.raised = 0
        self.original = getattr(selectors, name)
        monkeypatch.setattr(selectors, name, self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.error is not None and args[: len(self.only)] == self.only:
            self.raised += 1
            raise self.error
        return self.original(*args, **kwargs)


@pytest.mark.parametrize("error", [RuntimeError("unforeseen"), InterfaceError("the connection is closed")])
async def test_a_push_that_fails_puts_the_readers_out_and_serves_them_when_they_come_back(
    dock: Pretend, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    look = Breakable(monkeypatch, "policy_delta")
    async with ready(dock) as plug:
        look.error = error
        await work(dock)(change, "Side")
        assert await plug.code() == room.CLOSE_TRY_AGAIN
        assert lines_of(dock) == 0
    assert look.raised
    look.error = None
    async with ready(dock) as plug:
        await work(dock)(change, "Back")
        delta = await acknowledge(plug, dock)
        assert (delta.epoch, delta.seq) == await work(dock)(current_policy)


async def test_a_round_of_the_house_that_fails_puts_the_readers_out(
    dock: Pretend, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: room.Room) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(room, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(room, "LOOK_SECONDS_DEAF", 0.05)
    async with ready(dock) as plug:
        monkeypatch.setattr(room.Room, "_rounds", broken)
        assert await plug.code() == room.CLOSE_TRY_AGAIN


async def test_a_checkpoint_that_cannot_be_read_puts_the_readers_out(
    dock: Pretend, monkeypatch: pytest.MonkeyPatch
) -> None:
    await work(dock)(seal, dock.company)
    look = Breakable(monkeypatch, "checkpoints_after")
    look.error = RuntimeError("unforeseen")
    async with ready(dock) as plug:
        assert await plug.code() == room.CLOSE_TRY_AGAIN


async def test_one_reader_that_cannot_be_caught_up_is_put_out_alone(
    dock: Pretend, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = await work(dock)(lay_gate, dock.company)
    look = Breakable(monkeypatch, "policy_delta")
    async with ready(dock) as steady:
        look.only, look.error = (1, 1), RuntimeError("unforeseen")
        async with greeted(gate, epoch=1, seq=1) as plug:
            assert await plug.code() == room.CLOSE_TRY_AGAIN
            assert lines_of(dock) == 1
        await steady.say(wire.Ping())
        assert isinstance(await steady.hear(), wire.Pong)


def lay_gate(company: CompanyRef) -> Pretend:
    return lay_reader(company, "Gate", lay_door("Gate"))


def suspend_company(company: CompanyRef) -> None:
    set_state(company=Company.objects.get(pk=company.id), state=CompanyState.SUSPENDED)


async def test_suspending_the_company_closes_its_open_sockets(
    dock: Pretend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(room, "LOOK_SECONDS_DEAF", 0.05)
    async with ready(dock) as plug:
        await work(dock)(suspend_company, dock.company)
        assert await plug.code() == wire.CLOSE_UNKNOWN_HOST
    async with plugged(dock.company.host) as plug:
        assert await plug.connect() == (False, wire.CLOSE_UNKNOWN_HOST)


async def test_the_company_is_looked_at_also_while_changes_never_end(
    dock: Pretend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LOOK_SECONDS", 0.5)
    monkeypatch.setattr(room, "LOOK_SECONDS_DEAF", 0.5)
    async with ready(dock) as plug:
        served = room._houses[asyncio.get_running_loop()][dock.company.id]
        waited_for, always = served._changed, AlwaysSet()
        always.set()
        monkeypatch.setattr(served, "_changed", always)
        waited_for.set()
        await work(dock)(suspend_company, dock.company)
        assert await plug.code() == wire.CLOSE_UNKNOWN_HOST
