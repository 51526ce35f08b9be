"""Bringing every schema up to date: the keys, the public schema, the template, then all companies at once."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from tenants import lifecycle, migrating_worker
from tenants.models import Company, SchemaState
from tenants.refs import PUBLIC_SCHEMA, TEMPLATE_SCHEMA
from tenants.schemas import company_fingerprint, fingerprint, template_to_itself
from tenants.wire import wire

Say = Callable[[str], None]

KEYS_ALIAS: Final = "keys"
# Fewer than this are not worth starting processes for.
FEW: Final = 3
_RUN_LOCK: Final = (12, 0)


@contextmanager
def one_run(say: Say) -> Iterator[None]:
    """Hold off a second run until the first is through; then it finds nothing left to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", _RUN_LOCK)
        if not cursor.fetchone()[0]:
            say("another migration is running: waiting for it")
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", _RUN_LOCK)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", _RUN_LOCK)


def migrate_keys(say: Say) -> None:
    """The keys database: its own app and nothing else."""
    call_command(migrate.Command(), "keystore", database=KEYS_ALIAS, verbosity=0, interactive=False)
    say("keys: up to date")


def migrate_public(say: Say) -> None:
    """The public schema."""
    wire.set_schema_to_public()
    wanted = fingerprint(tuple(settings.SHARED_APPS))
    recorded = SchemaState._meta.db_table in connection.introspection.table_names()
    if recorded and SchemaState.objects.filter(schema_name=PUBLIC_SCHEMA, fingerprint=wanted).exists():
        say("public: up to date")
        return
    migrate_schema(PUBLIC_SCHEMA, wanted)
    say("public: migrated")


def migrate_template(say: Say) -> None:
    """The schema that companies are cloned from; nobody clones it meanwhile."""
    wanted = company_fingerprint()
    if SchemaState.objects.filter(schema_name=TEMPLATE_SCHEMA, fingerprint=wanted).exists():
        say("template: up to date")
        return
    with template_to_itself():
        create_schema(TEMPLATE_SCHEMA)
        migrate_schema(TEMPLATE_SCHEMA, wanted)
    say("template: migrated")


def stale_companies() -> list[str]:
    """Schemas of companies that do not stand at today's migrations: one query, however many there are."""
    wire.set_schema_to_public()
    current = SchemaState.objects.filter(fingerprint=company_fingerprint()).values("schema_name")
    return list(
        Company.objects.exclude(schema_name__in=current).order_by("id").values_list("schema_name", flat=True)
    )


def migrate_companies(schemas: list[str], *, jobs: int, say: Say) -> dict[str, str]:
    """Migrate these schemas, `jobs` at a time; returns what failed. The others are done all the same."""
    wanted = company_fingerprint()
    failed: dict[str, str] = {}
    for number, (schema, error) in enumerate(_each(schemas, wanted, jobs), start=1):
        if error:
            failed[schema] = error
        say(f"companies: {number} of {len(schemas)} {schema} {error or 'migrated'}")
    return failed


def catch_up(say: Say) -> None:
    """Run steps that later releases added to the beginning of a company."""
    for company in lifecycle.unfinished():
        for name in lifecycle.run(company, "created"):
            say(f"{company.subdomain}: {name}")


def create_schema(name: str) -> None:
    """Make an empty schema if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(name)))


def migrate_schema(schema: str, wanted: str) -> None:
    """Run Django's migrations inside one schema and note what it then stands at."""
    try:
        # Without the public schema on the path: its table of migrations would be taken for this schema's.
        wire.set_schema(schema, include_public=False)
        MigrationRecorder(connection).ensure_schema()
        wire.set_schema(schema)
        call_command(migrate.Command(), database="default", verbosity=0, interactive=False, skip_checks=True)
        wire.set_schema_to_public()
        SchemaState.objects.update_or_create(schema_name=schema, defaults={"fingerprint": wanted})
    finally:
        wire.set_schema_to_public()


def _each(schemas: list[str], wanted: str, jobs: int) -> Iterable[tuple[str, str]]:
    if len(schemas) <= FEW or jobs == 1:
        for schema in schemas:
            yield schema, attempt_here(schema, wanted)
        return
    # Fresh processes: a forked one would share the parent's connections. Rendering migrations is CPU work.
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=migrating_worker.begin)
    with pool:
        running = {pool.submit(migrating_worker.attempt, schema, wanted): schema for schema in schemas}
        for done in as_completed(running):
            crash = done.exception()
            yield running[done], f"failed: {type(crash).__name__}" if crash else done.result()


def attempt_here(schema: str, wanted: str) -> str:
    """Empty when it went well, else what failed in one line."""
    try:
        migrate_schema(schema, wanted)
    except Exception as error:  # noqa: BLE001 - one company's failure must not stop the others
        connections.close_all()
        return f"failed: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return ""


def default_jobs() -> int:
    """As many as there are processors, and no more than eight connections."""
    return max(1, min(8, os.cpu_count() or 1))


def run(*, jobs: int, say: Say) -> dict[str, str]:
    """Everything, in order. Resumable: whatever is up to date is passed over."""
    with one_run(say):
        migrate_keys(say)
        migrate_public(say)
        migrate_template(say)
        schemas = stale_companies()
        failed: dict[str, Any] = migrate_companies(schemas, jobs=jobs, say=say)
        if not schemas:
            say("companies: up to date")
        catch_up(say)
    return failed
