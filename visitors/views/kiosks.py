"""Console pages: kiosks paired, set up, unpaired, and what they took without network."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operators.permissions import Permission, actor_of, may, needs
from readers.models import PAIRING_ATTEMPTS
from visitors import services
from visitors.kiosk_forms import EditKioskForm, KioskForm
from visitors.kiosk_lists import handed_in, kiosk_lines, line_of, open_pairings
from visitors.models import Kiosk, KioskPairing, KioskState, SealedSignIn
from visitors.refusals import Refused
from visitors.services.handing_in import acknowledge


@needs(Permission.VISITS_VIEW)
@require_safe
def kiosks(request: HttpRequest) -> HttpResponse:
    """Every kiosk, how it stands, and what was handed in; asked again by the page itself."""
    now = timezone.now()
    told = {
        "tab": "kiosks",
        "lines": kiosk_lines(now),
        "unpaired": Kiosk.objects.exclude(state=KioskState.ACTIVE).select_related("site"),
        "pairings": open_pairings(now),
        "handed_in": handed_in(),
        "edits": may(request, Permission.VISITS_SET_UP),
        "sees": may(request, Permission.VISITS),
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "visitors/_kiosks.html" if partial else "visitors/kiosks.html", told)


@needs(Permission.VISITS_SET_UP)
@require_http_methods(["GET", "POST"])
def kiosk_pair(request: HttpRequest) -> HttpResponse:
    """Name a kiosk and its place; then show the code that is typed at the tablet."""
    form = KioskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ticket = services.start_pairing(
                site=form.cleaned_data["site"],
                setting=form.setting(),
                exit_code=form.cleaned_data["exit_code"],
                by=actor_of(request),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            told = {"tab": "kiosks", "ticket": ticket, "address": f"{request.get_host()}/kiosk/"}
            return render(request, "visitors/kiosk_ticket.html", told | _standing(ticket.pairing))
    told = {"tab": "kiosks", "form": form}
    return render(request, "visitors/kiosk_pair.html", told, status=422 if form.is_bound else 200)


@needs(Permission.VISITS_SET_UP)
@require_safe
def kiosk_pairing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How a pairing stands; its page asks every second."""
    row = get_object_or_404(KioskPairing.objects.select_related("kiosk", "site"), pk=pk)
    return render(request, "visitors/_kiosk_standing.html", _standing(row))


def _standing(row: KioskPairing) -> dict[str, Any]:
    standing = "waiting" if timezone.now() < row.expires else "expired"
    if row.used_at is not None:
        standing = "paired"
    elif row.attempts >= PAIRING_ATTEMPTS:
        standing = "locked"
    return {"pairing": row, "standing": standing}


@needs(Permission.VISITS_SET_UP)
@require_http_methods(["GET", "POST"])
def kiosk(request: HttpRequest, handle: int) -> HttpResponse:
    """One kiosk: how it stands and is set up."""
    row = get_object_or_404(Kiosk.objects.select_related("site"), handle=handle)
    form = EditKioskForm(request.POST if request.method == "POST" else None, kiosk=row)
    if form.is_valid():
        try:
            row = services.edit_kiosk(
                kiosk=row,
                site=form.cleaned_data["site"],
                setting=form.setting(),
                exit_code=form.cleaned_data["exit_code"],
                by=actor_of(request),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"“{row.name}” is saved. The tablet follows within a minute.")
            return redirect("kiosks")
    told = {"tab": "kiosks", "kiosk": row, "line": line_of(row, timezone.now()), "form": form}
    return render(request, "visitors/kiosk.html", told, status=422 if form.is_bound else 200)


@needs(Permission.VISITS_SET_UP)
@require_POST
def kiosk_unpair(request: HttpRequest, handle: int) -> HttpResponse:
    """It is a kiosk no more."""
    row = services.unpair_kiosk(kiosk=get_object_or_404(Kiosk, handle=handle), by=actor_of(request))
    messages.success(request, f"“{row.name}” is unpaired. It destroys its key when it is next heard.")
    return redirect("kiosks")


@needs(Permission.VISITS)
@require_POST
def sign_in_seen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Reception has seen what a kiosk handed in."""
    acknowledge(sign_in=get_object_or_404(SealedSignIn, pk=pk), by=actor_of(request))
    return redirect("kiosks")
