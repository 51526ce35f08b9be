"""What an address answers that its company has left: phones and readers go on there, people are sent on."""

from typing import Final

from django.http import HttpRequest, HttpResponse

from tenants.addresses import address
from tenants.refs import CompanyRef

SAFE: Final = frozenset({"GET", "HEAD"})
# What keys are bound to: an installed wallet, a paired reader, and what their pages and programs call.
_STAYS: Final = ("/api/", "/wallet/", "/reader/")


def answer(request: HttpRequest, company: CompanyRef) -> HttpResponse | None:
    """The way to the company's address, or None for what goes on here. Nothing is written on the way."""
    if request.path.startswith(_STAYS):
        return None
    safe = request.method in SAFE
    target = address(company.moved_to, request.get_full_path() if safe else "/")
    headers = {"Cache-Control": "no-store"}
    if request.headers.get("HX-Request"):
        # A request out of a page must not follow to another origin: the page itself goes there.
        return HttpResponse(status=204, headers={**headers, "HX-Redirect": address(company.moved_to)})
    return HttpResponse(status=302 if safe else 303, headers={**headers, "Location": target})
