"""What the house has today: models, routes, sockets, tasks. The isolation tests are made from these lists."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from config.celery import app
from config.rooms import FLOORS, ROOT, TENANT_ROOMS


def company_models() -> list[type[models.Model]]:
    """Models of the rooms whose tables lie in each company's schema."""
    return [m for m in apps.get_models() if m.__module__.split(".")[0] in TENANT_ROOMS and not is_keystore(m)]


def is_keystore(model: type[models.Model]) -> bool:
    return model._meta.app_label == "keystore"


def routes(urlconf: str) -> list[tuple[str, URLPattern]]:
    """Every route of a URL configuration: a path that reaches it, and the pattern."""
    return list(_walk("/", get_resolver(urlconf)))


def _walk(prefix: str, resolver: URLResolver) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        here = prefix + _example(entry)
        if isinstance(entry, URLResolver):
            yield from _walk(here, entry)
        else:
            yield here, entry


# One value per path converter, none of which names anything that is there.
EXAMPLES = {
    "int": "2147483000",
    "str": "none-such",
    "slug": "none-such",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "path": "none/such",
}


def _example(entry: URLPattern | URLResolver) -> str:
    route = str(entry.pattern)
    for name, converter in entry.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        value = EXAMPLES.get(kind, EXAMPLES["str"])
        for spelled in (f"<{kind}:{name}>", f"<{name}>"):
            route = route.replace(spelled, value)
    return route.removeprefix("^").removesuffix("$").removesuffix("\\Z")


def raw_routes() -> list[str]:
    """Paths answered in front of Django."""
    return sorted(settings.RAW_ROUTES)


def sockets() -> list[str]:
    """Paths of the sockets."""
    rooms = import_module("config.sockets").ROOMS
    found = []
    for room in rooms:
        if (ROOT / room / "sockets.py").is_file():
            found += ["/" + _example(route) for route in import_module(f"{room}.sockets").SOCKETS]
    return found


def tasks() -> list[str]:
    """Names of the rooms' Celery tasks."""
    app.loader.import_default_modules()
    return sorted(name for name, task in app.tasks.items() if task.__module__.split(".")[0] in FLOORS)


def sources() -> list[Path]:
    """Every Python file of the rooms."""
    return sorted(path for room in FLOORS for path in (ROOT / room).rglob("*.py"))
