"""Puts each request into the company of its host, and takes it out again."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from tenants import context, former, hosts
from tenants.refs import CompanyRef
from tenants.wire import wire

NEVER_KEPT = "no-store"


class CompanyMiddleware:
    """An unknown host is 404 in plain text, never the public site; a suspended company says that it is.

    Sets `request.company` (CompanyRef, None on the public host) and `request.tenant`, the same under the name
    that django-tenants uses. After the response the connection is back on the public schema.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
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
        with context.enter(company):
            return self.get_response(request)

    def _public(self, request: HttpRequest) -> HttpResponseBase:
        request.company = request.tenant = None  # type: ignore[attr-defined]
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        wire.set_schema_to_public()
        return self.get_response(request)


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
