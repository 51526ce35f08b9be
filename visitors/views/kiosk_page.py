"""The page that makes a tablet a kiosk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from credentials.shell import version_of, worker_of
from operators.permissions import public
from tenants import context

DECODER = "vendor/zxing-wasm/reader/zxing_reader.wasm"  # a script asks for it, by its name alone


@public("a tablet becomes a kiosk here; until it is paired the page can do nothing")
@require_GET
def kiosk_page(request: HttpRequest) -> HttpResponse:
    """The page at reception."""
    return _page(request)


@public("it names the files of the kiosk page, which are the same for everybody")
@require_GET
def kiosk_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, below the page's address so that it may serve this page and nothing else."""
    return worker_of("kiosk", reverse("kiosk-page"), _page(request).content, DECODER)


def _page(request: HttpRequest) -> HttpResponse:
    company = context.current()
    told = {"company": company, "company_uid": company.uid.hex()}
    version = version_of(render(request, "kiosk/page.html", told).content, DECODER)
    return render(request, "kiosk/page.html", told | {"version": version})
