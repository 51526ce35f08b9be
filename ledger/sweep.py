"""Which companies have something to seal or to deliver: few statements, however many companies there are.

One whose tables are locked, as by a long migration, is passed over and found in the next round.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import OperationalError, connection
from psycopg import sql

from tenants import context, patience
from tenants.celery import active_companies
from tenants.refs import CompanyRef

COMPANIES_AT_ONCE = 100
LOCK_MS = 200

log = logging.getLogger(__name__)

HAS_WORK = sql.SQL(
    "SELECT {number} WHERE EXISTS (SELECT FROM {schema}.ledger_pendingbatch)"
    " OR EXISTS (SELECT FROM {schema}.ledger_outbox WHERE done IS NULL AND parked IS NULL AND due <= {now})"
)


# A stream is behind when the newest checkpoint, or the last position under it, lies beyond its cursor.
HAS_STREAM = sql.SQL(
    "SELECT {number} WHERE EXISTS (SELECT FROM {schema}.ledger_stream s,"
    " LATERAL (SELECT number, last_position FROM {schema}.ledger_checkpoint ORDER BY number DESC LIMIT 1) c"
    " WHERE s.state = 'ACTIVE' AND s.next_at <= {now}"
    " AND s.cursor < CASE WHEN left(s.kind, 7) = 'witness' THEN c.number ELSE c.last_position END)"
)


def every_company(table: str = "ledger_outbox") -> list[CompanyRef]:
    """Active companies whose schema holds the table: one that is being made or migrated may not yet."""
    with context.leave(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relname = %s",
            [table],
        )
        standing = {name for (name,) in cursor.fetchall()}
        return [company for company in active_companies() if company.schema in standing]


def companies_with_work(now: datetime | None = None) -> Iterator[CompanyRef]:
    """Companies with a pending batch or a due announcement."""
    yield from _found(every_company(), HAS_WORK, now)


def companies_with_streams(now: datetime | None = None) -> Iterator[CompanyRef]:
    """Companies that have a stream which is due and behind."""
    yield from _found(every_company("ledger_stream"), HAS_STREAM, now)


def _found(companies: list[CompanyRef], query: sql.SQL, now: datetime | None) -> Iterator[CompanyRef]:
    for start in range(0, len(companies), COMPANIES_AT_ONCE):
        chunk = {company.id: company for company in companies[start : start + COMPANIES_AT_ONCE]}
        yield from [chunk[found] for found in _unless_locked(chunk, query, now or datetime.now(UTC))]


def _unless_locked(companies: dict[int, CompanyRef], query: sql.SQL, now: datetime) -> list[int]:
    try:
        return _with_work(companies, query, now)
    except OperationalError as error:
        if not patience.is_locked(error):
            raise
    if len(companies) == 1:
        log.warning("company %d is locked: it is left to the next round", *companies)
        return []
    # One of them is locked: each by itself, so that it stops nobody else.
    return [found for one in companies.items() for found in _unless_locked(dict([one]), query, now)]


def _with_work(companies: dict[int, CompanyRef], query: sql.SQL, now: datetime) -> list[int]:
    asked = sql.SQL(" UNION ALL ").join(
        query.format(
            number=sql.Literal(company.id), schema=sql.Identifier(company.schema), now=sql.Literal(now)
        )
        for company in companies.values()
    )
    with context.leave(), patience.short(lock_ms=LOCK_MS, statement_ms=None), connection.cursor() as cursor:
        cursor.execute(asked)
        return [int(found) for (found,) in cursor.fetchall()]
