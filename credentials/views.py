"""The wallet's page. It is the same for everybody: what a phone may see it asks for with its key."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenants.context import current


@require_safe
def wallet(request: HttpRequest) -> HttpResponse:
    """Open to all, and holds nothing: opening the link of an invitation, as mail scanners do, burns
    nothing.
    """
    return render(request, "wallet/wallet.html", {"company": current()})
