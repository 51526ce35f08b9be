"""The verification finds every way of altering the record that an owner of the database has."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ledger.models import Checkpoint
from ledger.sealing import checkpoint_bytes
from ledger.verify import Report, Witness, check, verify, witness
from sallyport import ledger as core
from sallyport.keys import Ed25519Signer
from tenants import context
from tests.ledger.tamper import scan_batch, scans_of_the_test, sql, write_record


@pytest.fixture
def recorded(in_acme: context.CompanyRef) -> Iterator[context.CompanyRef]:
    """Acme with a record of some length."""
    with scans_of_the_test():
        write_record(in_acme)
        yield in_acme


def codes(report: Report) -> set[str]:
    return {found.code for found in report.findings}


def test_an_honest_record_holds(recorded: context.CompanyRef) -> None:
    report = verify(recorded)
    assert report.ok, report.findings
    assert report.checkpoints == Checkpoint.objects.count() == 3
    assert report.pending == 3
    assert report.rows["scan"] == 12
    assert report.rows["deed"] >= 8


DEED = "(SELECT id FROM ledger_ledgerentry WHERE handle = 1 AND verb = 'door_opened' LIMIT 1)"
PENDING = "(SELECT id FROM ledger_ledgerentry WHERE handle = 4 AND verb = 'door_opened' LIMIT 1)"
SCAN = "(SELECT batch FROM scan_row WHERE what = '2a')"
LAST = "(SELECT max(number) FROM ledger_checkpoint)"

TAMPERED = {
    "a deed changed": (
        f"UPDATE ledger_ledgerentry SET actor = 'operator:9' WHERE id = {DEED}",
        "row_changed",
    ),
    "a deed's data changed": (
        f"UPDATE ledger_ledgerentry SET data = '{{\"a\": 1}}' WHERE id = {DEED}",
        "row_changed",
    ),
    "a deed moved in time": (
        f"UPDATE ledger_ledgerentry SET at = at + interval '1 microsecond' WHERE id = {DEED}",
        "row_changed",
    ),
    "a deed with a payload put in": (
        f"UPDATE ledger_ledgerentry SET payload = '\\x00' WHERE id = {DEED}",
        "row_changed",
    ),
    "a deed's data unhashable": (
        f"UPDATE ledger_ledgerentry SET data = '{{\"a\": 1.5}}' WHERE id = {DEED}",
        "row_changed",
    ),
    "a deed not yet sealed changed": (
        f"UPDATE ledger_ledgerentry SET verb = 'x' WHERE id = {PENDING}",
        "row_changed",
    ),
    "a deed removed": (f"DELETE FROM ledger_ledgerentry WHERE id = {DEED}", "rows_removed"),
    "a deed not yet sealed removed": (f"DELETE FROM ledger_ledgerentry WHERE id = {PENDING}", "rows_removed"),
    "a scan changed": ("UPDATE scan_row SET what = 'x' WHERE what = '2b'", "row_changed"),
    "a scan changed with its leaf": (
        "UPDATE scan_row a SET what = b.what, leaf = b.leaf FROM scan_row b"
        " WHERE a.what = '2b' AND b.what = '2a'",
        "batch_changed",
    ),
    "a scan removed": ("DELETE FROM scan_row WHERE what = '2b'", "row_removed"),
    "the last scan of a batch removed": ("DELETE FROM scan_row WHERE what = '2c'", "row_removed"),
    "a scan removed, the rest renumbered": (
        "WITH gone AS (DELETE FROM scan_row WHERE what = '2a' RETURNING batch)"
        " UPDATE scan_row s SET batch_index = batch_index - 1 FROM gone"
        " WHERE s.batch = gone.batch AND s.what <> '2a'",
        "row_removed",
    ),
    "scans reordered": (
        "UPDATE scan_row SET batch_index = 1 - batch_index WHERE what IN ('2a', '2b')",
        "batch_changed",
    ),
    "scans swapped between batches": (
        "UPDATE scan_row a SET batch = b.batch FROM scan_row b"
        " WHERE (a.what, b.what) IN (('1b', '2b'), ('2b', '1b'))",
        "batch_changed",
    ),
    "a scan inserted into a batch": (
        "INSERT INTO scan_row SELECT batch, 3, leaf, what FROM scan_row WHERE what = '2a'",
        "row_inserted",
    ),
    "a scan inserted twice under one index": (
        "INSERT INTO scan_row SELECT * FROM scan_row WHERE what = '2a'",
        "batch_changed",
    ),
    "a scan of no batch inserted": (
        "INSERT INTO scan_row SELECT gen_random_uuid(), 0, leaf, what FROM scan_row WHERE what = '2a'",
        "row_inserted",
    ),
    "a scan without batch inserted": (
        "INSERT INTO scan_row SELECT NULL, 0, leaf, what FROM scan_row WHERE what = '2a'",
        "row_inserted",
    ),
    "a scan posing as a deed's": (
        "INSERT INTO scan_row SELECT l.batch, 0, s.leaf, s.what FROM scan_row s, ledger_ledgerentry l"
        " WHERE s.what = '2a' AND l.handle = 1",
        "row_inserted",
    ),
    "a sealed batch removed": (
        "DELETE FROM ledger_sealedbatch WHERE position ="
        " (SELECT first_position + 1 FROM ledger_checkpoint WHERE number = 2)",
        "batch_removed",
    ),
    "a sealed batch and its rows removed": (
        f"WITH gone AS (DELETE FROM ledger_sealedbatch WHERE batch = {SCAN} RETURNING batch)"
        " DELETE FROM scan_row s USING gone WHERE s.batch = gone.batch",
        "batch_removed",
    ),
    "sealed batches reordered": (
        "UPDATE ledger_sealedbatch s SET position = -position WHERE position IN (1, 2);"
        "UPDATE ledger_sealedbatch SET position = 3 + position WHERE position IN (-1, -2)",
        "root_differs",
    ),
    "a sealed batch's hash changed": (
        "UPDATE ledger_sealedbatch SET hash = sha256('x') WHERE position = 2",
        "root_differs",
    ),
    "a sealed batch's count changed": (
        f"UPDATE ledger_sealedbatch SET count = 2 WHERE batch = {SCAN}",
        "row_inserted",
    ),
    "a sealed batch's kind changed": (
        "UPDATE ledger_sealedbatch SET kind = 'other' WHERE position = 2",
        "unknown_kind",
    ),
    "a sealed batch put at the end": (
        "INSERT INTO ledger_sealedbatch SELECT position + 1, gen_random_uuid(), kind, count, hash"
        " FROM ledger_sealedbatch ORDER BY position DESC LIMIT 1",
        "checkpoint_removed",
    ),
    "a pending row's hash changed": (
        "UPDATE ledger_pendingbatch SET hash = sha256('x') WHERE kind = 'scan'",
        "batch_changed",
    ),
    "a pending row's count changed": ("UPDATE ledger_pendingbatch SET count = 9", "row_removed"),
    "a pending row removed": ("DELETE FROM ledger_pendingbatch WHERE kind = 'scan'", "row_inserted"),
    "a checkpoint in the middle removed": (
        "DELETE FROM ledger_checkpoint WHERE number = 2",
        "checkpoint_removed",
    ),
    "the first checkpoint removed": ("DELETE FROM ledger_checkpoint WHERE number = 1", "checkpoint_removed"),
    "the last checkpoint removed": (
        f"DELETE FROM ledger_checkpoint WHERE number = {LAST}",
        "checkpoint_removed",
    ),
    "a checkpoint's root changed": (
        "UPDATE ledger_checkpoint SET root = sha256('x') WHERE number = 2",
        "checkpoint_changed",
    ),
    "a checkpoint's time changed": (
        "UPDATE ledger_checkpoint SET at = at + interval '1 hour' WHERE number = 2",
        "checkpoint_changed",
    ),
    "a checkpoint unlinked": (
        "UPDATE ledger_checkpoint SET previous_hash = sha256('x') WHERE number = 3",
        "checkpoint_unlinked",
    ),
    "a checkpoint's hash too short": (
        "UPDATE ledger_checkpoint SET root = '\\x00' WHERE number = 2",
        "checkpoint_forged",
    ),
    "a checkpoint's signer changed": (
        "UPDATE ledger_checkpoint SET signer = 'nobody' WHERE number = 2",
        "checkpoint_forged",
    ),
    "a cut tail older than the last checkpoint": (
        "WITH gone AS (DELETE FROM ledger_sealedbatch WHERE position >="
        " (SELECT first_position FROM ledger_checkpoint WHERE number = 2) RETURNING batch)"
        " DELETE FROM scan_row s USING gone WHERE s.batch = gone.batch",
        "batch_removed",
    ),
}


@pytest.mark.parametrize(("statement", "code"), TAMPERED.values(), ids=TAMPERED)
def test_tampering_is_found(recorded: context.CompanyRef, statement: str, code: str) -> None:
    sql(statement.replace("%", "%%"))
    report = verify(recorded)
    assert not report.ok
    assert code in codes(report), report.findings


def forge(number: int, key: Ed25519Signer) -> Checkpoint:
    """Rewrite a checkpoint as somebody does who has the database and a key of their own."""
    row = Checkpoint.objects.get(number=number)
    row.at += timedelta(hours=1)
    signed = checkpoint_bytes(context.current().uid, row)
    row.hash, row.signature = core.checkpoint_hash(signed), key.sign(signed)
    sql(
        "UPDATE ledger_checkpoint SET at = %s, hash = %s, signature = %s, signer = %s WHERE number = %s",
        row.at,
        row.hash,
        row.signature,
        key.public.raw.hex(),
        number,
    )
    return row


def test_a_checkpoint_forged_without_the_key_is_found(recorded: context.CompanyRef) -> None:
    forge(Checkpoint.objects.count(), Ed25519Signer.generate())
    assert codes(verify(recorded)) == {"checkpoint_forged"}


def test_a_key_slipped_into_the_vaults_table_signs_nothing(recorded: context.CompanyRef) -> None:
    key = Ed25519Signer.generate()
    forge(Checkpoint.objects.count(), key)
    sql(
        "INSERT INTO vault_signingkey (purpose, seed_wrapped, public, created_at, retired_at)"
        " VALUES ('checkpoint', %s, %s, now(), now())",
        b"\1" + bytes(60),
        key.public.raw,
    )
    assert codes(verify(recorded)) == {"checkpoint_forged"}


def seen(*numbers: int) -> Callable[[], Iterator[Witness]]:
    rows = Checkpoint.objects.filter(number__in=numbers).order_by("number")
    held = [Witness(row.number, bytes(row.hash), "Dock") for row in rows]
    return lambda: iter(held)


def test_a_tail_cut_with_its_checkpoint_is_known_by_the_witness(recorded: context.CompanyRef) -> None:
    last = Checkpoint.objects.count()
    witness("readers")(seen(1, last))
    report = verify(recorded)
    assert (report.ok, report.witnessed) == (True, 2)
    sql(
        "WITH gone AS (DELETE FROM ledger_sealedbatch WHERE position >="
        " (SELECT first_position FROM ledger_checkpoint WHERE number = %s) RETURNING batch),"
        " scans AS (DELETE FROM scan_row s USING gone WHERE s.batch = gone.batch)"
        " DELETE FROM ledger_ledgerentry l USING gone WHERE l.batch = gone.batch",
        last,
    )
    sql("DELETE FROM ledger_checkpoint WHERE number = %s", last)
    assert codes(verify(recorded)) == {"tail_cut"}


def test_a_record_written_anew_is_a_fork_to_the_witness(recorded: context.CompanyRef) -> None:
    """Even who holds the signing key cannot rewrite what a reader has countersigned."""
    from vault.selectors import checkpoint_signer

    last = Checkpoint.objects.count()
    witness("readers")(seen(last))
    forge(last, checkpoint_signer())
    assert codes(verify(recorded)) == {"forked"}


def test_a_check_of_another_room_counts(recorded: context.CompanyRef) -> None:
    check("counters")(lambda: [("counter_gap", "reader 3", "Event 17 is missing.")])
    assert codes(verify(recorded)) == {"counter_gap"}


def test_it_stops_at_as_many_findings_as_asked_for(recorded: context.CompanyRef) -> None:
    sql("UPDATE scan_row SET what = 'x'")
    assert len(verify(recorded, most=1).findings) == 1
    assert len(verify(recorded, most=3).findings) == 3


def test_progress_is_told(recorded: context.CompanyRef) -> None:
    told: list[tuple[int, int]] = []
    verify(recorded, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 0


def test_the_command_tells_people_and_fails_when_it_should(recorded: context.CompanyRef) -> None:
    out = StringIO()
    call_command("ledger", "verify", "--company", "acme", stdout=out)
    assert "acme: the record holds." in out.getvalue()
    sql("UPDATE scan_row SET what = 'x' WHERE what = '2b'")
    with pytest.raises(CommandError, match="does not hold: acme"):
        call_command("ledger", "verify", "--company", "acme", stdout=out)
    assert "row 1: The row is not what was recorded. (row_changed)" in out.getvalue()
    with pytest.raises(CommandError, match="There is no company 'nobody'"):
        call_command("ledger", "verify", "--company", "nobody", stdout=out)


def test_a_long_batch_does_not_fool_the_count(recorded: context.CompanyRef) -> None:
    scan_batch(*(str(number) for number in range(2500)))
    assert verify(recorded).ok
    sql("UPDATE scan_row SET what = 'x' WHERE what = '2499'")
    assert codes(verify(recorded)) == {"row_changed"}
