"""The public form of a request, and the link that confirms its mail address. Nobody is signed in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from compliance.case_forms import AskForm
from compliance.case_mails import day_in
from compliance.case_texts import KINDS, kind_in, texts
from compliance.models import CaseKind, Language
from compliance.refusals import Refused
from compliance.services.cases import Told
from compliance.services.identity import ask_publicly, awaiting
from compliance.services.identity import confirm as confirm_address
from operators.permissions import public
from tenants.client_address import client_address
from tenants.context import current


@public("a person asks about their data, who may have nothing to sign in with")
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Take a request; the answer is the same whoever is known."""
    language = _language(request)
    posted = request.POST if request.method == "POST" else None
    form = AskForm(posted, language=language)
    if posted is None or not form.is_valid():
        facts = {"form": form, "kinds": list(KINDS[language].items()), "wrong": posted is not None}
        status = 422 if posted is not None else 200
        return _page(request, "ask", language, {**facts, "languages": Language.choices}, status)
    said = form.cleaned_data
    told = Told(said["name"], said["email"], said["message"], language)
    ask_publicly(kind=CaseKind(said["kind"]), told=told, place=client_address(request))
    return _page(request, "sent", language, {})


@public("proves itself by the token from the mail")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm by a POST: a mail scanner that opens the link confirms nothing."""
    case = awaiting(token)
    if case is None:
        return _page(request, "void", _language(request), {}, 410)
    language = case.language
    if request.method != "POST":
        said = {"kind": kind_in(case.kind, language)}
        return _page(request, "confirm", language, {}, said=said)
    try:
        case = confirm_address(token=token)
    except Refused:
        return _page(request, "void", language, {}, 410)
    said = {"number": str(case.number), "due": day_in(case.answer_by, case, language)}
    return _page(request, "done", language, {}, said=said)


def _language(request: HttpRequest) -> str:
    """As asked for, as the form was shown, as the browser speaks, or English."""
    spoken = (translation.get_language() or "en")[:2]
    wished = (request.POST.get("language", ""), request.GET.get("language", ""), spoken)
    return next((one for one in wished if one in Language.values), "en")


def _page(
    request: HttpRequest,
    page: str,
    language: str,
    facts: dict[str, Any],
    status: int = 200,
    said: dict[str, str] | None = None,
) -> HttpResponse:
    words = texts(language, company=current().name, **(said or {}))
    context = {"said": words, "language": language, "title": words.get(f"{page}_title", words["title"])}
    return render(request, f"compliance/ask_{page}.html", {**context, **facts}, status=status)
