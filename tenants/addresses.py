"""Addresses of pages, as mails and links to another host need them."""

from django.conf import settings

DEFAULT_PORTS = {"http": 80, "https": 443}


def address(host: str, path: str = "/") -> str:
    """The whole address of a path on a host of ours."""
    scheme, port = settings.PUBLIC_SCHEME, settings.PUBLIC_PORT
    shown = "" if DEFAULT_PORTS.get(scheme) == port else f":{port}"
    return f"{scheme}://{host}{shown}{path}"
