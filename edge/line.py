"""Connections to the server. Names under .localhost are this very computer, whatever a resolver says of them
(RFC 6761, 6.3): browsers do so too, and plain http is allowed to them alone.
"""

import ssl
from typing import Final

import httpx

_HERE: Final = "127.0.0.1"


def place(host: str) -> str:
    """Where to connect for a host."""
    return _HERE if host.endswith(".localhost") else host


class Transport(httpx.HTTPTransport):
    """For one request after the other."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        _lead(request)
        return super().handle_request(request)


class AsyncTransport(httpx.AsyncHTTPTransport):
    """For the program that runs."""

    def __init__(self, tls: ssl.SSLContext, limits: httpx.Limits | None = None) -> None:
        super().__init__(verify=tls, trust_env=False, limits=limits or httpx.Limits())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        _lead(request)
        return await super().handle_async_request(request)


def _lead(request: httpx.Request) -> None:
    """Connect to the place; the Host header is set already, and the certificate must be the name's."""
    host = request.url.host
    if place(host) != host:
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=place(host))
