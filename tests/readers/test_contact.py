"""The contact: two readers of one identity are found in either order, a lost answer is no second one."""

import secrets
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from access.models import Alarm, AlarmKind, Area
from ledger.models import LedgerEntry, PolicyChange
from readers import services
from readers.models import Reader, ReaderHealth, ReaderKind, ReaderState
from readers.release import Release
from tenants import context
from tenants.refs import CompanyRef
from tests.readers.conftest import BY
from tests.readers.pretend import Pretend, b64

CONTACT, NEXT = "/api/v1/readers/contact", "/api/v1/readers/next"


def now_ms() -> int:
    return int(timezone.now().timestamp() * 1000)


class Program:
    """What a reader keeps of its contacts on its disk; `copy` is a cloned card."""

    def __init__(self, reader: Pretend, client: Client) -> None:
        self.reader, self.client = reader, client
        self.token, self.nonce = "", secrets.token_bytes(16)

    def copy(self) -> "Program":
        other = Program(self.reader, self.client)
        other.token, other.nonce = self.token, self.nonce
        return other

    def ask(self, *, created: int | None = None, **said: Any) -> Any:
        """Send, signed at unix second `created`; the answer is lost."""
        body = {"token": self.token, "nonce": b64(self.nonce), "at_ms": now_ms(), "queue": 0, **said}
        return self.reader.call(self.client, "POST", CONTACT, body, created=created)

    def contact(self, **said: Any) -> tuple[int, str]:
        """Send and keep what came; the status and the code of a refusal."""
        answer = self.ask(**said)
        if answer.status_code != 200:
            return answer.status_code, answer.json()["code"]
        self.token, self.nonce = answer.json()["token"], secrets.token_bytes(16)
        return 200, ""


@pytest.fixture
def program(client: Client, dora: Pretend) -> Program:
    return Program(dora, client)


FORKED, GOOD = (409, "identity_forked"), (200, "")


def state() -> str:
    return str(Reader.objects.get().state)


def test_the_answer_is_literally_this(program: Program) -> None:
    answer = program.ask()
    told = answer.json()
    assert answer.status_code == 200, answer.content
    assert answer.headers["Cache-Control"] == "no-store"
    assert abs(told.pop("now_ms") - now_ms()) < 5000
    assert len(bytes.fromhex(told.pop("token"))) == 24
    assert told == {
        "position": 0,
        "hash": b64(bytes(32)),
        "wipe": False,
        "notice": None,
        "bundle": 0,
        "renew": False,
        "face": None,
    }


def test_a_reader_at_a_face_area_hears_the_other_way(program: Program) -> None:
    Area.objects.update(assurance=Area.RequiredAssurance.CODE_FACE, equal_way="Ring at reception.")
    assert program.ask().json()["face"] == "Ring at reception."


def test_one_reader_goes_on_and_on(program: Program) -> None:
    assert [program.contact() for _ in range(5)] == [GOOD] * 5
    assert not Alarm.objects.exists()


def test_a_lost_answer_is_asked_for_again(program: Program) -> None:
    for _ in range(3):
        lost = [program.ask().json()["token"] for _ in range(3)]
        assert len(set(lost)) == 1
        assert program.contact() == GOOD
        assert program.token == lost[0]
    assert state() == ReaderState.ACTIVE


@pytest.mark.parametrize("first", [0, 1], ids=["the old one first", "the copy first"])
@pytest.mark.parametrize("contacts", [0, 1, 3])
def test_a_copy_is_found_in_both_orders(program: Program, first: int, contacts: int) -> None:
    for _ in range(contacts):
        program.contact()
    both = [program, program.copy()]
    both[1].nonce = secrets.token_bytes(16)  # each draws its own
    assert both[first].contact() == GOOD
    assert both[1 - first].contact() == FORKED
    assert state() == ReaderState.SUSPENDED
    assert both[first].contact() == (403, "reader_suspended")
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.reader) == (AlarmKind.IDENTITY_FORKED, program.reader.handle)
    deed = LedgerEntry.objects.get(verb="reader_suspended")
    assert (deed.actor, deed.data["because"]) == ("system", "identity_forked")


def test_a_copy_with_the_nonce_that_was_on_the_disk_is_found_one_contact_later(program: Program) -> None:
    program.contact()
    other = program.copy()
    assert (program.contact(), other.contact()) == (GOOD, GOOD)
    assert (program.contact(), other.contact()) == (GOOD, FORKED)


def test_a_copy_that_comes_much_later_is_found(program: Program) -> None:
    program.contact()
    other = program.copy()
    other.nonce = secrets.token_bytes(16)
    for _ in range(20):
        program.contact()
    assert other.contact() == FORKED


@pytest.mark.parametrize("contacts", [3, 9, 40])
def test_a_late_copy_of_a_request_that_was_answered_is_no_second_reader(
    program: Program, contacts: int
) -> None:
    program.contact()
    late = program.copy()
    assert [program.contact() for _ in range(contacts)] == [GOOD] * contacts
    assert late.contact() == (409, "contact_overtaken")
    assert program.contact() == GOOD
    assert state() == ReaderState.ACTIVE


def test_one_that_was_kept_back_is_no_second_reader_whatever_is_known_of_it(program: Program) -> None:
    """Whoever holds the network may let the reader make more contacts than are kept."""
    program.contact()
    late, signed = program.copy(), int(timezone.now().timestamp())
    assert program.contact(created=signed + 1) == GOOD
    assert program.contact(created=signed - 20) == GOOD  # its clock was set back
    ReaderHealth.objects.update(recent=b"")
    assert late.contact(created=signed) == (409, "contact_overtaken")
    assert program.contact() == GOOD
    assert late.contact(created=signed + 30) == FORKED, "what is signed later is a second one"


def test_requests_are_known_for_twice_as_long_as_a_signature_is_taken(program: Program) -> None:
    program.contact()
    late, now = program.copy(), int(timezone.now().timestamp())
    program.contact()
    kept = bytes(ReaderHealth.objects.get().recent)
    assert len(kept) == 2 * 20

    def taken(before: int) -> None:
        """Both of them so many seconds ago."""
        pieces = [(now - before).to_bytes(4) + kept[at + 4 : at + 20] for at in (0, 20)]
        ReaderHealth.objects.update(recent=b"".join(pieces))

    taken(110)
    program.contact()
    assert late.contact() == (409, "contact_overtaken")
    taken(130)
    program.contact()
    assert len(bytes(ReaderHealth.objects.get().recent)) == 20, "the others are forgotten"


def test_an_empty_store_with_the_key_is_a_second_reader(program: Program) -> None:
    program.contact()
    program.contact()
    program.token, program.nonce = "", secrets.token_bytes(16)
    assert program.contact() == FORKED


def test_a_server_with_an_older_database_goes_on(program: Program) -> None:
    program.contact()
    before = ReaderHealth.objects.values().get()
    for _ in range(3):
        program.contact()
    ReaderHealth.objects.update(**{name: value for name, value in before.items() if name != "reader_id"})
    assert [program.contact() for _ in range(3)] == [GOOD] * 3
    ReaderHealth.objects.all().delete()
    assert [program.contact() for _ in range(3)] == [GOOD] * 3


def test_a_made_up_token_is_found_when_the_real_one_comes(program: Program) -> None:
    program.contact()
    thief = program.copy()
    thief.token, thief.nonce = (10**6).to_bytes(8).hex() + "00" * 16, secrets.token_bytes(16)
    assert thief.contact() == GOOD
    assert program.contact() == FORKED


def test_a_made_up_token_of_the_same_number_is_a_fork(program: Program) -> None:
    program.contact()
    program.token = program.token[:16] + "00" * 16
    assert program.contact() == FORKED


def test_after_a_resume_the_fork_is_still_there_and_a_new_key_ends_it(
    program: Program, in_acme: CompanyRef
) -> None:
    program.contact()
    other = program.copy()
    other.nonce = secrets.token_bytes(16)
    program.contact()
    other.contact()
    services.resume_reader(reader=Reader.objects.get(), by=BY)
    assert other.contact() == FORKED
    row = Reader.objects.get()
    ticket = services.start_pairing(
        name="Dora", access_point=row.access_point, kind=ReaderKind.PROGRAM, by=BY, replaces=row
    )
    fresh = Pretend(in_acme, handle=row.handle)
    services.pair(company=in_acme.uid, proof=fresh.proof(ticket.shown), now=timezone.now())
    assert state() == ReaderState.ACTIVE
    assert other.contact() == (401, "signature_wrong")
    assert Program(fresh, program.client).contact() == GOOD


@pytest.mark.parametrize(
    "change",
    [
        {"token": "xyz"},
        {"token": "00" * 23},
        {"nonce": b64(b"short")},
        {"at_ms": "1"},
        {"at_ms": -1},
        {"queue": None},
        {"camera": "Away!"},
        {"version": "x" * 41},
        {"list_at_ms": True},
    ],
)
def test_what_is_malformed_is_400_and_moves_nothing(program: Program, change: dict[str, Any]) -> None:
    assert program.ask(**change).status_code == 400
    assert not ReaderHealth.objects.exists()


def test_what_a_reader_says_is_kept_and_moves_no_policy(program: Program) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    PolicyChange.objects.all().delete()
    said = {
        "at_ms": now_ms() - 5000, "version": "1.2.3", "program": "sallyport-reader", "queue": 12,
        "list_at_ms": now_ms() - 60_000, "offline_since_ms": None, "camera": "ready", "door": "away",
        "decoder": "ready",
    }  # fmt: skip
    program.contact(**said)
    row = ReaderHealth.objects.get()
    assert (row.version, row.program, row.queue, row.camera, row.door, row.decoder) == (
        "1.2.3", "sallyport-reader", 12, "ready", "away", "ready",
    )  # fmt: skip
    assert 4000 < row.drift_ms < 8000
    assert row.drifting_since is None
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not PolicyChange.objects.exists()


def test_a_time_beyond_the_calendar_is_kept_as_the_last_one(program: Program) -> None:
    assert program.contact(list_at_ms=2**53 - 1, offline_since_ms=2**53 - 1) == GOOD


def test_a_clock_too_far_off_is_refused_and_noted(client: Client, program: Program) -> None:
    program.contact()
    body = {"token": program.token, "nonce": b64(program.nonce), "at_ms": now_ms(), "queue": 0}
    created = int(timezone.now().timestamp()) - 600
    answer = program.reader.call(client, "POST", CONTACT, body, created=created)
    assert (answer.status_code, answer.json()["code"]) == (401, "clock_skew")
    assert 595_000 < ReaderHealth.objects.get().drift_ms < 605_000
    thief = Pretend(program.reader.company, handle=program.reader.handle)
    answer = thief.call(client, "POST", CONTACT, body, created=created + 300)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_wrong")
    assert 595_000 < ReaderHealth.objects.get().drift_ms < 605_000
    assert program.contact() == GOOD
    assert ReaderHealth.objects.get().drifting_since is None


def test_a_cut_at_a_face_area_is_an_alarm_once(program: Program) -> None:
    since = now_ms() - 90_000
    program.contact(offline_since_ms=since)
    assert not Alarm.objects.exists()
    Area.objects.update(assurance=3, equal_way="Ring.")
    program.contact(offline_since_ms=since - 1)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.reader) == (AlarmKind.OFFLINE_AT_FACE_AREA, program.reader.handle)
    Alarm.objects.update(state="CLOSED")
    program.contact(offline_since_ms=since - 1)
    program.contact()
    assert Alarm.objects.count() == 1
    program.contact(offline_since_ms=since + 60_000)
    assert Alarm.objects.count() == 2


@pytest.mark.parametrize(
    ("version", "told"), [("1.9.9", True), ("1.10.0", False), ("1.10.1", False), ("", True), ("dev", True)]
)
def test_a_newer_program_is_told_to_programs(
    program: Program, settings: Any, version: str, told: bool
) -> None:
    settings.READER_RELEASE = Release("1.10.0", "https://example.com/reader", "c2ln")
    notice = {"version": "1.10.0", "url": "https://example.com/reader", "sig": "c2ln"}
    assert program.ask(version=version).json()["notice"] == (notice if told else None)
    Reader.objects.update(kind=ReaderKind.BROWSER)
    program.nonce = secrets.token_bytes(16)
    ReaderHealth.objects.all().delete()
    assert program.ask(version=version).json()["notice"] is None


def test_a_reader_of_another_company_is_nobody(program: Program, globex: CompanyRef) -> None:
    body = {"token": "", "nonce": b64(bytes(16)), "at_ms": now_ms(), "queue": 0}
    answer = program.reader.call(program.client, "POST", CONTACT, body, host="globex.localhost")
    assert (answer.status_code, answer.json()["code"]) == (401, "reader_unknown")
    with context.enter(globex):
        assert not ReaderHealth.objects.exists()
