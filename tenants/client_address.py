"""From where a request comes: the one answer for everything that is counted by place.

Behind a proxy the address of the connection is the proxy's, the same for the whole world: a limit by it would
shut everybody out for what one stranger does. Each trusted proxy appends the address it saw to
X-Forwarded-For, so with PROXY_HOPS of them the entry that many from the right is the client's. What stands
further left is whatever the client wrote itself. This holds where nothing reaches this server except through
those proxies.
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

# One household or one rented server commonly holds a whole /64 (RFC 6177): it is one place.
PLACE_BITS: Final = 64


def client_address(request: HttpRequest) -> str:
    """The place a request comes from: an IPv4 address, or the /64 of an IPv6 one. Empty when unknown."""
    return place_of(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def client_address_of_scope(scope: Mapping[str, Any]) -> str:
    """The same for an ASGI scope, in front of Django."""
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    # A repeated header is one list (RFC 9110, 5.3). X_Forwarded_For is another name, which no proxy filters.
    forwarded = ",".join(value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for")
    peer = scope.get("client") or ("", 0)
    return place_of(str(peer[0]), forwarded)


def at_this_machine(request: HttpRequest) -> bool:
    """Whether a request comes from the machine that serves it."""
    place = client_address(request)
    try:
        # As a place, ::1 is its /64, from which nothing else can come (RFC 4291, 2.4).
        return place == _place(IPv6Address("::1")) or ip_address(place).is_loopback
    except ValueError:
        return False


def place_of(peer: str, forwarded: str) -> str:
    """The place behind `PROXY_HOPS` trusted proxies, given the connection's address and X-Forwarded-For.

    A list too short, or something else than an address where one must stand, was not written by those
    proxies: then only the connection counts.
    """
    hops: int = settings.PROXY_HOPS
    entries = forwarded.split(",") if forwarded else []
    if hops and len(entries) >= hops:
        told = _address(entries[-hops])
        if told is not None:
            return _place(told)
    own = _address(peer)
    return peer if own is None else _place(own)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it: with or without port, IPv6 with or without brackets."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _place(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, PLACE_BITS), strict=False))
