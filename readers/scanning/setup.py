"""The room's set-up from Django's settings."""

from typing import Any, Final

from django.conf import settings
from psycopg.conninfo import make_conninfo

from readers.scanning.desk import Setup

# synchronous_commit: an answer is a promise that the event is kept. lock_timeout: a company that is locked
# fails its own scans and holds nobody else up. Generic plans: a plan per call would cost more than the call.
SESSION: Final = {
    "synchronous_commit": "on",
    "lock_timeout": "100ms",
    "statement_timeout": "1500ms",
    "idle_in_transaction_session_timeout": "3s",
    "default_transaction_isolation": "read\\ committed",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "search_path": "pg_catalog",
}


def conninfo(database: dict[str, Any]) -> str:
    """A connection string for the hot path's own connections, from an entry of DATABASES."""
    return make_conninfo(
        host=database["HOST"],
        port=database["PORT"],
        user=database["USER"],
        password=database["PASSWORD"],
        dbname=database["NAME"],
        application_name="sallyport-scans",
        connect_timeout=3,
        tcp_user_timeout=3000,
        keepalives_idle=5,
        options=" ".join(f"-c {name}={value}" for name, value in SESSION.items()),
    )


def from_settings() -> Setup:
    """What the settings say."""
    return Setup(
        conninfo=conninfo(settings.DATABASES["default"]),
        scheme=settings.PUBLIC_SCHEME,
        rate=getattr(settings, "SCAN_RATE_PER_SECOND", 20.0),
        burst=getattr(settings, "SCAN_RATE_BURST", 60.0),
    )
