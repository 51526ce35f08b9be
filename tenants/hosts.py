"""From a host name to its company, through a cache of the process.

A hit costs a dictionary look-up. Entries live a few seconds, so that a suspension made by another process
is seen here without a message; this process drops its own at once, others when they are told.
"""

import re
import threading
import time
from collections import OrderedDict
from dataclasses import replace
from typing import Any, Final

from channels.db import database_sync_to_async
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from tenants.refs import CompanyRef

HOLD_SECONDS: Final = 5.0
HOLD_UNKNOWN_SECONDS: Final = 1.0
MOST_ENTRIES: Final = 20_000
TOPIC: Final = "hosts"

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}", re.ASCII)


class _Cache:
    """Bounded, with two ages; a miss under many threads may look up twice, which is harmless."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[float, CompanyRef | None]] = OrderedDict()

    def get(self, key: str) -> CompanyRef | None:
        """The held company, None for a held unknown. Raises KeyError when nothing is held."""
        until, ref = self._held[key]
        if time.monotonic() >= until:
            raise KeyError(key)
        return ref

    def put(self, key: str, ref: CompanyRef | None) -> None:
        hold = HOLD_SECONDS if ref else HOLD_UNKNOWN_SECONDS
        with self._lock:
            self._held[key] = (time.monotonic() + hold, ref)
            self._held.move_to_end(key)
            while len(self._held) > MOST_ENTRIES:
                self._held.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._held.clear()


_hosts = _Cache()
_schemas = _Cache()
_ids = _Cache()


def normalise(raw: str) -> str | None:
    """A Host header as we store hosts: lower case, no port, no closing dot; None when it is no host name."""
    host = raw.strip().lower()
    if host.startswith("["):
        return None
    host, _, port = host.partition(":")
    if port and not (port.isascii() and port.isdigit()):
        return None
    host = host.removesuffix(".")
    return host if len(host) <= 253 and _HOST.fullmatch(host) else None


def is_public(raw: str) -> bool:
    """Whether this is the platform's own host: landing page and sign-up."""
    return normalise(raw) == settings.BASE_DOMAIN


def lookup(raw: str) -> CompanyRef | None:
    """The company of a host in whatever state, or None. May read the database."""
    host = normalise(raw)
    if host is None or host == settings.BASE_DOMAIN:
        return None
    try:
        return _hosts.get(host)
    except KeyError:
        return _remember(host)


def resolve(raw: str) -> CompanyRef | None:
    """The active company of a host; None for unknown, suspended and closed ones. May read the database."""
    ref = lookup(raw)
    return ref if ref and ref.active else None


def cached(raw: str) -> CompanyRef | None:
    """As `lookup`, from the cache alone: never waits. Raises KeyError when the database must be asked."""
    host = normalise(raw)
    if host is None or host == settings.BASE_DOMAIN:
        return None
    return _hosts.get(host)


async def alookup(raw: str) -> CompanyRef | None:
    """`lookup` for coroutines: leaves the event loop only on a miss."""
    try:
        return cached(raw)
    except KeyError:
        return await database_sync_to_async(lookup)(raw)


async def aresolve(raw: str) -> CompanyRef | None:
    """`resolve` for coroutines."""
    ref = await alookup(raw)
    return ref if ref and ref.active else None


def by_schema(schema_name: str) -> CompanyRef | None:
    """The company of a schema, or None."""
    try:
        return _schemas.get(schema_name)
    except KeyError:
        ref = _read(schema_name=schema_name)
        _schemas.put(schema_name, ref)
        return ref


def by_id(company_id: int) -> CompanyRef | None:
    """The company with this id, or None."""
    key = str(company_id)
    try:
        return _ids.get(key)
    except KeyError:
        ref = _read(id=company_id)
        _ids.put(key, ref)
        return ref


def forget() -> None:
    """Drop everything held, after a company or a domain was changed."""
    _hosts.clear()
    _schemas.clear()
    _ids.clear()


def _remember(host: str) -> CompanyRef | None:
    ref = _of_host(host)
    _hosts.put(host, ref)
    return ref


def _of_host(host: str) -> CompanyRef | None:
    """A former address leads nowhere from the second it ends, whether its row was removed or not."""
    company = _company(domains__domain=host)
    ends = {domain.domain: domain.ends_at for domain in company.domains.all()} if company else {}
    if company is None or host not in ends:
        return None
    ref: CompanyRef = company.ref()
    if ends[host] is None:
        return ref
    return replace(ref, moved_to=ref.host) if ends[host] > timezone.now() else None


def _read(**which: object) -> CompanyRef | None:
    company = _company(**which)
    return company.ref() if company else None


def _company(**which: object) -> Any:
    # The registry lies in the public schema, which stands at the end of every company's search path.
    return apps.get_model("tenants", "Company").objects.filter(**which).prefetch_related("domains").first()
