"""What persons took back, in the keys database: a restore of an older main database must not give it again.

Opaque ids only. Written after the commit of what took it back; `note` repeats it for what a crash left out.
"""

from collections.abc import Iterable
from uuid import UUID

from tenants import context
from vault.keystore.models import TakenBack


def note(records: Iterable[UUID]) -> int:
    """Put these ids of the current company down; returns how many were not there."""
    company, wanted = UUID(bytes=context.current().uid), set(records)
    there = set(TakenBack.objects.filter(record__in=wanted).values_list("record", flat=True))
    rows = [TakenBack(record=one, company=company) for one in sorted(wanted - there)]
    TakenBack.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def noted() -> set[UUID]:
    """All of the current company."""
    company = UUID(bytes=context.current().uid)
    return set(TakenBack.objects.filter(company=company).values_list("record", flat=True))
