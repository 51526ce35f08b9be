"""Two databases: everything, and the keys of persons by themselves (DESIGN section 6)."""

from typing import Any

from config.settings import environment

UNSET = "postgresql://sallyport@127.0.0.1:5432/"
POOL = environment.number("SALLYPORT_DATABASE_POOL", 0)


def _settings(engine: str, address: environment.DatabaseAddress) -> dict[str, Any]:
    options: dict[str, Any] = {"application_name": "sallyport", "connect_timeout": 5}
    if POOL:
        # Threads of an ASGI server come and go: connections belong to a pool of the process.
        options["pool"] = {"min_size": 1, "max_size": POOL, "timeout": 5}
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
