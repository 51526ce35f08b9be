"""Day passes: issued on a person's page, printed, listed, revoked."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credentials.day_pass_lists import day_passes, get_day_pass
from credentials.day_pass_pdf import SHEETS, day_pass_pdf
from credentials.paper import DayPassState
from credentials.refusals import Refused
from credentials.selectors import get_holder
from credentials.services import issue_day_pass, revoke_day_pass
from operators.permissions import Permission, actor_of, may, needs
from pages.day_passes import DayPassForm

FIELDS = {
    "window_empty": "ends",
    "window_over": "ends",
    "window_too_long": "ends",
    "outside_validity": "ends",
}


@needs(Permission.DAY_PASSES)
@never_cache
@require_http_methods(["GET", "POST"])
def day_pass_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Issue a day pass; its PIN is on the page that answers, and nowhere after it."""
    holder = get_holder(pk)
    asked = request.method == "POST"
    form = DayPassForm(request.POST if asked else None, holder=holder)
    if asked and form.is_valid():
        try:
            made = issue_day_pass(
                holder=holder, window=form.window(), by=actor_of(request), mail=form.mailed()
            )
        except Refused as refused:
            form.add_error(FIELDS.get(refused.code), refused.text)
        else:
            context = {"holder": holder, "made": made, "mailed": form.mailed(), "sheets": list(SHEETS)}
            return render(request, "pages/day_pass_made.html", context)
    context = {"holder": holder, "form": form}
    return render(request, "pages/day_pass_form.html", context, status=422 if asked else 200)


@needs(Permission.PEOPLE_VIEW)
@require_safe
def day_pass_list(request: HttpRequest) -> HttpResponse:
    """All day passes, newest first."""
    page, lines = day_passes(request.GET.get("page", 1))
    context = {"page": page, "lines": lines, "edits": may(request, Permission.DAY_PASSES)}
    return render(request, "pages/day_passes.html", context)


@needs(Permission.DAY_PASSES)
@never_cache
@require_safe
def day_pass_sheet(request: HttpRequest, handle: int) -> HttpResponse:
    """The pass as PDF. One that is dead is not printed."""
    day_pass = get_day_pass(handle)
    size = request.GET.get("size", "a6")
    if day_pass.state != DayPassState.ACTIVE or size not in SHEETS:
        raise Http404
    answer = HttpResponse(day_pass_pdf(day_pass, size), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="day-pass-{day_pass.handle}-{size}.pdf"'
    return answer


@needs(Permission.DAY_PASSES)
@require_POST
def day_pass_revoke(request: HttpRequest, handle: int) -> HttpResponse:
    """End a day pass at every door."""
    day_pass = get_day_pass(handle)
    revoke_day_pass(day_pass=day_pass, by=actor_of(request))
    messages.success(request, f"Day pass {day_pass.handle} is revoked: every door refuses it.")
    return redirect("person", pk=day_pass.holder_id)
