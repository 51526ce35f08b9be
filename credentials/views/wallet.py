"""The wallet's page. It is the same for everybody: what a phone may see it asks for with its key."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from operators.permissions import public
from tenants.context import current


@public("a phone opens it before it is known, and it holds nothing: what a phone may see it signs for")
@require_safe
def wallet(request: HttpRequest) -> HttpResponse:
    """Opening the link of an invitation, as mail scanners do, burns nothing."""
    return render(request, "wallet/wallet.html", {"company": current()})
