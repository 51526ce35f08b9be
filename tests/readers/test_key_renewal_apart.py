"""What a reader wrote under the key before, and its socket, after it has renewed its key."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from readers import services
from readers.handin.apart import apart
from readers.models import FormerKey, Reader
from sallyport import reader_protocol as wire
from sallyport.keys import Ed25519Signer
from tenants import context
from tenants.refs import CompanyRef
from tests.readers.conftest import lay_door, lay_reader
from tests.readers.handing import CutOff, cut_off
from tests.readers.pretend import Pretend
from tests.readers.wires import greeted, plugged, ready, work
from tests.scanning.world import lay_world


@pytest.fixture
def away(in_acme: CompanyRef) -> CutOff:
    return cut_off(lay_world(in_acme))


def renew(away: CutOff, *, seen: bool = True) -> Ed25519Signer:
    """The reader's new key; the journal is still written under the old one."""
    pretend = Pretend(away.world.company, away.station.key, away.station.handle)
    new = Ed25519Signer.generate()
    announce(pretend, new)
    if seen:
        see(pretend.handle, new)
    return new


def announce(pretend: Pretend, new: Ed25519Signer) -> None:
    signed = wire.renew_bytes(
        company=pretend.company.uid,
        reader=pretend.handle,
        new_key=new.public.raw,
        old_key=pretend.key.public.raw,
    )
    services.renew_key(
        reader=Reader.objects.get(handle=pretend.handle),
        wish=services.Wish(new.public.raw, new.sign(signed), pretend.key.public.raw, int(time.time())),
        now=timezone.now(),
    )


def see(handle: int, new: Ed25519Signer) -> None:
    now = timezone.now()
    created = int(now.timestamp())
    services.saw_new_key(handle=handle, key=new.public.raw, created=created, now=now)


def test_entries_of_both_keys_are_one_journal(away: CutOff) -> None:
    away.present("no code")
    new = renew(away, seen=False)
    away.present("no code")
    away.station.key = new
    away.present("no code")  # announced, and perhaps signed with
    assert away.results() == ["recorded"] * 3


def test_what_the_old_key_signed_is_read_after_its_end(away: CutOff) -> None:
    away.present(away.world.code())
    away.station.key = renew(away)
    away.present(away.world.code())
    assert away.results() == ["recorded"] * 2


def test_the_process_beside_reads_it_too(away: CutOff, client: Client) -> None:
    away.present(away.world.code())
    old = away.station.key
    away.station.key = renew(away)
    away.present(away.world.code())
    results = away.post(client, away.entries)
    assert results.status_code == 200, results.content
    assert [one["result"] for one in results.json()["results"]] == ["recorded"] * 2
    assert apart.pid is not None
    # The request itself is nobody's under the old key, whatever it carries.
    away.station.key = old
    assert away.post(client, away.entries).status_code == 401


def test_what_is_dated_after_its_end_is_not(away: CutOff) -> None:
    new = renew(away)
    ended = FormerKey.objects.get().ended_at
    away.present("no code", at_ms=int(ended.timestamp() * 1000) + 61_000)
    away.station.key = new
    assert away.results() == ["signature_wrong"]


def test_what_comes_too_late_is_not(away: CutOff) -> None:
    away.present("no code")
    away.station.key = renew(away)
    long_ago = timezone.now() - timedelta(days=31)
    FormerKey.objects.update(ended_at=long_ago, overtaken_at=long_ago)
    assert away.results() == ["signature_wrong"]


def ended_by_time(away: CutOff) -> Ed25519Signer:
    """The new key: it took over two days ago, and the reader has not heard of it."""
    new, past = renew(away, seen=False), timezone.now() - timedelta(days=2)
    row = Reader.objects.filter(handle=away.station.handle)
    row.update(paired_at=past - timedelta(days=40), key_ends=past)
    assert services.end_keys(now=past) == 1
    return new


def test_what_a_key_signed_that_time_has_ended(away: CutOff) -> None:
    """The answer to the renewal was lost, the week ran out, and the reader is cut off all the while."""
    new = ended_by_time(away)
    away.present("no code")  # two days after the end
    see(away.station.handle, new)
    away.station.key = new
    away.present("no code")
    assert away.results() == ["recorded"] * 2


def test_a_key_that_time_has_ended_is_over_once_the_next_one_speaks(away: CutOff) -> None:
    new = ended_by_time(away)
    see(away.station.handle, new)
    away.present("no code", at_ms=int(time.time() * 1000) + 61_000)
    away.station.key = new
    assert away.results() == ["signature_wrong"]


def test_nor_does_pairing_anew_bring_it_back(away: CutOff) -> None:
    new = ended_by_time(away)
    away.present("no code")
    away.station.key = new
    Reader.objects.filter(handle=away.station.handle).update(paired_at=timezone.now() + timedelta(seconds=5))
    assert away.results() == ["signature_wrong"]


def test_nor_what_another_key_signed(away: CutOff) -> None:
    new = renew(away)
    away.station.key = Ed25519Signer.generate()
    away.present("no code", at_ms=int(time.time() * 1000))
    away.station.key = new
    assert away.results() == ["signature_wrong"]


@pytest.fixture
def dock(own_company: CompanyRef) -> Pretend:
    """A reader that is committed, so that the threads of the sockets see it."""
    with context.enter(own_company):
        laid = lay_reader(own_company, "Dock", lay_door("Dock"))
    return laid.with_key(laid.key)


async def hello(reader: Pretend) -> Any:
    async with greeted(reader, epoch=1, seq=0) as plug:
        return await plug.hear()


async def refused(reader: Pretend) -> int:
    async with plugged(reader.company.host) as plug:
        nonce = await plug.challenged()
        await plug.say(reader.hello(nonce, epoch=1, seq=0))
        return await plug.code()


async def test_a_socket_under_the_new_key_closes_the_old_ones(dock: Pretend) -> None:
    new = dock.with_key(Ed25519Signer.generate())
    assert await refused(new) == wire.CLOSE_BAD_SIGNATURE
    async with ready(dock) as before:
        assert isinstance(new.key, Ed25519Signer)
        await work(dock)(announce, dock, new.key)
        assert isinstance(await hello(dock), wire.Delta)  # still taken
        async with ready(new):
            assert await before.code() == wire.CLOSE_BAD_SIGNATURE
            assert await refused(dock) == wire.CLOSE_BAD_SIGNATURE
    former = await work(dock)(FormerKey.objects.get)
    assert former.overtaken_by >= int(time.time()) - 5


async def test_time_closes_it_too(dock: Pretend) -> None:
    new = Ed25519Signer.generate()
    await work(dock)(announce, dock, new)
    past = timezone.now() - timedelta(seconds=1)
    await work(dock)(lambda: Reader.objects.update(key_ends=past))
    assert await refused(dock) == wire.CLOSE_BAD_SIGNATURE
    assert isinstance(await hello(dock.with_key(new)), wire.Delta)
