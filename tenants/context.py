"""Which company the current thread's database connection works for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tenants import hosts
from tenants.refs import PUBLIC_SCHEMA, TEMPLATE_SCHEMA, CompanyRef, ForeignRow, NoCompany
from tenants.wire import wire

if TYPE_CHECKING:
    from tenants.models import Company

__all__ = ["CompanyRef", "ForeignRow", "NoCompany", "current", "current_or_none", "enter", "leave", "schema"]


def schema() -> str:
    """The schema of the connection, `public` when no company is entered."""
    return wire.schema_name or PUBLIC_SCHEMA


def current() -> CompanyRef:
    """The company this code runs for. Raises NoCompany when there is none."""
    ref = current_or_none()
    if ref is None:
        raise NoCompany(f"no company is entered (schema {schema()})")
    return ref


def current_or_none() -> CompanyRef | None:
    """The company this code runs for, or None on the public schema and on the template."""
    tenant = wire.tenant
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
    before = wire.tenant
    include_public = wire.include_public_schema
    wire.set_tenant(ref)
    try:
        yield ref
    finally:
        if before is None:
            wire.set_schema_to_public()
        else:
            wire.set_tenant(before, include_public)


@contextmanager
def leave() -> Iterator[None]:
    """Run a unit of work on the public schema, then return to the company."""
    before = wire.tenant
    wire.set_schema_to_public()
    try:
        yield
    finally:
        if before is not None:
            wire.set_tenant(before)
