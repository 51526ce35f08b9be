"""Renewing the reader's key: a chore that no lost answer, refusal or power cut leaves half done.

The next key is on the disk before it is sent. It takes over when the company has signed that it is known;
until then the reader goes on under the old one and asks again with the same next key, after a start as well.
Where the old one is at its end, the server has known the next one for long: it asks for itself.

A server that is put back to a backup from before a renewal knows the key before alone. That one is kept for a
month, and used for one thing: to tell such a server the present key again.
"""

import asyncio
import logging
from typing import Any, Final

from edge.caller import OUT_OF_FORCE, NoAnswer, Refused
from edge.chores import Desk
from edge.encoding import b64, unb64
from edge.ownkey import forget_former, former_key, next_key
from edge.store import StoreFailed, put
from sallyport import reader_protocol as wire
from sallyport.keys import BadSignature, Ed25519Public, Ed25519Signer

PATH: Final = "/api/v1/readers/key"
YEAR_MS: Final = 365 * 86_400_000
FORMER_KEPT_MS: Final = 30 * 86_400_000
SINCE: Final = "key_since_ms"
log = logging.getLogger(__name__)


async def renew(desk: Desk) -> None:
    """For ever: when it was told to, when the key is a year old, when a renewal was begun; and when the
    server does not know the key.
    """
    while True:
        try:
            await desk.disk.run(_forget_former, desk)
            if desk.reach.key_unknown.is_set():
                await desk.reach.back.wait()
                await desk.reach.during(tell_again(desk))
            if await _is_due(desk):
                await desk.reach.back.wait()
                await desk.reach.during(renew_once(desk))
        except (NoAnswer, Refused, StoreFailed, OSError, ValueError) as error:
            log.error("the key was not renewed yet: %s", error)
            await asyncio.sleep(desk.pace.longest_pause)
            continue
        await _until_either(desk.reach.to_renew, desk.reach.key_unknown, desk.pace.renew)


async def renew_once(desk: Desk) -> None:
    """Make the next key known and turn to it. Raises NoAnswer, Refused, StoreFailed, OSError."""
    folder, caller = desk.store.folder, desk.caller
    fresh = await desk.disk.run(next_key, folder, make=True)
    if fresh is None:
        raise Refused(200, "not_understood")
    body = _told(desk, fresh, caller.key.public)
    try:
        found = await caller.call("POST", PATH, body)
    except Refused as error:
        if error.code not in OUT_OF_FORCE:
            raise
        log.warning("the key in force is refused (%s): asking under the next one", error.code)
        found = await caller.call("POST", PATH, body, key=fresh)
    _check(desk, fresh, found)
    await desk.disk.run(_turn, desk)
    desk.reach.to_renew.clear()
    desk.reach.to_contact.set()  # the first word under the new key is the end of the old one
    log.warning("the key is renewed: %s", wire.key_print(fresh.public.raw))


async def tell_again(desk: Desk) -> None:
    """Make the present key known under the one before, if there is one: once each time that a contact has
    heard that it is unknown. Raises NoAnswer, Refused, OSError.
    """
    caller = desk.caller
    desk.reach.key_unknown.clear()
    present, former = caller.key.present, await desk.disk.run(former_key, desk.store.folder)
    if former is None or former.public.raw == present.public.raw:  # cut off while it turned
        return
    found = await caller.call("POST", PATH, _told(desk, present, former.public), key=former)
    _check(desk, present, found)
    desk.reach.to_contact.set()
    log.warning("the server did not know the key any more, and was told it under the one before")


def _told(desk: Desk, fresh: Ed25519Signer, old: Ed25519Public) -> dict[str, str]:
    identity = desk.caller.identity
    signed = wire.renew_bytes(
        company=identity.company,
        reader=identity.reader,
        new_key=fresh.public.raw,
        old_key=old.raw,
    )
    return {"public_key": b64(fresh.public.raw), "proof": b64(fresh.sign(signed))}


def _check(desk: Desk, fresh: Ed25519Signer, found: Any) -> None:
    """Nothing but the company's word makes the reader give up a key that works."""
    identity = desk.caller.identity
    try:
        until_ms = found["until_ms"]
        if type(until_ms) is not int or not 0 <= until_ms <= wire.LARGEST:
            raise ValueError
        signed = wire.renewed_bytes(
            company=identity.company, reader=identity.reader, new_key=fresh.public.raw, until_ms=until_ms
        )
        identity.answers.verify(signed, unb64(found["sig"]))
    except (KeyError, TypeError, ValueError, BadSignature):
        raise Refused(200, "not_understood") from None


def _turn(desk: Desk) -> None:
    """First the date: cut off between the two, it finds the next key and goes on."""
    with desk.store.write() as db:
        put(db, SINCE, desk.clock.now_ms())
    desk.caller.key.turn(desk.store.folder)


def _forget_former(desk: Desk) -> None:
    if desk.clock.now_ms() - desk.store.number(SINCE) >= FORMER_KEPT_MS:
        forget_former(desk.store.folder)


async def _until_either(one: asyncio.Event, other: asyncio.Event, seconds: float) -> None:
    """Wait for one of the events, so long at most."""
    waits = [asyncio.ensure_future(event.wait()) for event in (one, other)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def _is_due(desk: Desk) -> bool:
    begun = await desk.disk.run(next_key, desk.store.folder, make=False)
    if begun is not None or desk.reach.to_renew.is_set():
        return True
    now_ms = desk.clock.now_ms()
    since = await desk.disk.run(desk.store.number, SINCE)
    if not since:  # paired before this was kept: the server knows the date
        await desk.disk.run(desk.store.set_number, SINCE, now_ms)
    return bool(since) and now_ms - since >= YEAR_MS
