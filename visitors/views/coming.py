"""Who is to come, and the deeds on one invitation: move, cancel, send again, invite anew."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credentials.refusals import Refused
from operators.permissions import Permission, actor_of, may, needs
from visitors.coming import STATES, Wanted, coming, groups, hosts_of_coming, staff_named
from visitors.invitation_forms import WhenForm
from visitors.models import Visit
from visitors.moments import local_times
from visitors.services.inviting import invite_again, resend
from visitors.services.moving import cancel
from visitors.services.rearranging import move_visit
from visitors.views.inviting import FIELDS


@needs(Permission.VISITS_VIEW)
@never_cache
@require_safe
def coming_list(request: HttpRequest) -> HttpResponse:
    """Visits to come, the soonest first. What the address asks for and is not understood is left out."""
    said = request.GET
    wanted = Wanted(
        said.get("q", "").strip()[:100],
        _uuid(said.get("host", "")),
        said.get("state", ""),
        _uuid(said.get("group", "")),
        said.get("page", 1),
    )
    context = {
        "tab": "coming",
        "page": coming(wanted),
        "wanted": wanted,
        "filtered": any((wanted.text, wanted.host, wanted.state, wanted.group)),
        "states": STATES,
        "hosts": hosts_of_coming(),
        "groups": groups(),
        "edits": may(request, Permission.VISITS),
    }
    return render(request, "visitors/coming.html", context)


@needs(Permission.VISITS)
@never_cache
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another time, another host."""
    visit = _visit(pk)
    begins, ends = local_times(visit)
    initial = {"host": visit.host_id, "begins": begins, "ends": ends}
    searching = "find" in request.POST
    form = WhenForm(request.POST if request.method == "POST" and not searching else None, initial=initial)
    if searching:
        form = WhenForm(initial=initial | request.POST.dict())
    if form.is_bound and form.is_valid():
        try:
            start, end = form.span(visit.site, visit.type)
            host = form.cleaned_data["host"]
            move_visit(visit=visit, begins=start, ends=end, host=host, by=actor_of(request))
        except Refused as refused:
            form.add_error(_field(refused, form), refused.text)
        else:
            messages.success(request, "It is changed. Whoever was invited by mail is told.")
            return _back(request)
    term = request.POST.get("host_name", "")
    context = {"tab": "coming", "visit": visit, "form": form, "found": staff_named(term), "term": term}
    return render(request, "visitors/move.html", context, status=422 if form.errors else 200)


@needs(Permission.VISITS)
@require_POST
def cancel_visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It does not take place."""
    visit = _visit(pk)
    try:
        cancel(visit=visit, by=actor_of(request))
    except Refused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, f"The visit of {visit.holder.name} is cancelled.")
    return _back(request)


@needs(Permission.VISITS)
@require_POST
def send_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same mail once more."""
    try:
        resend(visit=_visit(pk), by=actor_of(request))
    except Refused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, "The invitation is on its way once more.")
    return _back(request)


@needs(Permission.VISITS)
@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A visit that was cancelled is invited anew."""
    try:
        visit = invite_again(visit=_visit(pk), by=actor_of(request))
    except Refused as refused:
        messages.error(request, refused.text)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"{visit.holder.name} is invited anew.")
    return _back(request)


def _visit(pk: UUID) -> Visit:
    rows = Visit.objects.select_related("holder__subject", "host__subject", "type", "site", "group")
    visit = rows.filter(pk=pk).first()
    if visit is None:
        raise Http404
    return visit


def _field(refused: Refused, form: WhenForm) -> str | None:
    name = FIELDS.get(refused.code)
    return name if name in form.fields else None


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the deed was pressed on."""
    page = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        return redirect(page)
    return redirect("visits-coming")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
