"""The list of people, and a person's form."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from credentials.forms import FilterForm, PersonForm
from credentials.models import Holder, HolderKind
from credentials.refusals import Refused
from credentials.selectors import PRESENT, Wanted, get_holder, live_credential, people, phones_awaiting
from credentials.services import add_holder, edit_holder, invite_holder
from credentials.views.ways import person_path
from operators.permissions import Permission, actor_of, may, needs

FIELDS = {"email_taken": "email"}


def wanted_of(request: HttpRequest) -> Wanted:
    """What the address asks for; nonsense falls back to the whole list."""
    form = FilterForm(request.GET)
    form.is_valid()
    said = form.cleaned_data
    state = "" if said.get("state") == "ALL" else said.get("state") or PRESENT
    return Wanted(said.get("q", ""), said.get("kind", ""), state, request.GET.get("page", 1))


@needs(Permission.PEOPLE_VIEW)
@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody who may carry a code, by name."""
    wanted = wanted_of(request)
    initial = {"q": wanted.text, "kind": wanted.kind, "state": wanted.state or "ALL"}
    edits = may(request, Permission.PEOPLE_EDIT)
    context = {
        "page": people(wanted),
        "tools": FilterForm(initial=initial),
        "filtered": bool(wanted.text or wanted.kind or wanted.state != PRESENT),
        "awaiting": phones_awaiting() if edits else [],
        "edits": edits,
    }
    return render(request, "credentials/people.html", context)


def _store(form: PersonForm, holder: Holder | None, by: str) -> Holder | None:
    """The stored person, or None with the refusal told in the form."""
    try:
        if holder is None:
            return add_holder(**form.person(), validity=form.validity(), by=by)
        return edit_holder(holder=holder, validity=form.validity(), by=by, **form.person())
    except Refused as refused:
        form.add_error(FIELDS.get(refused.code), refused.text)
        return None


@needs(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "POST"])
def person_add(request: HttpRequest) -> HttpResponse:
    """Add a person, and send the invitation at once where that is wished."""
    form = PersonForm(request.POST or None, initial={"kind": "EMPLOYEE", "language": "en"})
    holder = _store(form, None, actor_of(request)) if form.is_valid() else None
    if holder is None:
        status = 422 if form.errors else 200
        return render(request, "credentials/person_form.html", {"form": form}, status=status)
    if "invite" in request.POST and holder.email:
        invite_holder(holder=holder, by=actor_of(request))
        messages.success(request, f"{holder.name} was added. The invitation is on its way.")
    else:
        messages.success(request, f"{holder.name} was added.")
    return redirect(person_path(holder))


@needs(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what is known of a person."""
    holder = get_holder(pk)
    credential = live_credential(holder)
    initial = {
        "name": holder.name,
        "email": holder.email,
        "kind": holder.kind,
        "language": holder.language,
        "begins": credential and credential.valid_from,
        "ends": credential and credential.valid_until,
    }
    visitor = holder.kind == HolderKind.VISITOR
    form = PersonForm(request.POST or None, initial=initial, visitor=visitor)
    if form.is_valid() and _store(form, holder, actor_of(request)):
        messages.success(request, "Saved.")
        return redirect(person_path(holder))
    status = 422 if form.errors else 200
    context = {"form": form, "holder": holder, "back": person_path(holder)}
    return render(request, "credentials/person_form.html", context, status=status)
