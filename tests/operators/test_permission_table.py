"""Every route × cast → status, closed over both URL configurations, raw routes and sockets."""

import inspect
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver

from config.asgi import application
from config.rooms import present
from config.sockets import ROOMS as SOCKET_ROOMS
from operators.permissions import ROLE_PERMISSIONS
from readers.api.authentication import ReaderPrincipal, ReaderSigned
from readers.models import Reader
from sallyport.http_signatures import SignedRequest
from tenants.refs import CompanyRef
from tests import keyholders, permission_table
from tests.fixtures.console import sign_in_as
from tests.fixtures.live import Live
from tests.keyholders import KeyHolder
from tests.live_console import Visitor, knock

COLUMNS = permission_table.COLUMNS
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

    @property
    def by_name(self) -> dict[str, str]:
        """What the table says of each of the cast."""
        return dict(zip(COLUMNS, self.expected, strict=True))

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


def patterns_of(patterns: list[Any], prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns_of(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern


def routes(patterns: list[Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    for route, pattern in patterns_of(patterns):
        yield route, pattern.callback


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


@pytest.fixture
def holders(in_acme: CompanyRef) -> dict[str, KeyHolder]:
    """Dora and Henri, with keys that Acme knows."""
    return keyholders.laid_in(in_acme)


def own_host(name: str) -> str:
    return "platform.localhost" if name == "pia" else "acme.localhost"


def client_of(name: str, host: str) -> Client:
    """One of the cast at a host; who has a key instead of a password has no cookie."""
    if name in {"nobody", *keyholders.NAMES}:
        return Client(HTTP_HOST=host, raise_request_exception=False)
    client = sign_in_as("alice" if name == "half" else name, host=host, second_factor=name != "half")
    client.raise_request_exception = False
    return client


def ask(row: Row, name: str, holders: dict[str, KeyHolder], host: str = "") -> str:
    """The status that one of the cast gets on a row's route, without a body."""
    host = host or own_host(name)
    signed = holders[name].headers(row.method, host, row.path) if name in holders else {}
    return str(client_of(name, host).generic(row.method, row.path, headers=signed).status_code)


@pytest.mark.usefixtures("acme")
def test_every_route_of_a_company_has_its_line() -> None:
    lost = missing(settings.ROOT_URLCONF, permission_table.COMPANY, client_of("olga", "acme.localhost"))
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


def found(row: Row, names: tuple[str, ...], holders: dict[str, KeyHolder], host: str = "") -> dict[str, str]:
    """What each of these gets on a row's route."""
    return {name: ask(row, name, holders, host) for name in names}


@pytest.mark.parametrize("row", rows(permission_table.COMPANY), ids=str)
def test_company(row: Row, holders: dict[str, KeyHolder]) -> None:
    assert found(row, COLUMNS, holders) == row.by_name


@pytest.mark.parametrize("row", rows(permission_table.PUBLIC), ids=str)
def test_public(row: Row, holders: dict[str, KeyHolder]) -> None:
    assert found(row, COLUMNS, holders, "localhost") == row.by_name


def test_every_raw_route_has_its_line() -> None:
    assert {row.route for row in rows(permission_table.RAW)} == set(application.raw)


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
    statuses = {}
    for name in COLUMNS:
        with Visitor(live_stack, name) as visitor:
            statuses[name] = str(visitor.ask(row.method, row.path))
    assert statuses == row.by_name


@pytest.mark.parametrize("row", rows(permission_table.SOCKETS), ids=str)
def test_socket(row: Row, live_stack: Live) -> None:
    ends = {}
    for name in COLUMNS:
        with Visitor(live_stack, name) as visitor:
            ends[name] = knock(visitor, row.path)
    assert ends == row.by_name


def guarded() -> list[tuple[Row, URLPattern]]:
    """The rows whose routes operators must be permitted to, with their patterns."""
    patterns = dict(patterns_of(import_module(settings.ROOT_URLCONF).urlpatterns))
    table = rows(permission_table.COMPANY)
    return [(row, patterns[row.route]) for row in table if hasattr(patterns[row.route].callback, "needs")]


@pytest.mark.usefixtures("acme")
def test_a_view_that_lost_its_guard_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each guard is taken off its view in turn, and the table must no longer be true."""
    taken = guarded()
    assert len(taken) > 80
    unseen = []
    for row, pattern in taken:
        with monkeypatch.context() as bare:
            bare.setattr(pattern, "callback", inspect.unwrap(pattern.callback))
            if ask(row, "nobody", {}) == row.by_name["nobody"]:
                unseen.append(str(row))
    assert not unseen


@pytest.mark.usefixtures("acme")
def test_a_guard_that_asks_for_too_little_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bob given everything: each row that refused him must differ now."""
    denied = [row for row, _ in guarded() if row.by_name["bob"] == "403"]
    assert len(denied) > 40
    monkeypatch.setitem(ROLE_PERMISSIONS, "READ_ONLY", ROLE_PERMISSIONS["OWNER"])
    assert [str(row) for row in denied if ask(row, "bob", {}) == "403"] == []


def test_a_signature_that_nobody_checks_is_seen(
    holders: dict[str, KeyHolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers' requests believed unchecked: nobody, the operators and Henri are let in where 401 stands."""

    def believe(self: ReaderSigned, request: Any) -> tuple[ReaderPrincipal, SignedRequest]:
        signed = SignedRequest("", "", 0, secrets.token_urlsafe(16), "", "", b"")
        return ReaderPrincipal(Reader.objects.get(), b""), signed

    monkeypatch.setattr(ReaderSigned, "authenticate", believe)
    table = rows(permission_table.COMPANY)
    signed = [row for row in table if row.by_name["dora"] != row.by_name["henri"] == "401"]
    assert len(signed) > 3
    for row in signed:
        others = tuple(name for name in COLUMNS if name != "dora" and row.by_name[name] == "401")
        assert "401" not in found(row, others, holders).values()
