"""The wallet's page. It is the same for everybody: what a phone may see it asks for with its key."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from credentials.shell import worker_of
from operators.addresses import page_address
from operators.permissions import public
from tenants.context import current


def _page(request: HttpRequest) -> HttpResponse:
    company = current()
    moved = {"host": company.moved_to, "address": page_address("/wallet/")} if company.moved_to else None
    return render(request, "wallet/wallet.html", {"company": company, "moved": moved})


@public("a phone opens it before it is known, and it holds nothing: what a phone may see it signs for")
@require_safe
def wallet(request: HttpRequest) -> HttpResponse:
    """Opening the link of an invitation, as mail scanners do, burns nothing."""
    return _page(request)


@public("it names the files of the wallet's page, which are the same for everybody")
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, below the wallet's address so that it may serve the wallet and nothing else.

    It differs by a byte whenever any file of the wallet does: that is how a browser learns of a new version.
    """
    return worker_of("wallet", reverse("wallet"), _page(request).content, behind="wallet/worker.js")
