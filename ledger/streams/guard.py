"""Which addresses we connect to: public ones, and those of networks that the server's settings name.

A company chooses a name, and a name may lead anywhere: to our own database, to the cloud's metadata. So the
name is resolved here, once, and the connection goes to the very address that was looked at.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

from django.conf import settings

from ledger.streams.failure import StreamFailed

Address = IPv4Address | IPv6Address
# RFC 6052 and RFC 8215: addresses of version 4 spelled in version 6.
NAT64: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


def address_of(host: str, port: int) -> str:
    """The address to connect to. Raises StreamFailed (`name_unknown`, `place_forbidden`).

    One forbidden address among several forbids the name: which of them answers is not ours to choose.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        raise StreamFailed("name_unknown") from None
    addresses = [str(place[0]) for *_, place in found]
    if not addresses:
        raise StreamFailed("name_unknown")
    if not all(allowed(address) for address in addresses):
        raise StreamFailed("place_forbidden")
    return addresses[0]


def allowed(text: str) -> bool:
    """Whether we connect to this address. One that cannot be read is refused."""
    try:
        address = _plain(ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    if any(address in network for network in settings.STREAM_NETWORKS):
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved


def _plain(address: Address) -> Address:
    """The address of version 4 that one of version 6 carries: what it really leads to."""
    if isinstance(address, IPv4Address):
        return address
    carried = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
    if carried is None and any(address in network for network in NAT64):
        carried = IPv4Address(int(address) & 0xFFFFFFFF)
    return carried or address
