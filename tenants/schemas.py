"""Schemas of companies: which migrations one stands at, and making one from the template."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import app_labels

from tenants.models import SchemaState
from tenants.refs import TEMPLATE_SCHEMA

# Advisory lock over the template: shared while cloned, exclusive while migrated.
_TEMPLATE_LOCK = (10, 0)


class TemplateMissing(RuntimeError):  # noqa: N818
    """There is no template to clone yet: the companies' migrations were never run."""


@lru_cache(maxsize=4)
def fingerprint(apps: tuple[str, ...]) -> str:
    """A digest of the names of all migrations these apps have on disk."""
    labels = set(app_labels(list(apps)))
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    names = sorted(f"{app}.{name}" for app, name in graph.nodes if app in labels)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def company_fingerprint() -> str:
    """What an up-to-date company's schema stands at."""
    return fingerprint(tuple(settings.TENANT_APPS))


def clone_from_template(schema_name: str) -> None:
    """Make a company's schema as a copy of the template. Raises TemplateMissing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", _TEMPLATE_LOCK)
        state = SchemaState.objects.filter(schema_name=TEMPLATE_SCHEMA).first()
        if state is None:
            raise TemplateMissing("run migrate_companies first")
        # Making a schema takes its time, whatever the process allows a request's statements.
        cursor.execute("SELECT current_setting('statement_timeout')")
        (allowed,) = cursor.fetchone()
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT public.clone_company(%s, %s)", [TEMPLATE_SCHEMA, schema_name])
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [allowed])
    SchemaState.objects.create(schema_name=schema_name, fingerprint=state.fingerprint)


@contextmanager
def template_to_itself() -> Iterator[None]:
    """Hold the template alone, in a session-long lock: nobody clones it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", _TEMPLATE_LOCK)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", _TEMPLATE_LOCK)
