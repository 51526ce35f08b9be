"""Deeds and handles: in the caller's transaction, dense, with what is personal out of sight."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from ledger import hints
from ledger.leaves import canonical_json
from ledger.models import Checkpoint, LedgerEntry, PendingBatch, SealedBatch
from ledger.payloads import open_payload
from ledger.sealing import seal
from ledger.services import emit, next_handle, record
from sallyport.ledger import batch_hash
from tenants import context
from vault.models import Subject
from vault.services import create_subject, destroy_subject_key

NAME = "Hedwig Holder"


def entry() -> LedgerEntry:
    return record(
        actor="operator:1", verb="holder_added", subject_kind="holder", handle=7, data={"b": 1, "a": "x"}
    )


def test_a_deed_comes_with_its_pending_batch(in_acme: context.CompanyRef) -> None:
    made = entry()
    stored = LedgerEntry.objects.get(pk=made.pk)
    pending = PendingBatch.objects.get(batch=made.batch)
    assert (stored.actor, stored.verb, stored.handle) == ("operator:1", "holder_added", 7)
    assert (pending.kind, pending.count) == ("deed", 1)
    assert bytes(pending.hash) == batch_hash([bytes(stored.leaf)])


def test_a_deed_stands_exactly_if_its_transaction_does(in_acme: context.CompanyRef) -> None:
    count = LedgerEntry.objects.count(), PendingBatch.objects.count()
    with suppress(ZeroDivisionError), transaction.atomic():
        entry()
        raise ZeroDivisionError
    assert (LedgerEntry.objects.count(), PendingBatch.objects.count()) == count


def test_outside_a_transaction_nothing_is_recorded(own_company: context.CompanyRef) -> None:
    with context.enter(own_company):
        for refused in (entry, lambda: next_handle("holder"), lambda: emit("x")):
            with pytest.raises(transaction.TransactionManagementError):
                refused()


def test_what_is_personal_is_ciphertext(in_acme: context.CompanyRef) -> None:
    subject = create_subject()
    made = record(actor="operator:1", verb="holder_added", subject=subject, payload={"name": NAME})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(e)::text, payload FROM ledger_ledgerentry e WHERE id = %s", [made.pk]
        )
        row, payload = cursor.fetchone()
    assert NAME not in row
    assert NAME.encode() not in bytes(payload)
    assert open_payload(subject=subject.pk, entry=made.pk, sealed=bytes(payload)) == {"name": NAME}


def test_equal_payloads_do_not_look_alike(in_acme: context.CompanyRef) -> None:
    subject = create_subject()
    first, second = (record(actor="system", verb="x", subject=subject, payload={"name": NAME}) for _ in "ab")
    assert first.payload != second.payload
    assert first.leaf != second.leaf


def test_a_payload_needs_its_subject(in_acme: context.CompanyRef) -> None:
    with pytest.raises(ValueError, match="subject"):
        record(actor="system", verb="x", payload={"name": NAME})


def test_erasing_a_person_leaves_the_record_and_hides_the_payload(own_company: context.CompanyRef) -> None:
    from ledger.verify import verify

    with context.enter(own_company):
        with transaction.atomic():
            subject: Subject = create_subject()
            made = record(actor="system", verb="x", subject=subject, payload={"name": NAME})
        seal(own_company)
        with transaction.atomic():
            destroy_subject_key(subject)
        assert open_payload(subject=subject.pk, entry=made.pk, sealed=bytes(made.payload or b"")) is None
    assert verify(own_company).ok


@pytest.mark.parametrize("data", [{"a": 1.5}, {"a": [{"b": 0.1}]}])
def test_floats_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        canonical_json(data)


def test_one_spelling(in_acme: context.CompanyRef) -> None:
    assert canonical_json({"b": [1, None, True], "a": "ü"}) == '{"a":"ü","b":[1,null,true]}'
    made = entry()
    stored = LedgerEntry.objects.get(pk=made.pk)
    assert (
        canonical_json(stored.data)
        == canonical_json(made.data)
        == json.dumps({"a": "x", "b": 1}, separators=(",", ":"))
    )


def test_times_are_whole_milliseconds(in_acme: context.CompanyRef) -> None:
    made = entry()
    assert made.at.microsecond % 1000 == 0
    assert abs((datetime.now(UTC) - made.at).total_seconds()) < 60


def test_handles_are_dense_and_per_kind(own_company: context.CompanyRef) -> None:
    with context.enter(own_company):
        with transaction.atomic():
            first = next_handle("device")
        with suppress(ZeroDivisionError), transaction.atomic():
            assert next_handle("device") == first + 1
            raise ZeroDivisionError
        with transaction.atomic():
            assert next_handle("device") == first + 1, "what was rolled back is not skipped"
            assert next_handle("reader") == next_handle("reader") - 1


def test_an_unknown_kind_of_handle_is_refused(in_acme: context.CompanyRef) -> None:
    with pytest.raises(ValueError, match="no such kind"):
        next_handle("door")  # type: ignore[arg-type]


@pytest.mark.parametrize("model", [LedgerEntry, SealedBatch, Checkpoint])
@pytest.mark.parametrize("deed", ["update", "delete"])
def test_the_record_is_written_once(in_acme: context.CompanyRef, model: type, deed: str) -> None:
    entry()
    seal(in_acme)
    rows = model.objects.all()  # type: ignore[attr-defined]
    assert rows.exists()
    field = model._meta.concrete_fields[-1].attname  # type: ignore[attr-defined]
    value = rows.values_list(field, flat=True)[0]
    change = rows.delete if deed == "delete" else partial(rows.update, **{field: value})
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        change()


def test_retention_may_with_its_setting(in_acme: context.CompanyRef) -> None:
    entry()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL sallyport.ledger_maintenance = 'on'")
    assert LedgerEntry.objects.all().delete()[0] > 0


class Hints:
    """Stands in for the notes to Valkey."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dirty: list[int] = []
        self.deliver: list[int] = []
        self.policy: list[tuple[int, int, int]] = []
        monkeypatch.setattr(hints, "mark_dirty", self.dirty.append)
        monkeypatch.setattr(hints, "ask_delivery", self.deliver.append)
        monkeypatch.setattr(hints, "tell_policy", lambda *said: self.policy.append(said))


def test_one_kick_per_transaction(own_company: context.CompanyRef, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Hints(monkeypatch)
    with context.enter(own_company), transaction.atomic():
        entry()
        emit("x")
        with suppress(ZeroDivisionError), transaction.atomic():
            emit("y")
            raise ZeroDivisionError
        assert not told.dirty, "not before commit"
    assert told.dirty == told.deliver == [own_company.id]


def test_a_kick_from_an_inner_savepoint_is_not_lost(
    own_company: context.CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Hints(monkeypatch)
    with context.enter(own_company), transaction.atomic():
        with suppress(ZeroDivisionError), transaction.atomic():
            emit("x")
            raise ZeroDivisionError
        emit("y")
    assert told.deliver == [own_company.id]


def test_the_moved_policy_is_told_after_commit(
    probed: context.CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.selectors import current_policy

    told = Hints(monkeypatch)
    with transaction.atomic():
        entry()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE probe SET state = 'revoked'")
    assert told.policy == [(probed.id, *current_policy())]
    with transaction.atomic():
        entry()
    assert len(told.policy) == 1, "nothing moved, nothing told"
