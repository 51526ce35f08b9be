"""The whole verification in one snapshot."""

from collections.abc import Callable

from django.db import connection, transaction

from ledger.verify.chain import Chain
from ledger.verify.counts import check_counts
from ledger.verify.pruned import Gone
from ledger.verify.registry import checks, counts
from ledger.verify.report import EnoughError, Report, Tally
from ledger.verify.rows import check_rows
from tenants import context
from tenants.models import Company


def verify(
    company: Company | context.CompanyRef,
    *,
    most: int = 20,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Recompute the company's record from its rows: leaves, batches, Merkle roots, checkpoints, witnesses.

    Reads one snapshot and streams it: memory does not grow with the record. Stops at `most` findings.
    `progress(done, total)` is called with counts of batches. What is removed before it was sealed, together
    with its pending row, leaves no trace here: the readers' gap-free counters and the witnesses tell that.
    """
    with context.enter(company) as ref:
        tally = Tally(most, progress)
        with transaction.atomic():
            one_snapshot()
            tally.total = _batches()
            try:
                Chain(ref.uid, tally).check()
                gone = Gone()
                check_rows(ref.uid, gone, tally)
                for function in checks.values():
                    for problem in function():
                        tally.bad(*problem)
                for kind in sorted(counts):
                    check_counts(kind, counts[kind](None, None), gone, tally)
            except EnoughError:
                pass
        return tally.report(ref.subdomain or ref.name)


def one_snapshot() -> None:
    """The rest of the transaction reads one state of the database and writes nothing."""
    # Inside a caller's transaction (a test) the isolation is the caller's.
    if len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _batches() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_sealedbatch) + (SELECT count(*) FROM ledger_pendingbatch)"
        )
        return int(cursor.fetchone()[0])
