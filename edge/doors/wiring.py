"""How each kind of door is wired: plain values, so that no door's library is needed to read them."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Pins:
    """A relay at this computer. Pins in BCM numbers; None: not wired."""

    relay: int
    active_high: bool = True
    contact: int | None = None
    contact_closed_is_shut: bool = True  # a reed contact to ground: closed while the door is shut
    exit_button: int | None = None  # to ground while pressed
    bounce_ms: int = 50


@dataclass(frozen=True, slots=True)
class Relay:
    """A relay in the network. `password_file` and `ca` (whom https believes) are paths."""

    url: str
    switch: int = 0
    user: str = "admin"
    password_file: str = ""
    ca: str = ""


class Shape(StrEnum):
    """What an order to a broker looks like."""

    PULSE = "pulse"  # {"id", "pulse_ms", "at_ms"}
    SHELLY = "shelly"  # Shelly's RPC: Switch.Set with toggle_after


@dataclass(frozen=True, slots=True)
class Broker:
    """An MQTT broker and who we are there: `ca`, `certificate` and `key` are PEM files."""

    host: str
    ca: str
    certificate: str
    key: str
    topic: str
    port: int = 8883
    shape: Shape = Shape.PULSE
    switch: int = 0
    contact_topic: str = ""
    exit_topic: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """An OSDP device on its line, and what is wired to it. Inputs count from 0; None: not wired."""

    device: str  # the line, /dev/serial/by-id/…
    address: int
    baud: int = 9_600
    output: int = 0
    contact: int | None = None
    contact_active_is_open: bool = True
    exit_button: int | None = None


@dataclass(frozen=True, slots=True)
class Simulated:
    """A file that takes a line for each pulse."""

    path: str


def safe_address(url: str, *, password: bool) -> str:
    """Nothing for an address that may be used, else the code of what is wrong with it."""
    try:
        parts = urlsplit(url)
        bad_port = parts.port == 0
    except ValueError:
        return "address_malformed"
    if parts.scheme not in ("http", "https") or not parts.hostname or bad_port:
        return "address_malformed"
    if parts.username or parts.password or parts.query or parts.fragment or parts.path not in ("", "/"):
        return "address_malformed"
    return "plain_http_refused" if parts.scheme == "http" and not password else ""
