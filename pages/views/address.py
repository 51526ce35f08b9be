"""The company's address: what hangs on it is counted and named before it changes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from credentials.services import lead_over, move_company
from operators.addresses import address
from operators.permissions import Permission, actor_of, needs
from pages.views.public import MOST_SUBDOMAIN, address_suffix
from readers.models import Reader, ReaderState
from tenants.context import current
from tenants.models import Domain
from tenants.moving import FORMER_FOR, Moved, check_move, host_of
from tenants.services import SignUpRefused


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def address_page(request: HttpRequest) -> HttpResponse:
    """Ask for a subdomain, then for a yes to what it costs, then move."""
    asked = request.POST.get("subdomain", "")[: MOST_SUBDOMAIN + 1]
    if request.method != "POST":
        return _show(request)
    try:
        name = check_move(current().id, asked)
        # The yes is to the very name that was shown.
        if request.POST.get("sure") == name:
            return _done(request, move_company(subdomain=name, by=actor_of(request)))
    except SignUpRefused as refused:
        return _show(request, asked=asked, refused=refused)
    readers = Reader.objects.exclude(state=ReaderState.RETIRED).count()
    told = {"name": name, "wanted": host_of(name), "lost": lead_over(), "readers": readers}
    return _show(request, **told, asked=asked)


@needs(Permission.SETTINGS_EDIT)
@require_safe
def address_check(request: HttpRequest) -> HttpResponse:
    """One line under the field: free, or why not."""
    asked = request.GET.get("subdomain", "").strip()[: MOST_SUBDOMAIN + 1]
    if not asked:
        return HttpResponse("")
    try:
        name = check_move(current().id, asked)
    except SignUpRefused as refused:
        return render(request, "public/_subdomain.html", {"refused": refused})
    shown = address(host_of(name)).removesuffix("/")
    return render(request, "public/_subdomain.html", {"address": shown})


def _show(request: HttpRequest, **told: object) -> HttpResponse:
    company = current()
    context = {
        "host": company.host,
        "suffix": address_suffix(),
        "days": FORMER_FOR.days,
        "former": Domain.objects.filter(tenant_id=company.id, ends_at__isnull=False).order_by("ends_at"),
        **told,
    }
    return render(request, "pages/address.html", context, status=422 if "refused" in told else 200)


def _done(request: HttpRequest, moved: Moved) -> HttpResponse:
    # No redirect: a form may not lead to another origin, and the operator signs in there anew anyway.
    context = {"moved": moved, "address": address(moved.host, "/sign-in/"), "days": FORMER_FOR.days}
    return render(request, "pages/address_moved.html", context)
