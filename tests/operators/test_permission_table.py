"""Every route × cast → status, closed over both URL configurations, raw routes and sockets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver

from config.rooms import present
from config.sockets import ROOMS as SOCKET_ROOMS
from tests import permission_table
from tests.fixtures.console import sign_in_as
from tests.fixtures.live import Live
from tests.live_console import Visitor, knock

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EXAMPLES = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "int": "999999",
    "str": "x",
    "slug": "x",
    "path": "x",
}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    method: str
    route: str
    expected: tuple[str, ...]

    @property
    def path(self) -> str:
        """The route with something in each gap."""
        out = self.route
        while "<" in out:
            before, _, rest = out.partition("<")
            gap, _, after = rest.partition(">")
            out = before + EXAMPLES[gap.partition(":")[0] if ":" in gap else "str"] + after
        return out

    def __str__(self) -> str:
        return f"{self.method} {self.route}".strip()


def rows(text: str) -> list[Row]:
    found = []
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        method = words.pop(0) if words[0] in METHODS else ""
        found.append(Row(method, words[0], tuple(words[1:])))
    return found


def routes(patterns: list[Any], prefix: str = "/") -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def methods(view: Callable[..., Any], path: str, client: Client) -> set[str]:
    """Which methods a view answers, as it says itself."""
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if kind is not None:
        return {method for method in METHODS if hasattr(kind, method.lower())}
    answer = client.generic("QUERY", path)
    assert answer.status_code in {405, 403}, f"{path} does not say which methods it takes"
    return set(answer.headers.get("Allow", "GET, POST").split(", ")) - {"HEAD", "OPTIONS"}


def missing(urlconf: str, text: str, client: Client) -> list[str]:
    """Routes and methods without a line."""
    have = {(row.method, row.route) for row in rows(text)}
    width = len(rows(text)[0].expected) if rows(text) else 1
    wanted = {
        (method, route)
        for route, view in routes(import_module(urlconf).urlpatterns)
        for method in methods(view, Row("", route, ()).path, client)
    }
    lost = [f"{method:4} {route:<50} {'??? ' * width}" for method, route in sorted(wanted - have)]
    lines = [str(row) for row in rows(text)]
    lost += [f"twice: {line}" for line in sorted(set(lines)) if lines.count(line) > 1]
    return lost + [f"no such route: {method} {route}" for method, route in sorted(have - wanted)]


def client_of(name: str) -> Client:
    if name == "nobody":
        return Client(HTTP_HOST="acme.localhost", raise_request_exception=False)
    host = "platform.localhost" if name == "pia" else "acme.localhost"
    client = sign_in_as("alice" if name == "half" else name, host=host, second_factor=name != "half")
    client.raise_request_exception = False
    return client


@pytest.mark.usefixtures("acme")
def test_every_route_of_a_company_has_its_line() -> None:
    lost = missing(settings.ROOT_URLCONF, permission_table.COMPANY, client_of("olga"))
    assert not lost, "add to tests/permission_table.py:\n" + "\n".join(lost)


@pytest.mark.usefixtures("acme")
def test_every_route_of_the_public_host_has_its_line() -> None:
    client = Client(HTTP_HOST="localhost")
    lost = missing(settings.PUBLIC_SCHEMA_URLCONF, permission_table.PUBLIC, client)
    assert not lost, "add to tests/permission_table.py:\n" + "\n".join(lost)


def test_every_route_says_who_may() -> None:
    silent = [
        route
        for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF)
        for route, view in routes(import_module(urlconf).urlpatterns)
        if not any(
            hasattr(source, mark)
            for source in (view, getattr(view, "cls", None))
            for mark in ("needs", "public", "device_signed")
        )
    ]
    assert not silent, f"put needs, public or device_signed on: {silent}"


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("row", rows(permission_table.COMPANY), ids=str)
def test_company(row: Row) -> None:
    found = tuple(
        str(client_of(name).generic(row.method, row.path).status_code) for name in permission_table.COLUMNS
    )
    assert dict(zip(permission_table.COLUMNS, found, strict=True)) == dict(
        zip(permission_table.COLUMNS, row.expected, strict=True)
    )


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("row", rows(permission_table.PUBLIC), ids=str)
def test_public(row: Row) -> None:
    clients = [Client(HTTP_HOST="localhost"), sign_in_as("olga", host="localhost")]
    for client, expected in zip(clients, row.expected, strict=True):
        client.raise_request_exception = False
        assert str(client.generic(row.method, row.path).status_code) == expected


def test_every_raw_route_has_its_line() -> None:
    raw = {row.route for row in rows(permission_table.RAW)}
    assert raw >= {*settings.RAW_ROUTES, "/healthz"}


def test_every_socket_has_its_line() -> None:
    sockets = {
        f"/{route.pattern}"
        for room in SOCKET_ROOMS
        if present(f"{room}.sockets")
        for route in import_module(f"{room}.sockets").SOCKETS
    }
    assert {row.route for row in rows(permission_table.SOCKETS)} == sockets


@pytest.mark.parametrize("row", rows(permission_table.RAW), ids=str)
def test_raw(row: Row, live_stack: Live) -> None:
    if row.route not in {*settings.RAW_ROUTES, "/healthz"}:
        pytest.skip("this raw route does not stand yet")
    for name, expected in zip(("nobody", "olga"), row.expected, strict=True):
        with Visitor(live_stack, name) as visitor:
            assert str(visitor.http.request(row.method, row.path).status_code) == expected


@pytest.mark.parametrize("row", rows(permission_table.SOCKETS), ids=str)
def test_socket(row: Row, live_stack: Live) -> None:
    found = {}
    for name in permission_table.COLUMNS:
        with Visitor(live_stack, name) as visitor:
            found[name] = knock(visitor, row.path)
    assert found == dict(zip(permission_table.COLUMNS, row.expected, strict=True))


def test_a_view_that_lost_its_guard_is_seen() -> None:
    """The table bites: an open view where the owner alone may go shows as another status."""
    row = next(row for row in rows(permission_table.COMPANY) if row.route == "/settings/operators/")
    assert row.expected[2] == "403"
    assert row.expected != ("200",) * len(row.expected)
