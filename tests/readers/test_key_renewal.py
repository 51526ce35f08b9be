"""A reader renews its key: both are taken in the overlap, the old one opens nothing afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from access.models import Alarm, AlarmKind
from ledger.models import LedgerEntry
from readers import services, tasks
from readers.models import FormerKey, Reader, ReaderHealth, ReaderKind
from readers.refusals import ReaderRefused, Refusal
from sallyport import reader_protocol as wire
from sallyport.keys import Ed25519Public, Ed25519Signer, P256Signer
from tenants.refs import CompanyRef
from tests.readers.conftest import BY, lay_door, lay_reader
from tests.readers.pretend import Pretend, b64
from vault.selectors import answer_signer

KEY, NEXT, CONTACT = "/api/v1/readers/key", "/api/v1/readers/next", "/api/v1/readers/contact"


@pytest.fixture
def old(dora: Pretend) -> Pretend:
    return dora.with_key(dora.key)


@pytest.fixture
def new(dora: Pretend) -> Pretend:
    return dora.with_key(Ed25519Signer.generate())


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, "" if answer.status_code == 200 else answer.json()["code"]


def hears(client: Client, reader: Pretend, **more: Any) -> tuple[int, str]:
    """What the server says to a request under the reader's key."""
    return said(reader.call(client, "GET", NEXT, **more))


def announce(client: Client, old: Pretend, new: Pretend) -> Any:
    answer = old.call(client, "POST", KEY, old.renewal(new.key))
    assert answer.status_code == 200, answer.content
    return answer.json()


def verbs() -> list[str]:
    found = LedgerEntry.objects.filter(verb__startswith="reader_key_").order_by("at")
    return list(found.values_list("verb", flat=True))


GOOD, ENDED = (200, ""), (401, "key_ended")


def test_both_are_taken_until_the_new_one_is_seen(client: Client, old: Pretend, new: Pretend) -> None:
    assert hears(client, new) == (401, "key_unknown")
    announce(client, old, new)
    assert [hears(client, old) for _ in range(2)] == [GOOD, GOOD]
    assert hears(client, new) == GOOD
    assert hears(client, old) == ENDED
    assert hears(client, new) == GOOD
    row, former = Reader.objects.get(), FormerKey.objects.get()
    assert bytes(row.public_key) == new.key.public.raw
    assert (row.next_key, row.key_ends) == (None, None)
    assert bytes(former.public_key) == old.key.public.raw
    assert verbs() == ["reader_key_announced", "reader_key_renewed"]


def test_the_answer_is_signed_and_the_same_again(client: Client, old: Pretend, new: Pretend) -> None:
    first = announce(client, old, new)
    until = timezone.now() + timedelta(days=7)
    assert abs(first["until_ms"] / 1000 - until.timestamp()) < 60
    signed = wire.renewed_bytes(
        company=old.company.uid, reader=old.handle, new_key=new.key.public.raw, until_ms=first["until_ms"]
    )
    assert first["sig"] == b64(answer_signer().sign(signed))
    assert announce(client, old, new) == first
    # Asked under the new one the answer is the same: that the reader turns to it is not said by that yet.
    again = new.call(client, "POST", KEY, old.renewal(new.key))
    assert (again.status_code, again.json()) == (200, first)
    assert verbs() == ["reader_key_announced"]
    assert hears(client, old, created=int(timezone.now().timestamp()) + 10) == GOOD
    assert hears(client, new) == GOOD
    again = new.call(client, "POST", KEY, old.renewal(new.key))
    assert (again.status_code, again.json()) == (200, first)
    assert verbs() == ["reader_key_announced", "reader_key_renewed"]


def test_a_key_that_is_not_named_is_the_one_in_force(client: Client, dora: Pretend, new: Pretend) -> None:
    announce(client, dora, new)
    assert hears(client, dora) == GOOD
    assert hears(client, Pretend(new.company, new.key, new.handle)) == (401, "signature_wrong")
    assert hears(client, new) == GOOD
    assert hears(client, dora) == (401, "signature_wrong")
    assert hears(client, Pretend(new.company, new.key, new.handle)) == GOOD


def test_another_new_key_takes_the_announced_ones_place(client: Client, old: Pretend, new: Pretend) -> None:
    first = announce(client, old, new)
    other = old.with_key(Ed25519Signer.generate())
    assert announce(client, old, other)["until_ms"] == first["until_ms"]  # no longer life for the old one
    assert hears(client, new) == (401, "key_unknown")
    third = old.with_key(Ed25519Signer.generate())
    assert said(other.call(client, "POST", KEY, other.renewal(third.key))) == GOOD  # seen, so in force
    assert hears(client, old) == ENDED


def test_only_the_key_in_force_announces(client: Client, old: Pretend, new: Pretend) -> None:
    announce(client, old, new)
    assert hears(client, new) == GOOD
    stolen = old.with_key(Ed25519Signer.generate())
    assert said(old.call(client, "POST", KEY, old.renewal(stolen.key))) == ENDED
    assert said(old.call(client, "POST", KEY, old.renewal(new.key))) == ENDED
    assert said(stolen.call(client, "POST", KEY, old.renewal(stolen.key))) == (401, "key_unknown")
    assert bytes(Reader.objects.get().public_key) == new.key.public.raw


@pytest.mark.parametrize(
    "other",
    [
        {"company": bytes(16)},
        {"reader": 77},
        {"old_key": bytes(32)},
        {"new_key": bytes(32)},
    ],
)
def test_the_new_key_proves_itself(client: Client, old: Pretend, new: Pretend, other: dict[str, Any]) -> None:
    body = old.renewal(new.key, **other)
    assert said(old.call(client, "POST", KEY, body)) == (403, "proof_wrong")
    assert Reader.objects.get().next_key is None


def test_what_is_no_key_of_its_kind_is_refused(client: Client, old: Pretend) -> None:
    body = old.renewal(P256Signer.generate())
    assert said(old.call(client, "POST", KEY, body)) == (403, "key_malformed")
    assert said(old.call(client, "POST", KEY, {"public_key": "AA==", "proof": ""})) == (400, "malformed")


def test_a_key_that_somebody_has_is_refused(
    client: Client, old: Pretend, new: Pretend, in_acme: CompanyRef
) -> None:
    other = lay_reader(in_acme, "Second", lay_door("Back"))
    taken = (409, "key_taken")
    assert said(old.call(client, "POST", KEY, old.renewal(other.key))) == taken
    assert said(old.call(client, "POST", KEY, old.renewal(old.key))) == taken
    announce(client, old, new)
    assert said(other.call(client, "POST", KEY, other.renewal(new.key))) == taken
    assert hears(client, new) == GOOD
    assert said(new.call(client, "POST", KEY, new.renewal(old.key))) == taken
    assert said(other.call(client, "POST", KEY, other.renewal(old.key))) == taken


def test_two_that_announce_one_key_at_once(
    client: Client, old: Pretend, new: Pretend, in_acme: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither sees the other's yet."""
    other = lay_reader(in_acme, "Second", lay_door("Back"))
    monkeypatch.setattr("readers.services.renewal.is_taken", lambda key: False)
    announce(client, old, new)
    assert said(other.call(client, "POST", KEY, other.renewal(new.key))) == (409, "key_taken")
    assert Reader.objects.exclude(next_key=None).get().handle == old.handle


def test_after_a_week_the_old_one_ends_unseen(client: Client, old: Pretend, new: Pretend) -> None:
    told = announce(client, old, new)
    Reader.objects.update(key_ends=timezone.now() - timedelta(seconds=1))
    assert hears(client, old) == ENDED
    assert said(old.call(client, "POST", KEY, old.renewal(new.key))) == ENDED
    tasks.watch_company()
    assert bytes(Reader.objects.get().public_key) == new.key.public.raw
    assert hears(client, old) == ENDED
    # The reader whose answer was lost was right to try the old one first: nobody is alarmed.
    assert not Alarm.objects.exists()
    again = new.call(client, "POST", KEY, old.renewal(new.key))
    assert (again.status_code, set(again.json())) == (200, set(told))
    # That answer may be lost too: until the reader speaks under the new one, it is one reader.
    assert hears(client, old, created=int(timezone.now().timestamp()) + 10) == ENDED
    assert not Alarm.objects.exists()
    assert hears(client, new) == GOOD
    assert Reader.objects.get().key_unseen_since is None
    assert hears(client, old) == ENDED


def overtaken(client: Client, old: Pretend, new: Pretend, days: float = 0) -> int:
    """The key is renewed and in use, so many days ago; the second at which the new one was first seen."""
    announce(client, old, new)
    created = int(timezone.now().timestamp())
    assert hears(client, new, created=created) == GOOD
    then = timezone.now() - timedelta(days=days)
    FormerKey.objects.update(overtaken_at=then, overtaken_by=created - int(days * 86_400))
    return created


def test_a_copy_that_renews_first_switches_both_off(client: Client, old: Pretend, new: Pretend) -> None:
    """The reader was away, or slower: it comes under the old key, and is not the one that has the new one."""
    created = overtaken(client, old, new)
    assert hears(client, old, created=created) == ENDED  # was on its way
    assert not Alarm.objects.exists()
    assert hears(client, old, created=created + 10) == (409, "identity_forked")
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.reader) == (AlarmKind.IDENTITY_FORKED, old.handle)
    deed = LedgerEntry.objects.get(verb="reader_suspended")
    assert (deed.actor, deed.data["because"]) == ("system", "identity_forked")
    assert hears(client, new) == (403, "reader_suspended")
    # Both are told whenever they ask, so that neither opens anything when its cable is pulled.
    body = {"token": "", "nonce": b64(bytes(16)), "at_ms": created * 1000, "queue": 0}
    answer = old.call(client, "POST", CONTACT, body, created=created + 11)
    assert said(answer) == (409, "identity_forked")
    assert Alarm.objects.count() == 1


@pytest.mark.parametrize(("days", "suspended"), [(6.9, True), (7.1, False), (30, False)])
def test_an_old_key_that_is_found_later_switches_nobody_off(
    client: Client, old: Pretend, new: Pretend, days: float, suspended: bool
) -> None:
    overtaken(client, old, new, days)
    assert hears(client, old) == ((409, "identity_forked") if suspended else ENDED)
    assert (Reader.objects.get().state == "suspended") is suspended
    assert Alarm.objects.get().kind == AlarmKind.IDENTITY_FORKED, "somebody must look all the same"
    assert hears(client, new) == ((403, "reader_suspended") if suspended else GOOD)


def test_one_that_is_switched_off_by_hand_is_told_nothing_of_a_fork(
    client: Client, old: Pretend, new: Pretend
) -> None:
    overtaken(client, old, new, 1)
    services.suspend_reader(reader=Reader.objects.get(), by=BY)
    assert hears(client, old) == ENDED
    assert Alarm.objects.count() == 1


def test_pairing_again_ends_all_of_it(
    client: Client, old: Pretend, new: Pretend, in_acme: CompanyRef
) -> None:
    announce(client, old, new)
    assert hears(client, new) == GOOD
    third = new.with_key(Ed25519Signer.generate())
    announce(client, new, third)
    row = Reader.objects.get()
    again = old.with_key(Ed25519Signer.generate())
    ticket = services.start_pairing(
        name=row.name, access_point=row.access_point, kind=ReaderKind.PROGRAM, by=BY, replaces=row
    )
    services.pair(company=in_acme.uid, proof=again.proof(ticket.shown), now=timezone.now())
    assert hears(client, again) == GOOD
    gone = (401, "key_unknown")
    assert [hears(client, one) for one in (old, new, third)] == [gone] * 3
    assert Reader.objects.get().next_key is None


def contact(client: Client, reader: Pretend, token: str = "") -> Any:
    at_ms = int(timezone.now().timestamp() * 1000)
    body = {"token": token, "nonce": b64(bytes(16)), "at_ms": at_ms, "queue": 0}
    answer = reader.call(client, "POST", CONTACT, body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_wish_is_told_until_it_was_followed(client: Client, old: Pretend, new: Pretend) -> None:
    row = Reader.objects.get()
    services.ask_renewal(reader=row, by=BY)
    services.ask_renewal(reader=row, by=BY)
    assert verbs() == ["reader_key_renewal_asked"]
    assert contact(client, old)["renew"]
    announce(client, old, new)
    assert contact(client, old)["renew"]
    assert not contact(client, new)["renew"]
    assert ReaderHealth.objects.get().renewal_asked_at is None


def test_a_year_is_told_as_well(client: Client, old: Pretend) -> None:
    Reader.objects.update(paired_at=timezone.now() - timedelta(days=366))
    assert contact(client, old)["renew"]
    Reader.objects.update(key_since=timezone.now() - timedelta(days=364))
    assert not contact(client, old)["renew"]


def test_a_page_a_wiped_and_a_retired_reader_cannot(dora: Pretend) -> None:
    row = Reader.objects.get()
    Reader.objects.update(kind=ReaderKind.BROWSER)
    with pytest.raises(ReaderRefused, match=Refusal.KEY_STAYS):
        services.ask_renewal(reader=row, by=BY)
    Reader.objects.update(kind=ReaderKind.PROGRAM)
    services.ask_wipe(reader=row, by=BY)
    with pytest.raises(ReaderRefused, match=Refusal.READER_WIPED):
        services.ask_renewal(reader=row, by=BY)
    services.retire_reader(reader=row, by=BY)
    with pytest.raises(ReaderRefused, match=Refusal.READER_RETIRED):
        services.ask_renewal(reader=row, by=BY)


def test_a_suspended_reader_renews_nothing(client: Client, old: Pretend, new: Pretend) -> None:
    services.suspend_reader(reader=Reader.objects.get(), by=BY)
    answer = old.call(client, "POST", KEY, old.renewal(new.key))
    assert said(answer) == (403, "reader_suspended")


def ack(client: Client, under: Pretend, signer: Pretend, at_ms: int) -> int:
    epoch, seq = Reader.objects.values_list("applied_epoch", "applied_seq").get()
    said = signer.ack(epoch=epoch, seq=seq, at_ms=at_ms)
    body = {"epoch": epoch, "seq": seq, "at_ms": at_ms, "sig": b64(said.sig)}
    status: int = under.call(client, "POST", "/api/v1/readers/acks", body).status_code
    return status


def test_an_acknowledgement_from_before_still_counts(client: Client, old: Pretend, new: Pretend) -> None:
    announce(client, old, new)
    now_ms = int(timezone.now().timestamp() * 1000)
    assert ack(client, old, new, now_ms) == 204  # announced: it may sign
    assert hears(client, new) == GOOD
    assert ack(client, new, old, now_ms) == 204
    assert ack(client, new, old, now_ms + 120_000) == 401  # after its end nothing of it does
    assert ack(client, old, old, now_ms) == 401


def test_the_triggers_of_a_company_know_the_new_columns(dora: Pretend) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'policy_touch_reader_update'"
            " AND tgrelid = 'readers_reader'::regclass"
        )
        (found,) = cursor.fetchone()
    assert "next_key" in found
    assert "key_ends" in found


def test_the_vector_of_a_proof_is_literally_this() -> None:
    key = Ed25519Public(Ed25519Signer(bytes(32)).public.raw)
    signed = wire.renew_bytes(company=bytes(16), reader=3, new_key=b"new", old_key=key.raw)
    assert (
        signed
        == b"sallyport/renew/1\0"
        + bytes(16)
        + b"\0\0\0\3"
        + bytes.fromhex(wire.key_print(key.raw))
        + b"\0\3new"
    )
