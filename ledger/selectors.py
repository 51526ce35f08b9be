"""Reads of the policy, the record and the outbox."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from ledger.models import LedgerEntry, Outbox


@dataclass(frozen=True, slots=True)
class PolicyDelta:
    """What changed after a number. `seq` is where the policy stands once all of `changes` are applied.

    `changes` are (seq, kind, handle) in order. `complete` is False when there is more than was asked for.
    """

    epoch: int
    seq: int
    changes: tuple[tuple[int, str, int], ...]
    complete: bool


def current_policy() -> tuple[int, int]:
    """(epoch, seq) of the current company's policy as this transaction sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT epoch, seq FROM ledger_policycounter WHERE id = 1")
        row = cursor.fetchone()
    if row is None:
        msg = "this company has no policy counter"
        raise LookupError(msg)
    return int(row[0]), int(row[1])


def policy_delta(epoch: int, seq: int, *, limit: int = 5000) -> PolicyDelta | None:
    """What changed after (epoch, seq), in one snapshot; None when only starting over helps.

    That is so for another epoch, a number from the future, and one so old that its changes are no longer
    kept. Changes of one number are never torn apart: a reader at `delta.seq` has all of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.epoch, c.seq, c.pruned, p.seq, p.kind, p.handle FROM ledger_policycounter c"
            " LEFT JOIN LATERAL (SELECT seq, kind, handle FROM ledger_policychange"
            "   WHERE seq > %s AND seq <= c.seq ORDER BY seq FETCH FIRST %s ROWS WITH TIES) p ON true"
            " WHERE c.id = 1 ORDER BY p.seq, p.kind, p.handle",
            [seq, limit],
        )
        rows = cursor.fetchall()
    if not rows:
        msg = "this company has no policy counter"
        raise LookupError(msg)
    now_epoch, now_seq, pruned = rows[0][:3]
    if epoch != now_epoch or not pruned <= seq <= now_seq:
        return None
    changes = tuple((row[3], row[4], row[5]) for row in rows if row[3] is not None)
    complete = len(changes) < limit or changes[-1][0] == now_seq
    return PolicyDelta(now_epoch, now_seq if complete else changes[-1][0], changes, complete)


def deeds() -> QuerySet[LedgerEntry]:
    """Deeds, newest first."""
    return LedgerEntry.objects.order_by("-at", "-id")


def parked() -> QuerySet[Outbox]:
    """Announcements given up on, newest first."""
    return Outbox.objects.filter(parked__isnull=False).order_by("-parked")
