"""Addresses of this company's pages, as a mail needs them."""

from django.conf import settings

from tenants.context import current

DEFAULT_PORTS = {"http": 80, "https": 443}


def page_address(path: str) -> str:
    """The whole address of a path on the current company's host."""
    scheme, port = settings.PUBLIC_SCHEME, settings.PUBLIC_PORT
    shown = "" if DEFAULT_PORTS.get(scheme) == port else f":{port}"
    return f"{scheme}://{current().host}{shown}{path}"
