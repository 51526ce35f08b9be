"""What a reader does beside deciding: probe, report, fetch its bundle, hand in, tell of its door."""

import asyncio
import contextlib
import logging
import random
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Final

from edge.asking import last_counter
from edge.caller import Caller, NoAnswer, NotOurs, Refused, Unable
from edge.clock import Clock
from edge.disk import Disk
from edge.encoding import b64, unb64
from edge.holding import Holding
from edge.journal import Journal
from edge.reach import Reach
from edge.store import Store, StoreFailed, put
from sallyport.offline import MOST_HANDED_IN, BundleWrong

PROGRAM: Final = "sallyport-reader"
PROBE: Final = 2.0  # seconds
CONTACT: Final = 30.0
CONTACT_PATIENCE: Final = 5.0
HAND_IN_PATIENCE: Final = 30.0  # 500 entries at a server that is busy
REFRESH: Final = 1800.0
KEEP_TIME: Final = 60.0
RENEW: Final = 3600.0  # between two looks at the key's age
JOURNAL: Final = "/api/v1/readers/journal"
TOO_LARGE: Final = 413
GAP: Final = "journal_gap"
SHUT: Final = frozenset({"identity_forked", "reader_suspended", "reader_retired"})  # kept on the disk
MOST_GAPS: Final = 3  # in one go; then it rests
LONGEST_PAUSE: Final = 10.0
BUDGET: Final = 0.3
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two of each; tests are quicker."""

    probe: float = PROBE
    contact: float = CONTACT
    refresh: float = REFRESH
    poll: float = 4.0
    longest_pause: float = LONGEST_PAUSE
    budget: float = BUDGET  # from the presentation to going on alone
    renew: float = RENEW
    keep_time: float = KEEP_TIME


Chore = Callable[["Desk"], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the chores are done with; `parts_state` tells how camera, door and decoder are."""

    store: Store
    journal: Journal
    holding: Holding
    clock: Clock
    caller: Caller
    reach: Reach
    disk: Disk
    parts_state: Callable[[], dict[str, str]]
    pace: Pace = Pace()


def program_version() -> str:
    """The installed program's version; empty when it runs from a checkout."""
    try:
        return metadata.version(PROGRAM)
    except metadata.PackageNotFoundError:
        return ""


async def probe(desk: Desk) -> None:
    """While cut off: ask where the count stands, every 2 s. The first answer of the company's ends that.

    The pause follows an answer too: a server that answers this and nothing else is not asked without end.
    """
    while True:
        await desk.reach.lost.wait()
        try:
            async with asyncio.timeout(desk.pace.probe):
                counter = await last_counter(desk.caller, patience=desk.pace.probe)
            await desk.disk.run(desk.store.raise_counter, counter)
            desk.reach.returned()
        except Refused as error:
            # It is there and wants nothing of this reader, whose place may be another's now: scans hear the
            # same, and no door opens by an old list. The contact tells why, and whether to wipe.
            log.warning("a probe was refused: %s", error)
            desk.reach.returned()
        except (NoAnswer, TimeoutError):
            desk.reach.still_lost()
        except StoreFailed as error:
            log.error("the count cannot be kept: %s", error)
        await asyncio.sleep(desk.pace.probe)


async def report(desk: Desk) -> None:
    """The contact: at the start, every 30 s, with each return. Ends when the reader was told to wipe."""
    while not desk.reach.wiped:
        desk.reach.to_contact.clear()
        try:
            await contact(desk)
        except Unable as error:
            # It answers: whether scans are decided is seen by scans.
            log.error("no contact: the server cannot (%s)", error)
            await _until(desk.reach.to_contact, desk.pace.longest_pause)
            continue
        except NoAnswer as error:
            desk.reach.cut(str(error))
        except Refused as error:
            await _denied(desk, error)
        except StoreFailed as error:
            log.error("the contact cannot be kept: %s", error)
        await _until(desk.reach.to_contact, desk.pace.contact)


async def contact(desk: Desk) -> None:
    """One contact. The nonce is on the disk before it is sent and stays until an answer is, too."""
    token, nonce = await desk.disk.run(_showing, desk.store)
    queue = await desk.disk.run(lambda: desk.journal.queue)
    bundle, cut = desk.holding.bundle, desk.reach.last_cut_ms
    body = {
        "token": token,
        "nonce": b64(nonce),
        "at_ms": desk.clock.now_ms(),
        "version": program_version(),
        "program": PROGRAM,
        "queue": queue,
        "list_at_ms": bundle.at_ms if bundle else None,
        "offline_since_ms": cut,
        **desk.parts_state(),
    }
    key = desk.caller.key.present
    found = await desk.caller.sworn("POST", "/api/v1/readers/contact", body, patience=CONTACT_PATIENCE)
    try:
        token, position, head = str(found["token"]), int(found["position"]), unb64(found["hash"])
        newest, wipe, notice = int(found["bundle"]), found["wipe"] is True, found["notice"]
    except (KeyError, TypeError, ValueError):
        raise NotOurs(200) from None
    if wipe:
        await _wipe(desk)
        return
    await desk.disk.run(_shown, desk.store, token)
    await desk.disk.run(_heads, desk, position, head)
    if await desk.disk.run(lambda: desk.journal.queue):
        # It lacks something, or said so before what is being handed in beside this: the hand-in asks again.
        desk.reach.to_hand_in.set()
    desk.reach.told_of(cut)
    desk.reach.suspended = False
    if found.get("renew") is True and desk.caller.key.present is key:  # else it is done already
        desk.reach.to_renew.set()
    desk.reach.notice = str(notice["version"]) if isinstance(notice, dict) and "version" in notice else ""
    if bundle is None or newest > bundle.number:
        desk.reach.to_fetch.set()


async def fetch(desk: Desk) -> None:
    """The bundle: at the start, every 30 minutes, and whenever changes cannot be told one by one."""
    pause = 1.0
    while True:
        await desk.reach.back.wait()
        try:
            await desk.reach.during(fetch_once(desk))
            pause = 1.0
            await _until(desk.reach.to_fetch, desk.pace.refresh)
        except (NoAnswer, Refused, BundleWrong, StoreFailed) as error:
            log.error("the bundle was not taken: %s", error)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads, hides nothing
            pause = min(pause * 2, desk.pace.longest_pause)


async def fetch_once(desk: Desk) -> None:
    """Fetch and take the bundle, and say which keys are held."""
    async with desk.reach.fetching:
        desk.reach.to_fetch.clear()
        answer = await desk.caller.call("GET", "/api/v1/readers/bundle")
        first = desk.holding.bundle is None
        bundle = await desk.disk.run(desk.holding.take_bundle, answer)
    if first:  # the console says that a list is missing until a contact tells of one
        desk.reach.to_contact.set()
    if bundle.keys:
        newest = {"newest": bundle.keys[-1].key_id}
        with contextlib.suppress(NoAnswer, Refused):  # told again with the next bundle
            await desk.caller.call("POST", "/api/v1/readers/keys", newest)


async def hand_in(desk: Desk) -> None:
    """The journal, then what the door did, as soon as there is something and the server is within reach."""
    while True:
        await desk.reach.back.wait()
        desk.reach.to_hand_in.clear()
        try:
            await desk.reach.during(hand_in_once(desk))
            await desk.reach.during(tell_door(desk))
            await _until(desk.reach.to_hand_in, desk.pace.contact)
        except (NoAnswer, Refused, StoreFailed) as error:
            log.error("not handed in: %s", error)
            desk.reach.to_hand_in.set()
            await asyncio.sleep(desk.pace.probe)


async def hand_in_once(desk: Desk) -> int:
    """Hand in what the server lacks, by its own word; how many entries it took."""
    found = await desk.caller.sworn("GET", JOURNAL)
    position, head = _point(found)
    await desk.disk.run(_heads, desk, position, head)
    taken, most, gaps = 0, MOST_HANDED_IN, 0
    while entries := await desk.disk.run(desk.journal.after, position, most):
        body = {"after": position, "entries": entries}
        try:
            found = await desk.caller.sworn("POST", JOURNAL, body, patience=HAND_IN_PATIENCE)
        except (Refused, NotOurs) as error:
            if isinstance(error, Refused) and error.code == GAP and error.sworn and gaps < MOST_GAPS:
                # Another request of ours has crossed this one: from where the server stands now.
                gaps += 1
                position, head = _point(error.told)
                await desk.disk.run(_heads, desk, position, head)
                continue
            if error.status != TOO_LARGE or most == 1:  # a proxy before the server says it without our words
                raise
            most = max(1, most // 2)
            continue
        reached = _point(found)[0]
        _tell_quarantined(found.get("results"))
        if reached <= position:  # it takes nothing: asking again at once would change nothing
            raise Refused(200, "journal_stands_still")
        taken += len(entries)
        position = reached
        await desk.disk.run(desk.journal.note_handed, position)
    return taken


async def tell_door(desk: Desk) -> None:
    """Tell what the door did until the server knows all of it.

    New hardware in an old one's place asks first how far its door's record has come, and goes on after it; so
    does one whose count is found to be taken.
    """
    if not await desk.disk.run(desk.store.number, "door_asked"):
        await _learn_door_number(desk)
    while events := await desk.disk.run(desk.store.door_events, MOST_HANDED_IN):
        try:
            number = await _tell_events(desk, events)
        except Refused as error:
            if error.code != "door_event_differs":
                raise
            await _learn_door_number(desk)
            continue
        if number < events[0]["number"]:
            raise NotOurs(200)
        await desk.disk.run(desk.store.door_known, number)


async def _learn_door_number(desk: Desk) -> None:
    number = await _tell_events(desk, [])
    await desk.disk.run(desk.store.door_after, number)


async def _tell_events(desk: Desk, events: list[dict[str, Any]]) -> int:
    found = await desk.caller.sworn("POST", "/api/v1/readers/door", {"events": events})
    number = found.get("number") if isinstance(found, dict) else None
    if type(number) is not int or number < 0:
        raise NotOurs(200)
    return number


CHORES: Final[tuple[Chore, ...]] = (probe, report, fetch, hand_in)


def _showing(store: Store) -> tuple[str, bytes]:
    """Token and nonce of the next contact: those of the last one, if its answer never came."""
    nonce = store.secret("nonce")
    if not nonce:
        nonce = secrets.token_bytes(16)
        store.set_secret("nonce", nonce)
    return store.secret("token").decode(), nonce


def _shown(store: Store, token: str) -> None:
    """The answer came: its token, and a new nonce, in one transaction."""
    with store.write() as db:
        put(db, "token", store.seal(token.encode(), "token"))
        put(db, "nonce", store.seal(secrets.token_bytes(16), "nonce"))
        put(db, "suspended", 0)


def _heads(desk: Desk, position: int, head: bytes) -> None:
    """Where the server's journal of this reader ends: what comes after is handed in."""
    desk.journal.go_on_from(position, head)
    desk.journal.note_handed(position)


def _tell_quarantined(results: Any) -> None:
    for one in results if isinstance(results, list) else ():
        if isinstance(one, dict) and one.get("result") == "quarantined":
            log.error("entry %s was set apart: %s", one.get("position"), one.get("code"))


async def _denied(desk: Desk, error: Refused) -> None:
    log.error("the contact was refused: %s", error)
    if error.code == "key_unknown":
        desk.reach.key_unknown.set()
    if error.code == "contact_overtaken" and error.sworn:
        # Somebody else has sent this very contact and gone on since: another nonce tells whether we are two.
        with contextlib.suppress(StoreFailed):
            await desk.disk.run(desk.store.set_secret, "nonce", secrets.token_bytes(16))
    if error.code in SHUT and not error.sworn:
        # Somebody else's word for it: he can keep the server away, not shut this reader for good.
        desk.reach.cut("a refusal that the company has not signed")
    elif error.code in SHUT:
        # Kept on the disk: pulling the cable must not bring a suspended reader to life again.
        desk.reach.suspended = True
        with contextlib.suppress(StoreFailed):
            await desk.disk.run(desk.store.set_number, "suspended", 1)


async def _wipe(desk: Desk) -> None:
    """The server asked for it: say so, then let the program destroy the store and end."""
    with contextlib.suppress(NoAnswer, Refused):
        await desk.caller.call("POST", "/api/v1/readers/wiped")
    desk.reach.wiped = True


def _point(found: Any) -> tuple[int, bytes]:
    try:
        position, head = found["position"], unb64(found["hash"])
        if type(position) is not int or position < 0 or len(head) != 32:
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise NotOurs(200) from None
    return position, head


async def _until(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, so long at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
