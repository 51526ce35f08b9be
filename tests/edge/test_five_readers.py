"""Five readers in the field: the network is cut, people go on passing, and afterwards nothing is missing.

A server and five reader programs as processes, each with a recorded camera, a simulated door and a line that
is cut by itself. Nobody switches anything.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.edge.field import Fielded, do, fielded, office_of
from tests.edge.proxy import Cut
from tests.fixtures.live import Live
from tests.readers.deeds import Office

pytestmark = [pytest.mark.faults, pytest.mark.slow]
LONG = 30.0
TRIES = 3
# What a reader says when its machine stood still for so long that whoever held up the code has gone.
STALLED = ("granted too late to open", "dropped: it waited")
Codes = dict[str, str]
DOORS = range(1, 6)
PHONES = [f"{name} {door}" for name in ("first", "guest") for door in DOORS]
PHONES += ["early", "late", "twice", "again", "last"]
# What is held up at each door while it is cut off, and what comes of it there.
SHOWN = [
    [
        ("guest 1", "granted"),
        ("early", "device_revoked"),
        ("stranger", "not_allowed_here"),
        ("late", "granted"),
    ],
    [("guest 2", "granted"), ("early", "device_revoked"), ("twice", "granted")],
    [("guest 3", "granted"), ("early", "device_revoked"), ("twice", "granted")],
    [("guest 4", "granted"), ("again", "granted"), ("again", "replayed"), ("nonsense", "malformed")],
    [("guest 5", "granted"), ("early", "granted")],  # it was cut off before the phone was revoked
]
HOW = [Cut.SILENT, Cut.ANSWER, Cut.REQUEST, Cut.SILENT, Cut.SILENT]


class Stalled(Exception):  # noqa: N818 - named for what happened
    """This machine was too slow for a door: nothing was shown about the readers."""


async def test_an_outage_is_an_event_in_the_log(live_stack: Live, tmp_path: Path) -> None:
    for number in range(1, TRIES + 1):
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            await _outage(live_stack, folder)
        except Stalled:
            if number == TRIES:
                raise
        else:
            return


async def _outage(live_stack: Live, folder: Path) -> None:
    office = office_of(live_stack)
    try:
        laid = await do(office, "house", f"Outage {int(time.time())}", len(SHOWN))
        async with fielded(live_stack, folder, laid) as readers:
            phones = {name: await do(office, "phone", laid["level"]) for name in PHONES}
            phones["stranger"] = await do(office, "stranger")
            await _with_network(office, readers, phones)
            codes = await _cut(office, readers, phones)
            outage = [time.time() * 1000, 0.0]
            await _without(readers, codes)
            outage[1] = time.time() * 1000
            await _back(office, readers, phones)
            found = [await do(office, "recorded", one.name) for one in readers]
            for one, record, shown in zip(readers, found, SHOWN, strict=True):
                _every_event_once(one, record, [reason for _, reason in shown], outage)
            await _alarms(office, found, phones)
            ids = [event["id"] for record in found for event in _in_time(record["events"])]
            times = {event["id"]: event["at_ms"] for record in found for event in record["events"]}
            listed = await do(office, "listed", laid["names"])
            assert sorted(ids) == sorted(listed)
            assert [times[one] for one in listed] == sorted(times.values(), reverse=True)
        live_stack.manage("ledger", "seal", "--company", "acme")
        live_stack.manage("ledger", "verify", "--company", "acme")
    finally:
        office.close()


async def _with_network(office: Office, readers: list[Fielded], phones: dict[str, int]) -> None:
    """One passes at each door."""
    _, seq = await do(office, "policy")
    for one in readers:
        # On a loaded machine the answer may come too late, and it decides alone: it must know the phone.
        await _until(one, lambda said: said["seq"] >= seq)
    for door, one in zip(DOORS, readers, strict=True):
        one.film("before", [await do(office, "mint", phones[f"first {door}"])])
    for one in readers:
        said = await _until(one, lambda said: said["last"] is not None and said["queue"] == 0)
        _opened(one, 1, said)


async def _cut(office: Office, readers: list[Fielded], phones: dict[str, int]) -> Codes:
    """One phone is revoked just before the network goes, as four of five have heard; another one after it."""
    shown = [name for name in phones if not name.startswith(("first", "last"))]
    codes = {name: await do(office, "mint", phones[name]) for name in shown}
    readers[4].cut(HOW[4])
    seq = await do(office, "revoke", phones["early"])
    for one in readers[:4]:
        await _until(one, lambda said: said["seq"] >= seq)
    for one, how in zip(readers[:4], HOW, strict=False):
        one.cut(how)
    await do(office, "revoke", phones["late"])
    return codes | {"nonsense": "no code at all"}


async def _without(readers: list[Fielded], codes: Codes) -> None:
    """People go on passing."""
    for one, shown in zip(readers, SHOWN, strict=True):
        one.film("meanwhile", [codes[name] for name, _ in shown])
    for one, shown in zip(readers, SHOWN, strict=True):
        said = await _queued(one, len(shown))
        assert said["asking"] is False
        assert said["offline_since_ms"] is not None
        _opened(one, 1 + [reason for _, reason in shown].count("granted"), said)


def _opened(one: Fielded, times: int, said: dict[str, Any]) -> None:
    """Its door was driven so often. Raises AssertionError, Stalled."""
    if one.opened != times and _stalled(one):
        raise Stalled(one.name)
    assert one.opened == times, (said["last"], one.process.last_words())


def _stalled(one: Fielded) -> bool:
    return any(line in one.process.last_words() for line in STALLED)


async def _queued(one: Fielded, entries: int) -> dict[str, Any]:
    return await _until(one, lambda said: said["queue"] == entries)


async def _back(office: Office, readers: list[Fielded], phones: dict[str, int]) -> None:
    """All is handed in by itself, and people go on passing."""
    for one in readers:
        one.line.mend()
    for one in readers:
        await one.process.up(asking=True, socket=True, queue=0)
    readers[0].film("after", [await do(office, "mint", phones["last"])])
    opened = readers[0].opened
    await _until(readers[0], lambda said: readers[0].opened > opened and said["queue"] == 0)
    for one in readers:
        await _told(office, one)
        assert await one.process.end() == 0


async def _told(office: Office, one: Fielded) -> None:
    """Until the server knows what the door did."""
    for _ in range(200):
        record = await do(office, "recorded", one.name)
        if len(record["door"]) == one.opened:
            return
    raise AssertionError(record["door"])


def _every_event_once(
    one: Fielded, record: dict[str, Any], reasons: list[str], outage: Sequence[float]
) -> None:
    """What its disk has is on record, under its own time, marked, once; and nothing is set apart."""
    events = record["events"]
    assert [event["counter"] for event in events] == list(range(1, len(events) + 1))
    assert events == _in_time(events)
    meanwhile = [event for event in events if outage[0] <= event["at_ms"] <= outage[1]]
    assert [event["reason"] for event in meanwhile] == reasons
    journal, head = one.journal()
    assert record["head"] == [len(journal), head]
    assert record["quarantined"] == []
    assert "JOURNAL_BROKEN" not in record["alarms"]
    assert {event["counter"] for event in meanwhile} <= set(journal)
    offline = {event["counter"] for event in events if event["offline"]}
    # A scan whose answer was cut off was decided by the server too: it is one event, and the server's.
    raced = {meanwhile[0]["counter"]} if HOW[int(one.name.split()[-1]) - 1] is Cut.ANSWER else set()
    assert {event["counter"] for event in meanwhile} - raced <= offline <= set(journal)
    granted = [event["counter"] for event in events if event["granted"]]
    assert one.opened == len(granted)
    assert record["door"] == [[number, "opened", counter] for number, counter in enumerate(granted, start=1)]
    assert record["unused"] == 0


async def _alarms(office: Office, found: list[dict[str, Any]], phones: dict[str, int]) -> None:
    """The doubly used code with both events; who passed though revoked, and nobody else."""
    twice = [_passed(found[number], phones["twice"]) for number in (1, 2)]
    first, second = sorted(twice, key=lambda event: (event["at_ms"], event["id"]))
    assert await do(office, "alarms", phones["twice"]) == [["CODE_USED_TWICE", first["id"], second["id"]]]
    for name, number in (("late", 0), ("early", 4)):
        event = _passed(found[number], phones[name])["id"]
        assert await do(office, "alarms", phones[name]) == [["PASSED_AFTER_REVOCATION", event, event]]
    for name in phones.keys() - {"twice", "late", "early"}:
        assert await do(office, "alarms", phones[name]) == []


def _passed(record: dict[str, Any], device: int) -> dict[str, Any]:
    (event,) = [event for event in record["events"] if event["device"] == device and event["granted"]]
    return dict(event)


def _in_time(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(events, key=lambda event: (event["at_ms"], event["counter"]))


async def _until(one: Fielded, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The reader's own word, as soon as it is so."""
    said: dict[str, Any] = {}

    async def look() -> None:
        nonlocal said
        while not true(said := await one.process.status() or {"seq": -1, "queue": -1, "last": None}):
            await asyncio.sleep(0.05)

    try:
        await asyncio.wait_for(look(), LONG)
    except TimeoutError as error:
        if _stalled(one):
            raise Stalled(one.name) from error
        raise AssertionError(said, one.process.last_words()) from error
    return said
