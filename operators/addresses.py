"""Addresses of pages on the current company's host."""

from tenants.addresses import address
from tenants.context import current

__all__ = ["address", "page_address"]


def page_address(path: str) -> str:
    """The whole address of a path on the current company's host."""
    return address(current().host, path)
