"""Which companies have something to seal or to deliver: few statements, however many companies there are."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection
from psycopg import sql

from tenants import context
from tenants.celery import active_companies
from tenants.refs import CompanyRef

COMPANIES_AT_ONCE = 100

HAS_WORK = sql.SQL(
    "SELECT {number} WHERE EXISTS (SELECT FROM {schema}.ledger_pendingbatch)"
    " OR EXISTS (SELECT FROM {schema}.ledger_outbox WHERE done IS NULL AND parked IS NULL AND due <= {now})"
)


def every_company() -> list[CompanyRef]:
    """Active companies whose schema holds a ledger: one that is being made has none yet."""
    with context.leave(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relname = 'ledger_outbox'"
        )
        standing = {name for (name,) in cursor.fetchall()}
        return [company for company in active_companies() if company.schema in standing]


def companies_with_work(now: datetime | None = None) -> Iterator[CompanyRef]:
    """Companies with a pending batch or a due announcement."""
    companies = every_company()
    for start in range(0, len(companies), COMPANIES_AT_ONCE):
        chunk = {company.id: company for company in companies[start : start + COMPANIES_AT_ONCE]}
        yield from [chunk[found] for found in _with_work(chunk, now or datetime.now(UTC))]


def _with_work(companies: dict[int, CompanyRef], now: datetime) -> list[int]:
    query = sql.SQL(" UNION ALL ").join(
        HAS_WORK.format(
            number=sql.Literal(company.id), schema=sql.Identifier(company.schema), now=sql.Literal(now)
        )
        for company in companies.values()
    )
    with context.leave(), connection.cursor() as cursor:
        cursor.execute(query)
        return [int(found) for (found,) in cursor.fetchall()]
