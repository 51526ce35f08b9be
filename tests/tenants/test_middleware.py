"""A company's host is that company, the public host is nobody's, any other host is nothing."""

from collections.abc import Callable
from typing import cast

import pytest
from django.core.handlers.exception import convert_exception_to_response
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from psycopg import errors

from tenants import context, hosts
from tenants.middleware import CompanyMiddleware
from tenants.models import Company
from tenants.refs import CompanyRef, CompanyState
from tenants.services import set_state

pytestmark = pytest.mark.django_db


def serve(host: str, path: str = "/") -> tuple[HttpResponse, list[CompanyRef | None]]:
    """Answer of the middleware for a host, and the company that the view ran in."""
    seen: list[CompanyRef | None] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(context.current_or_none())
        assert request.company == seen[0]  # type: ignore[attr-defined]
        return HttpResponse(getattr(request, "urlconf", "company"))

    response = CompanyMiddleware(view)(RequestFactory().get(path, HTTP_HOST=host))
    assert isinstance(response, HttpResponse)
    assert context.current_or_none() is None
    return response, seen


@pytest.mark.parametrize("host", ["acme.localhost", "ACME.localhost:8000", "acme.localhost."])
def test_a_companys_host(acme: CompanyRef, host: str) -> None:
    response, seen = serve(host)
    assert (response.content, seen) == (b"company", [acme])


def test_the_public_host(acme: CompanyRef) -> None:
    response, seen = serve("localhost:8000")
    assert (response.content, seen) == (b"config.urls_public", [None])


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost",
        "acme.evil.localhost",
        "xacme.localhost",
        "acme.localhost.evil.example",
        "127.0.0.1",
        "evil.example",
        "",
        "acme.localhost:port",
        "acme_localhost",
        "[::1]",
        "a" * 300,
        "acme%2elocalhost",
    ],
)
def test_an_unknown_host_is_404_in_plain_text(acme: CompanyRef, host: str) -> None:
    response, seen = serve(host)
    assert (response.status_code, seen) == (404, [])
    assert response["Content-Type"].startswith("text/plain")
    assert response["Cache-Control"] == "no-store"


def test_through_the_whole_stack(acme: CompanyRef) -> None:
    assert Client().get("/", HTTP_HOST="nobody.localhost").status_code == 404
    assert Client().get("/", HTTP_HOST="evil.example").status_code == 404


def test_a_suspended_company_says_so(acme: CompanyRef) -> None:
    set_state(company=Company.objects.get(pk=acme.id), state=CompanyState.SUSPENDED)
    page, seen = serve("acme.localhost")
    assert (page.status_code, seen) == (403, [])
    assert b"Acme is suspended" in page.content
    answer, _ = serve("acme.localhost", "/api/v1/wallet/me")
    assert answer.status_code == 403
    assert b'"company_suspended"' in answer.content
    hosts.forget()


def test_the_company_is_left_when_a_view_fails(acme: CompanyRef) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        CompanyMiddleware(view)(RequestFactory().get("/", HTTP_HOST="acme.localhost"))
    assert context.current_or_none() is None


def test_a_known_host_costs_no_query(acme: CompanyRef) -> None:
    serve("acme.localhost")
    with CaptureQueriesContext(connection) as seen:
        serve("acme.localhost")
    assert len(seen) == 0


def test_what_is_held_ages(acme: CompanyRef, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("tenants.hosts.time.monotonic", lambda: now[0])
    hosts.forget()
    assert hosts.resolve("acme.localhost") == acme
    assert hosts.resolve("later.localhost") is None
    assert hosts.cached("acme.localhost") == acme
    now[0] += hosts.HOLD_UNKNOWN_SECONDS
    with pytest.raises(KeyError):
        hosts.cached("later.localhost")
    now[0] += hosts.HOLD_SECONDS
    with pytest.raises(KeyError):
        hosts.cached("acme.localhost")
    hosts.forget()


def test_the_cache_of_hosts_is_bounded(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.hosts.MOST_ENTRIES", 3)
    for number in range(9):
        hosts.lookup(f"guess-{number}.localhost")
    assert len(hosts._hosts._held) == 3
    hosts.forget()


def broken(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    """A view that fails, as Django calls it: what a view raises becomes a 500 before a middleware sees it."""

    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return cast(Callable[[HttpRequest], HttpResponse], convert_exception_to_response(view))


def locked() -> OperationalError:
    error = OperationalError("canceling statement due to lock timeout")
    error.__cause__ = errors.LockNotAvailable()
    return error


@pytest.mark.parametrize("host", ["acme.localhost", "localhost"])
@pytest.mark.parametrize("path", ["/people/", "/api/v1/areas/"])
def test_what_the_database_does_not_serve_in_time(acme: CompanyRef, host: str, path: str) -> None:
    """Outside of views too, for people and for programs; what is the program's own fault stays 500."""
    request = RequestFactory().get(path, HTTP_HOST=host)
    middleware = CompanyMiddleware(broken(locked()))
    for told in (middleware(request), middleware.process_exception(request, locked()), middleware(request)):
        assert isinstance(told, HttpResponse)
        assert (told.status_code, told["Retry-After"], told["Cache-Control"]) == (503, "2", "no-store")
        assert b"server_unavailable" in told.content
        assert told["Content-Type"].startswith(
            "application/json" if path.startswith("/api/") else "text/html"
        )
    with CaptureQueriesContext(connection) as queries:
        again = middleware(RequestFactory().get(path, HTTP_HOST=host))  # it rests
    assert again.status_code == 503
    assert len(queries) == 0
    assert middleware.process_exception(request, ValueError()) is None
    own_fault = CompanyMiddleware(broken(ValueError()))(RequestFactory().get(path, HTTP_HOST=host))
    assert own_fault.status_code == 500
