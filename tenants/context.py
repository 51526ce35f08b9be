"""Which company the current thread's database connection works for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection

from tenants import hosts
from tenants.refs import PUBLIC_SCHEMA, TEMPLATE_SCHEMA, CompanyRef, ForeignRow, NoCompany

if TYPE_CHECKING:
    from tenants.models import Company

__all__ = ["CompanyRef", "ForeignRow", "NoCompany", "current", "current_or_none", "enter", "leave", "schema"]


def schema() -> str:
    """The schema of the connection, `public` when no company is entered."""
    return getattr(connection, "schema_name", None) or PUBLIC_SCHEMA


def current() -> CompanyRef:
    """The company this code runs for. Raises NoCompany when there is none."""
    ref = current_or_none()
    if ref is None:
        raise NoCompany(f"no company is entered (schema {schema()})")
    return ref


def current_or_none() -> CompanyRef | None:
    """The company this code runs for, or None on the public schema and on the template."""
    tenant: Any = getattr(connection, "tenant", None)
    if isinstance(tenant, CompanyRef):
        return tenant
    name = schema()
    if name in (PUBLIC_SCHEMA, TEMPLATE_SCHEMA):
        return None
    # A Celery task or schema_context entered by row or by bare name: the registry decides, not the caller.
    return hosts.by_schema(name)


@contextmanager
def enter(company: "Company | CompanyRef") -> Iterator[CompanyRef]:
    """Run a synchronous unit of work for one company; the former one is restored afterwards.

    Enter inside each unit handed to `sync_to_async`: what a coroutine sets does not reach another thread.
    """
    ref = company if isinstance(company, CompanyRef) else company.ref()
    before: Any = getattr(connection, "tenant", None)
    include_public = getattr(connection, "include_public_schema", True)
    connection.set_tenant(ref)
    try:
        yield ref
    finally:
        if before is None:
            connection.set_schema_to_public()
        else:
            connection.set_tenant(before, include_public)


@contextmanager
def leave() -> Iterator[None]:
    """Run a unit of work on the public schema, then return to the company."""
    before: Any = getattr(connection, "tenant", None)
    connection.set_schema_to_public()
    try:
        yield
    finally:
        if before is not None:
            connection.set_tenant(before)
