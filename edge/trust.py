"""Whom the reader believes about an address: https, by the system's store and a company's own authority."""

import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

LARGEST_CA: Final = 64 * 1024  # bytes of PEM


class TrustRefused(Exception):  # noqa: N818 - named for what happened
    """An address or an authority that a reader must not be paired by. The message says what to do."""


def safe_origin(address: str) -> str:
    """`https://host[:port]` of an address as it was typed; http only to this very computer, for trials.

    By http whoever is in between takes the reader for a company of his own. Raises TrustRefused.
    """
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or port == 0 or parts.scheme not in ("http", "https"):
        raise TrustRefused("this is no address: write https://acme.example.com")
    if parts.username or parts.password or parts.query or parts.fragment or parts.path not in ("", "/"):
        raise TrustRefused("write the address alone: https://acme.example.com")
    if parts.scheme == "http" and not _is_here(host):
        raise TrustRefused("http is refused: anybody in between could pair this reader; write https://")
    name = f"[{host}]" if ":" in host else host
    # As it is signed and as the server sees it: in lower case, without the port that the scheme has anyway.
    usual = port is None or (parts.scheme, port) in {("https", 443), ("http", 80)}
    return f"{parts.scheme}://{name}" if usual else f"{parts.scheme}://{name}:{port}"


def authority(path: Path) -> str:
    """A PEM file of certificates to believe beside the system's. Raises TrustRefused, OSError."""
    try:
        text = path.read_bytes()[: LARGEST_CA + 1].decode("ascii")
        if not text or len(text) > LARGEST_CA:
            raise ValueError
        context(text)
    except (UnicodeDecodeError, ValueError, ssl.SSLError):
        raise TrustRefused(f"{path} holds no certificates in PEM") from None
    return text


def context(ca: str = "") -> ssl.SSLContext:
    """For requests and socket alike: the system's store, and `ca` (PEM) beside it where there is one."""
    made = ssl.create_default_context()
    if ca:
        made.load_verify_locations(cadata=ca)
    return made


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
