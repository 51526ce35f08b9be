"""Two databases: everything, and the keys of persons by themselves (DESIGN section 6)."""

from typing import Any

from config.settings import environment

UNSET = "postgresql://sallyport@127.0.0.1:5432/"
# How many connections requests may hold at once; 0: no pool, and no bound.
POOL = environment.number("SALLYPORT_DATABASE_POOL", 0)
# Beside the requests: threads of scans (4), their PINs (4), reader sockets (6), consoles (3), minting (3),
# and look-ups of hosts.
BESIDE_REQUESTS = 22
# Milliseconds; 0: as long as it takes, for migrations and commands. Who serves many companies sets them.
LOCK_TIMEOUT = environment.number("SALLYPORT_LOCK_TIMEOUT", 0)
STATEMENT_TIMEOUT = environment.number("SALLYPORT_STATEMENT_TIMEOUT", 0)


def _settings(engine: str, address: environment.DatabaseAddress) -> dict[str, Any]:
    options: dict[str, Any] = {"application_name": "sallyport", "connect_timeout": 5}
    if POOL:
        # Threads of an ASGI server come and go: connections belong to a pool of the process.
        options["pool"] = {"min_size": 1, "max_size": POOL + BESIDE_REQUESTS, "timeout": 5}
    if LOCK_TIMEOUT or STATEMENT_TIMEOUT:
        options["options"] = f"-c lock_timeout={LOCK_TIMEOUT} -c statement_timeout={STATEMENT_TIMEOUT}"
    return {
        "ENGINE": engine,
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port,
        "CONN_MAX_AGE": 0 if POOL else 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


MOST_REQUESTS_AT_ONCE = POOL
DATABASES = {
    "default": _settings(
        "django_tenants.postgresql_backend",
        environment.database("SALLYPORT_DATABASE_URL", UNSET + "sallyport"),
    ),
    "keys": _settings(
        "django.db.backends.postgresql",
        environment.database("KEYS_DATABASE_URL", UNSET + "keys"),
    ),
}
DATABASE_ROUTERS = ["config.routers.KeysRouter", "django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
