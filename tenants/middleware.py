"""Puts each request into the company of its host, and takes it out again."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.signals import got_request_exception
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from tenants import context, former, hosts, patience
from tenants.refs import CompanyRef
from tenants.shares import PUBLIC, Crowded, Shares
from tenants.wire import wire

NEVER_KEPT = "no-store"
RETRY_AFTER = "2"
UNBOUND = 1_000_000


class CompanyMiddleware:
    """An unknown host is 404 in plain text, never the public site; a suspended company says that it is.

    Sets `request.company` (CompanyRef, None on the public host) and `request.tenant`, the same under the name
    that django-tenants uses. After the response the connection is back on the public schema.

    A company holds but its share of the process's connections; one whose database does not serve in time is
    answered 503 `server_unavailable`, never 500.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.shares = Shares(settings.MOST_REQUESTS_AT_ONCE or UNBOUND)
        got_request_exception.connect(_note, dispatch_uid="tenants.middleware")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self._serve(request)
        except Crowded:
            return unavailable(request)
        except Exception as error:
            if patience.is_away(error):  # the host could not be looked up
                return unavailable(request)
            raise

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A view's failure: 503 where the database did not serve in time."""
        if not patience.is_away(error):
            return None
        request.away = error  # type: ignore[attr-defined]
        return unavailable(request)

    def _serve(self, request: HttpRequest) -> HttpResponseBase:
        try:
            host = request.get_host()
        except DisallowedHost:
            return unknown_host()
        if hosts.is_public(host):
            return self._public(request)
        company = hosts.lookup(host)
        if company is None:
            return unknown_host()
        if not company.active:
            return suspended(request, company)
        if company.moved_to and (moved := former.answer(request, company)) is not None:
            return moved
        request.company = request.tenant = company  # type: ignore[attr-defined]
        with self.shares.share(company.id, _give_back), context.enter(company):
            return self._answer(request, company.id)

    def _public(self, request: HttpRequest) -> HttpResponseBase:
        request.company = request.tenant = None  # type: ignore[attr-defined]
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        with self.shares.share(PUBLIC, _give_back):
            wire.set_schema_to_public()
            return self._answer(request, PUBLIC)

    def _answer(self, request: HttpRequest, company: int) -> HttpResponseBase:
        response = self.get_response(request)
        away: BaseException | None = getattr(request, "away", None)
        if away is None:
            self.shares.went_well(company)
        else:
            if patience.is_locked(away):
                self.shares.locked(company)
            if response.status_code == 500:
                response = unavailable(request)
        if settings.MOST_REQUESTS_AT_ONCE:
            _give_back()  # a client that reads slowly holds no connection
        return response


def _note(request: HttpRequest | None = None, **more: object) -> None:
    """Remember what failed outside of a view: Django makes a 500 of it before the middleware sees it."""
    error = sys.exception()
    if request is not None and error is not None and patience.is_away(error):
        request.away = error  # type: ignore[attr-defined]


def _give_back() -> None:
    """Hold no connection; one in a transaction is somebody else's."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 for programs and for people: ask again. Without any database."""
    if request.path.startswith("/api/"):
        text = "The server cannot answer now. Try again in a moment."
        told = {"code": "server_unavailable", "text": text, "retry": True}
        answer: HttpResponse = JsonResponse(told, status=503)
    else:
        answer = HttpResponse(render_to_string("tenants/unavailable.html"), status=503)
    answer.headers["Cache-Control"] = NEVER_KEPT
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def unknown_host() -> HttpResponse:
    """404 in plain text: it tells nothing about which hosts there are."""
    return HttpResponse(
        "There is nothing at this address.\n",
        status=404,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": NEVER_KEPT},
    )


def suspended(request: HttpRequest, company: CompanyRef) -> HttpResponse:
    """A page for people, a coded refusal for programs. Both without the company's database."""
    if request.path.startswith("/api/"):
        text = "This company is suspended."
        answer: HttpResponse = JsonResponse(
            {"code": "company_suspended", "text": text, "retry": False}, status=403
        )
    else:
        answer = render(request, "tenants/suspended.html", {"company": company}, status=403)
    answer.headers["Cache-Control"] = NEVER_KEPT
    return answer
