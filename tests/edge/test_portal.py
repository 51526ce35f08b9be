"""Something between the door and the server answers in its place: a network's sign-in page, a liar.

Whoever holds the network can keep the server away; that is an outage, and told as one. Nothing that they say
is taken for the server's word.
"""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.asking import last_counter
from edge.caller import Caller, NoAnswer, NotOurs, Refused
from edge.encoding import b64
from edge.identity import load
from edge.ownkey import OwnKey
from sallyport import answers
from sallyport.reasons import Reason
from sallyport.refusals import READER_REFUSALS
from tests.edge.firm import READER
from tests.edge.fitted import AT_A_DOOR, RecordedDoor, at_best, paired, running, until
from tests.edge.lines import written
from tests.edge.standin import standing

ALONE = 5_000  # the pulse that the list says


def page(status: int, body: bytes, more: str = "", kind: str = "text/html") -> bytes:
    head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


HTML = b"<!doctype html><title>Welcome to the guest network</title>"
PORTALS = {
    "200 page": page(200, HTML),
    "200 nothing": page(200, b""),
    "204": page(204, b""),
    "302": page(302, HTML, "location: http://portal.example/\r\n"),
    "302 with a code": page(302, b'{"code":"rate_limited"}', "location: /\r\n", "application/json"),
    "400 page": page(400, HTML),
    "401 page": page(401, HTML),
    "403 nothing": page(403, b""),
    "404 page": page(404, HTML),
    "407 json": page(407, b'{"error":"sign in"}', kind="application/json"),
    "403 another code": page(403, b'{"code":"sign_in_first"}', kind="application/json"),
    "403 code of no text": page(403, b'{"code":["reader_suspended"]}', kind="application/json"),
    "429 list": page(429, b"[]", kind="application/json"),
    "511 page": page(511, HTML),
    "200 a count": page(200, b'{"counter":7,"challenge":false}', kind="application/json"),
    "200 a grant": page(200, b'{"granted":true,"reason":"granted","counter":1}', kind="application/json"),
    "200 no object": page(200, b'"ok"', kind="application/json"),
    "200 a well": page(200, b"[" * 100_000, kind="application/json"),
    "no http": b"220 mail.portal.example ESMTP\r\n",
}


@pytest.mark.parametrize("name", PORTALS)
async def test_a_portal_is_an_outage(tmp_path: Path, name: str) -> None:
    async def once(folder: Path) -> float:
        door = RecordedDoor()
        async with standing() as server, running(server, folder, door, pace=AT_A_DOOR) as reader:
            counter = reader.desk.store.number
            server.faults.portal = PORTALS[name]
            for wire in tuple(server.wires):
                await wire.close(1001)
            for event in (reader.reach.to_fetch, reader.reach.to_contact, reader.reach.to_hand_in):
                event.set()
            began = time.monotonic()
            first = await reader.decider.present(server.firm.code())
            took = time.monotonic() - began
            assert (first.granted, first.alone, door.pulses) == (True, True, [ALONE])
            assert (await reader.status())["offline_since_ms"] is not None
            asked = len(server.faults.refused)
            await until(lambda: server.faults.refused[asked:].count("readers/next") >= 3)
            assert not reader.reach.asking
            assert await reader.desk.disk.run(counter, "counter") == 1
            assert (await reader.decider.present(server.firm.code())).alone
            server.faults.portal = b""
            await until(lambda: reader.reach.asking and reader.desk.journal.handed == 2)
            assert [event[1:] for event in server.events.values()] == [(True, Reason.GRANTED, True)] * 2
            assert not (await reader.decider.present(server.firm.code())).alone
        return took

    assert await at_best(once, tmp_path, 0.4) < 0.4


async def test_an_older_answer_to_a_probe_is_none(tmp_path: Path) -> None:
    """Recorded while the server was there, under its own signature, and shown again."""
    async with standing() as server, running(server, tmp_path / "state") as reader:
        told: dict[str, Any] = {"counter": 900, "challenge": False}
        signed = answers.next_bytes(company=server.firm.company, reader=READER, nonce="a" * 22, **told)
        sig = b64(answers.sign(signed, server.firm.answer))
        server.faults.portal = written(200, told | {"sig": sig})
        await reader.decider.present(server.firm.code())
        await until(lambda: server.faults.refused.count("readers/next") >= 3)
        assert not reader.reach.asking
        assert await reader.desk.disk.run(reader.desk.store.number, "counter") == 1


async def test_a_refusal_of_the_server_is_an_answer(tmp_path: Path) -> None:
    """One of its codes: no door opens by an old list, and it is not cut off."""
    door = RecordedDoor()
    async with standing() as server, running(server, tmp_path / "state", door) as reader:
        server.faults.portal = written(401, {"code": "reader_unknown", "text": "", "retry": False})
        outcome = await reader.decider.present(server.firm.code())
        assert (outcome.reason, door.pulses) == (Reason.READER_UNKNOWN, [])
        assert reader.reach.asking


async def test_a_contact_that_a_portal_answers_cuts_off(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.faults.portal = page(200, HTML)
        reader.reach.to_contact.set()
        await until(lambda: not reader.reach.asking)
        assert not reader.reach.wiped


async def test_a_server_without_a_certificate_is_silence(tmp_path: Path) -> None:
    async with standing() as server:
        await paired(server, tmp_path / "state")
        identity, key = load(tmp_path / "state")
        wrong = replace(identity, origin=server.origin.replace("http:", "https:"))
        caller = Caller(wrong, OwnKey(key), now_ms=lambda: int(time.time() * 1000))
        with pytest.raises(NoAnswer):
            await last_counter(caller, patience=2)
        await caller.close()


async def test_only_codes_of_ours_are_refusals(tmp_path: Path) -> None:
    async with standing() as server:
        await paired(server, tmp_path / "state")
        identity, key = load(tmp_path / "state")
        caller = Caller(identity, OwnKey(key), now_ms=lambda: int(time.time() * 1000))
        for code in sorted(READER_REFUSALS):
            server.faults.portal = written(400, {"code": code})
            with pytest.raises(Refused, match=code):
                await caller.call("GET", "/api/v1/readers/next")
        server.faults.portal = page(413, HTML)
        with pytest.raises(NotOurs) as found:
            await caller.call("POST", "/api/v1/readers/journal", {})
        assert found.value.status == 413
        await caller.close()
