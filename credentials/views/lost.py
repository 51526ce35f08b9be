"""A lost phone: ask for the link, use it, revoke. Nobody is signed in; the link can do nothing else."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credentials.lost_texts import TEXTS, texts
from credentials.mails import moment_in
from credentials.models import DeviceState, Holder
from credentials.refusals import Refused
from credentials.selectors import last_uses, phones_of
from credentials.services import lost
from operators.permissions import public
from tenants.client_address import client_address
from tenants.context import current

COOKIE = f"{settings.PREFIX}lost"


class AskForm(forms.Form):
    """The address that the link is sent to."""

    email = forms.EmailField(
        max_length=254,
        widget=forms.EmailInput(
            attrs={"class": "form-control", "autocomplete": "email", "autofocus": True, "id": "email"}
        ),
    )


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone as the page shows it."""

    id: UUID
    label: str
    used: str
    awaiting: bool


@public("one who lost a phone has nothing to sign in with")
@sensitive_post_parameters("email")
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Take an address; the answer is the same whether it is known or not."""
    form = AskForm(request.POST or None)
    if not form.is_valid():
        wrong = request.method == "POST"
        return _page(request, "ask", {"form": form, "wrong": wrong}, status=422 if wrong else 200)
    lost.ask_for_link(email=form.cleaned_data["email"], place=client_address(request))
    return _page(request, "sent", {})


@public("proves itself by the token from the mail")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def use(request: HttpRequest, token: str) -> HttpResponse:
    """Bind the link to this browser by a POST: a mail scanner that opens it uses nothing up."""
    link = lost.usable(token)
    if link is None or link.holder is None:
        return _void(request)
    if request.method != "POST":
        return _page(request, "use", {}, language=link.holder.language)
    try:
        secret = lost.use_link(token=token)
    except Refused:
        return _void(request)
    answer = redirect("lost-phones")
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=int(lost.BROWSER_LIFE.total_seconds()),
        secure=settings.SECURE,
        httponly=True,
        samesite="Strict",
    )
    return answer


@public("proves itself by the cookie that the mailed link was changed for")
@never_cache
@require_safe
def phones(request: HttpRequest) -> HttpResponse:
    """The person's phones that still open doors."""
    holder = lost.holder_of(request.COOKIES.get(COOKIE, ""))
    return _void(request) if holder is None else _phones_page(request, holder)


@public("proves itself by the cookie that the mailed link was changed for")
@never_cache
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Revoke the phone that was pressed, or all of them."""
    holder = lost.holder_of(request.COOKIES.get(COOKIE, ""))
    if holder is None:
        return _void(request)
    everything = "all" in request.POST
    phone = _uuid(request.POST.get("phone", ""))
    done = lost.revoke_lost(holder=holder, phone=None if everything else phone) if phone or everything else 0
    told = {0: "", 1: "done"}.get(done, "done_all")
    return _phones_page(request, holder, told)


def _phones_page(request: HttpRequest, holder: Holder, told: str = "") -> HttpResponse:
    said = TEXTS[holder.language]
    devices = [device for device in phones_of(holder) if device.state != DeviceState.REVOKED]
    uses = last_uses(device.handle for device in devices)
    shown = []
    for device in devices:
        at = uses.get(device.handle)
        moment = at and moment_in(dt.datetime.fromtimestamp(at / 1000, dt.UTC), holder.language)
        used = said["used"].format(at=moment) if moment else said["never"]
        awaiting = device.state == DeviceState.AWAITING
        shown.append(Phone(device.pk, device.label or said["unnamed"], used, awaiting))
    facts = {"phones": shown, "told": said[told] if told else ""}
    return _page(request, "phones", facts, language=holder.language, name=holder.name)


def _void(request: HttpRequest) -> HttpResponse:
    return _page(request, "void", {}, status=410)


def _page(
    request: HttpRequest,
    page: str,
    facts: dict[str, Any],
    *,
    status: int = 200,
    language: str = "",
    name: str = "",
) -> HttpResponse:
    spoken = language or (translation.get_language() or "en")[:2]
    said = texts(spoken, company=current().name, name=name)
    context = {"said": said, "language": spoken, **facts}
    return render(request, f"credentials/lost_{page}.html", context, status=status)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
