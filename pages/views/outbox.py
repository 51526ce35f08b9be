"""The demo's outbox: what went out by mail, for whoever sits at the machine that runs the demo."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from operators.permissions import public
from pages.mailbox import MOST_SHOWN, mails
from tenants.client_address import at_this_machine


@public("it is there in the demo alone, and for the demo's own machine alone")
@never_cache
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The mails; 404 unless the launcher has named their folder, and for everybody in the network.

    Mails hold invitation codes and links to new passwords: neighbours do not read them.
    """
    if not settings.OUTBOX_FOLDER or not at_this_machine(request):
        raise Http404
    found = mails(Path(settings.OUTBOX_FOLDER))
    return render(request, "public/outbox.html", {"mails": found, "most": MOST_SHOWN})
