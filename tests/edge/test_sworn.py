"""What a reader acts on is signed by the company as it stands: what others say there changes nothing."""

from pathlib import Path
from typing import Any

import pytest

from edge.encoding import b64
from sallyport.answers import TOLD_HEADER
from sallyport.offline import FIRST_PREVIOUS
from tests.edge.fitted import RecordedDoor, running, until
from tests.edge.lines import Answer, body_of, refusal, written
from tests.edge.standin import Standin, standing

CONTACT, DOOR = "POST readers/contact", "POST readers/door"
HEAD_OF, HAND_IN = "GET readers/journal", "POST readers/journal"
FAR = 2**40


def contacted(**other: Any) -> dict[str, Any]:
    """A well-formed answer to a contact."""
    told = {"token": "ab" * 24, "now_ms": 0, "position": 0, "hash": b64(FIRST_PREVIOUS), "wipe": False}
    return {**told, "notice": None, "bundle": 1, "renew": False, **other}


def under_another_nonce(server: Standin, status: int, data: Any) -> Answer:
    """The company's own word, of another time."""
    sig = server.firm.sworn(server.handle, status, body_of(data), "a" * 22)
    return 0, written(status, data, f"{TOLD_HEADER}: {sig}\r\n")


async def cut_off_by(server: Standin, reader: Any, path: str, answer: Answer) -> None:
    """Somebody says this in the company's place, twice."""
    server.faults.forged[path] = answer
    server.faults.status = 0
    before = len(server.faults.refused)
    for event in (reader.reach.to_contact, reader.reach.to_hand_in):
        event.set()
    await until(lambda: server.faults.refused[before:].count(path) >= 2)


@pytest.mark.parametrize("again", [False, True])
async def test_a_wipe_that_the_company_has_not_signed(tmp_path: Path, again: bool) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        told = contacted(wipe=True)
        forged = under_another_nonce(server, 200, told) if again else (200, told)
        await cut_off_by(server, reader, CONTACT, forged)
        assert not reader.reach.wiped
        assert not server.wiped
        assert (tmp_path / "state" / "reader.key").exists()
        server.faults.forged.clear()
        await until(lambda: reader.reach.asking)
        assert (await reader.decider.present(server.firm.code())).granted


async def test_a_wipe_that_it_has_signed(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.wipe = True
        reader.reach.to_contact.set()
        await until(lambda: reader.reach.wiped and server.wiped)


async def test_a_token_of_somebody_elses_makes_no_second_reader(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        await cut_off_by(server, reader, CONTACT, (200, contacted()))
        server.faults.forged.clear()
        count = len(server.contacts)
        await until(lambda: len(server.contacts) >= count + 2)
        assert not server.forked
        assert not reader.reach.suspended


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize(("status", "code"), [(403, "reader_suspended"), (409, "identity_forked")])
async def test_a_refusal_that_the_company_has_not_signed_shuts_nothing(
    tmp_path: Path, status: int, code: str, again: bool
) -> None:
    door = RecordedDoor()
    async with standing() as server, running(server, tmp_path / "state", door) as reader:
        told = refusal(status, code)
        await cut_off_by(server, reader, CONTACT, under_another_nonce(server, *told) if again else told)
        assert not reader.reach.suspended
        assert reader.desk.store.number("suspended") == 0
        assert (await reader.decider.present(server.firm.code())).granted
        assert len(door.pulses) == 1


@pytest.mark.parametrize("again", [False, True])
async def test_a_word_that_the_contact_was_overtaken_changes_no_number(tmp_path: Path, again: bool) -> None:
    """Under another nonce, a contact whose answer was kept back would look like that of a second reader."""
    async with standing() as server, running(server, tmp_path / "state") as reader:
        told = refusal(409, "contact_overtaken")
        server.faults.forged[CONTACT] = under_another_nonce(server, *told) if again else told
        reader.reach.to_contact.set()
        await until(lambda: server.faults.refused.count(CONTACT) >= 2)
        store = reader.desk.store
        token, nonce = store.secret("token"), store.secret("nonce")
        count = server.faults.refused.count(CONTACT)
        await until(lambda: server.faults.refused.count(CONTACT) >= count + 2)
        assert (store.secret("token"), store.secret("nonce")) == (token, nonce)


async def test_a_refusal_that_it_has_signed_stays(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.forked = True
        reader.reach.to_contact.set()
        await until(lambda: reader.reach.suspended)
        await until(lambda: reader.desk.store.number("suspended") == 1)


HEAD = {"position": FAR, "hash": b64(b"\1" * 32)}
FORGED: dict[str, tuple[str, Answer]] = {
    "the contact's": (CONTACT, (200, contacted(**HEAD))),
    "the journal's": (HEAD_OF, (200, HEAD)),
    "a hand-in's": (HAND_IN, (200, {"results": [], **HEAD})),
    "a gap's": (HAND_IN, (409, {"code": "journal_gap", "text": "", "retry": True, **HEAD})),
}


@pytest.mark.parametrize("name", FORGED)
async def test_a_position_that_the_company_has_not_signed_hands_nothing_in(tmp_path: Path, name: str) -> None:
    """Else entries would count as handed in that nobody has, and their codes as told."""
    path, answer = FORGED[name]
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.faults.status = 503
        assert (await reader.decider.present(server.firm.code())).alone
        await cut_off_by(server, reader, path, answer)
        assert reader.desk.journal.handed == 0
        assert reader.desk.journal.head[0] == 1
        server.faults.forged.clear()
        await until(lambda: reader.desk.journal.handed == 1)
        assert server.position == 1
        assert server.quarantined == []


async def test_what_the_door_did_is_not_forgotten_on_somebody_elses_word(tmp_path: Path) -> None:
    async with standing() as server, running(server, tmp_path / "state") as reader:
        server.faults.forged[DOOR] = (200, {"number": FAR})
        await reader.decider.present(server.firm.code())
        await until(lambda: server.faults.refused.count(DOOR) >= 2)
        assert len(reader.desk.store.door_events(10)) == 1
        server.faults.forged.clear()
        await until(lambda: [event["number"] for event in server.door] == [1])
