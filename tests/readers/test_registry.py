"""Deeds on readers, their effect on the policy, and how the console sees them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from access.models import AccessPoint
from ledger.models import LedgerEntry, PolicyChange
from ledger.services import current_policy
from readers import selectors, services
from readers.keys import verify_key
from readers.models import Reader, ReaderAck, ReaderKind, ReaderState
from readers.refusals import ReaderRefused, Refusal
from tenants.refs import CompanyRef
from tests.readers.conftest import BY, lay_door, lay_reader
from tests.readers.pretend import Pretend


def row(reader: Pretend) -> Reader:
    return Reader.objects.get(handle=reader.handle)


def ack(reader: Pretend, epoch: int, seq: int, by: Pretend | None = None) -> services.Ack:
    said = (by or reader).ack(epoch=epoch, seq=seq)
    key = verify_key(reader.key.algorithm, reader.key.public.raw)
    return services.Ack(reader.handle, said.epoch, said.seq, said.at_ms, said.sig, key)


def record(company: CompanyRef, *acks: services.Ack, known: tuple[int, int]) -> list[services.AckVerdict]:
    return services.record_acks(company=company.uid, acks=acks, known=known)


def test_every_deed_is_on_record_under_who_did_it(in_acme: CompanyRef, dora: Pretend) -> None:
    services.rename_reader(reader=row(dora), name="  Front   desk ", by=BY)
    services.move_reader(reader=row(dora), access_point=lay_door("Dock"), by=BY)
    services.suspend_reader(reader=row(dora), by=BY)
    services.resume_reader(reader=row(dora), by=BY)
    services.retire_reader(reader=row(dora), by=BY)
    verbs = LedgerEntry.objects.filter(subject_kind="reader", actor=BY).order_by("at")
    assert [entry.verb for entry in verbs if entry.verb.startswith("reader_")] == [
        "reader_renamed",
        "reader_moved",
        "reader_suspended",
        "reader_resumed",
        "reader_retired",
    ]
    assert row(dora).name == "Front desk"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_that_is_none_is_refused(dora: Pretend, name: str) -> None:
    with pytest.raises(ReaderRefused) as refusal:
        services.rename_reader(reader=row(dora), name=name, by=BY)
    assert refusal.value.code is Refusal.NAME_MALFORMED


def test_two_readers_do_not_share_a_name(in_acme: CompanyRef, dora: Pretend, front_door: AccessPoint) -> None:
    dock = lay_reader(in_acme, "Dock", front_door)
    with pytest.raises(ReaderRefused) as refusal:
        services.rename_reader(reader=row(dock), name="Dora", by=BY)
    assert refusal.value.code is Refusal.NAME_TAKEN
    services.retire_reader(reader=row(dora), by=BY)
    assert services.rename_reader(reader=row(dock), name="Dora", by=BY).name == "Dora"


@pytest.mark.parametrize(
    "deed",
    [
        lambda reader, point: services.rename_reader(reader=reader, name="New", by=BY),
        lambda reader, point: services.move_reader(reader=reader, access_point=point, by=BY),
        lambda reader, point: services.resume_reader(reader=reader, by=BY),
        lambda reader, point: services.start_pairing(
            name="New", access_point=point, kind=ReaderKind.PROGRAM, by=BY, replaces=reader
        ),
    ],
)
def test_a_retired_reader_stays_retired(dora: Pretend, front_door: AccessPoint, deed: Any) -> None:
    retired = services.retire_reader(reader=row(dora), by=BY)
    with pytest.raises(ReaderRefused) as refusal:
        deed(retired, front_door)
    assert refusal.value.code is Refusal.READER_RETIRED
    assert row(dora).state == ReaderState.RETIRED


def committed() -> tuple[int, int]:
    """The policy's number once the deferred triggers of this test's transaction have run."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return current_policy()


def test_moving_and_suspending_move_the_policy_and_living_does_not(
    in_acme: CompanyRef, dora: Pretend
) -> None:
    committed()
    PolicyChange.objects.all().delete()
    services.rename_reader(reader=row(dora), name="New", by=BY)
    services.touch_readers(handles=[dora.handle], now=timezone.now() + timedelta(hours=1))
    record(in_acme, ack(dora, 1, 1), known=(1, 1))
    committed()
    assert not PolicyChange.objects.exists()
    services.suspend_reader(reader=row(dora), by=BY)
    committed()
    assert PolicyChange.objects.filter(kind="reader", handle=dora.handle).exists()


def test_a_batch_keeps_what_holds_and_names_what_does_not(
    in_acme: CompanyRef, dora: Pretend, front_door: AccessPoint
) -> None:
    dock = lay_reader(in_acme, "Dock", front_door)
    Reader.objects.update(applied_epoch=1, applied_seq=0)
    thief = Pretend(in_acme, handle=dock.handle)
    verdicts = record(
        in_acme,
        ack(dora, 1, 3),
        ack(dora, 1, 2),
        ack(dock, 1, 3, by=thief),
        ack(dock, 1, 9),
        known=(1, 3),
    )
    kinds = services.AckVerdict
    assert verdicts == [kinds.STORED, kinds.STORED, kinds.WRONG_SIGNATURE, kinds.AHEAD]
    assert list(ReaderAck.objects.order_by("seq").values_list("reader_id", "seq")) == [
        (dora.handle, 2),
        (dora.handle, 3),
    ]
    assert (row(dora).applied_seq, row(dock).applied_seq) == (3, 0)


def test_a_repeated_and_an_older_word_change_nothing(in_acme: CompanyRef, dora: Pretend) -> None:
    Reader.objects.update(applied_epoch=1, applied_seq=0)
    record(in_acme, ack(dora, 1, 5), known=(1, 5))
    first = ReaderAck.objects.get().received_at
    record(in_acme, ack(dora, 1, 5), known=(1, 5))
    record(in_acme, ack(dora, 1, 4), known=(1, 5))
    assert ReaderAck.objects.get(seq=5).received_at == first
    assert row(dora).applied_seq == 5


def test_a_batch_is_one_statement(in_acme: CompanyRef, dora: Pretend, django_assert_num_queries: Any) -> None:
    acks = [ack(dora, 1, seq) for seq in range(1, 50)]
    with django_assert_num_queries(1):
        record(in_acme, *acks, known=(1, 50))


def test_progress_tells_where_a_change_is_dead_and_who_is_missing(
    in_acme: CompanyRef, dora: Pretend, front_door: AccessPoint
) -> None:
    dock = lay_reader(in_acme, "Dock", front_door)
    past = timezone.now() - timedelta(minutes=11)
    Reader.objects.update(applied_epoch=1, applied_seq=0, paired_at=past, last_heard=past)
    gone = lay_reader(in_acme, "Gone", front_door)
    services.retire_reader(reader=row(gone), by=BY)
    epoch, seq = committed()
    record(in_acme, ack(dora, epoch, seq), known=(epoch, seq))

    progress = selectors.revocation_progress(seq)

    assert [item.name for item in progress.dead] == ["Dora"]
    assert [(item.name, item.last_heard) for item in progress.waiting] == [("Dock", past)]
    assert (progress.total, progress.complete) == (2, False)
    assert progress.slowest_ms is not None
    record(in_acme, ack(dock, epoch, seq), known=(epoch, seq))
    assert selectors.revocation_progress(seq).complete


def test_the_list_says_in_one_word_how_a_reader_is(in_acme: CompanyRef, dora: Pretend) -> None:
    now = timezone.now()
    epoch, seq = committed()

    def word() -> str:
        return selectors.health(now)[0].state

    Reader.objects.update(applied_epoch=epoch, applied_seq=seq, last_heard=now)
    assert word() == "ready"
    Reader.objects.update(applied_seq=seq - 1)
    assert word() == "behind"
    Reader.objects.update(last_heard=now - timedelta(minutes=2))
    assert word() == "quiet"
    Reader.objects.update(fork_alarm_at=now)
    assert word() == "alarm"
    services.suspend_reader(reader=row(dora), by=BY)
    assert word() == "suspended"
