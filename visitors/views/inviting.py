"""Inviting from the console: one, a group or a series in one form."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from access.models import Site
from credentials.refusals import Refused
from operators.permissions import Permission, actor_of, needs
from visitors.coming import staff_named
from visitors.invitation_forms import InviteForm
from visitors.models import Visit, VisitType
from visitors.services.inviting import invite_for_host

# Where the form shows a refusal; any other stands above it.
FIELDS = {
    "guest_twice": "more",
    "is_staff": "email",
    "already_invited": "email",
    "host_left": "host",
    "window_over": "begins",
    "window_too_far": "begins",
    "window_empty": "ends",
    "window_too_long": "ends",
    "series_ends_first": "until",
    "series_too_long": "until",
    "too_many_at_once": "until",
}


@needs(Permission.VISITS)
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def invite_page(request: HttpRequest) -> HttpResponse:
    """The form; with a button that only searches for the host, for browsers without scripts."""
    searching = "find" in request.POST
    form = InviteForm(request.POST if request.method == "POST" and not searching else None)
    if searching:
        form = InviteForm(initial=request.POST.dict() | {"weekdays": request.POST.getlist("weekdays")})
    visits = _store(form, actor_of(request)) if form.is_bound and form.is_valid() else []
    if visits:
        messages.success(request, _said(visits))
        group = visits[0].group_id
        return redirect("visit-group", group) if group else redirect("visits-coming")
    term = request.POST.get("host_name", "")
    context = {
        "tab": "coming",
        "form": form,
        "found": staff_named(term),
        "term": term,
        "ready": VisitType.objects.filter(archived_at=None).exists() and Site.objects.exists(),
        "wide": bool(form["more"].value() or form["repeat"].value()),
    }
    return render(request, "visitors/invite.html", context, status=422 if form.errors else 200)


@needs(Permission.VISITS)
@never_cache
@require_safe
def hosts(request: HttpRequest) -> HttpResponse:
    """Whose name fits what is being typed."""
    term = request.GET.get("host_name", "")
    return render(request, "visitors/_hosts.html", {"found": staff_named(term), "term": term})


def _store(form: InviteForm, by: str) -> list[Visit]:
    """The visits, or none with the refusal told in the form."""
    try:
        plan = form.plan()
        return invite_for_host(
            guests=form.guests(),
            plan=plan,
            by=by,
            times=form.times(plan),
            name=form.cleaned_data["group_name"],
        )
    except Refused as refused:
        form.add_error(FIELDS.get(refused.code), refused.text)
    except ValidationError as error:
        form.add_error(None, error.messages[0])
    return []


def _said(visits: list[Visit]) -> str:
    if len(visits) > 1:
        return f"{len(visits)} visits are planned. The invitations are on their way."
    visit = visits[0]
    if not visit.holder.email:
        return f"{visit.holder.name} is expected. There is no mail address: nothing was sent."
    return f"{visit.holder.name} is invited. The mail is on its way."
