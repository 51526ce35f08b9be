"""Where companies may have their record sent: which networks beside the public one, and into which folder."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.settings import environment

Network = IPv4Network | IPv6Network


def networks(told: str) -> tuple[Network, ...]:
    """Networks in CIDR notation, apart by spaces."""
    try:
        return tuple(ip_network(word) for word in told.split())
    except ValueError as error:
        raise ImproperlyConfigured(f"SALLYPORT_STREAM_NETWORKS: {error}.") from None


# Streams go to public addresses alone: every other one is somebody's inside, ours the first.
STREAM_NETWORKS = networks(environment.text("SALLYPORT_STREAM_NETWORKS", ""))
# A share that is mounted here; without it nobody can choose a file as witness.
WITNESS_FOLDER = Path(told) if (told := environment.text("SALLYPORT_WITNESS_FOLDER", "")) else None
