"""Names of cache entries: each begins with the company's immutable id, 0 for the platform itself."""

from typing import Any

from tenants import context


def key(company_id: int, *parts: object) -> str:
    """The name of an entry that belongs to one company."""
    return ":".join([str(company_id), *(str(part) for part in parts)])


def make_key(name: Any, key_prefix: str, version: int) -> str:
    """Django's KEY_FUNCTION: whatever is cached while a company is entered is that company's."""
    company = context.current_or_none()
    return key(company.id if company else 0, key_prefix, version, name)
