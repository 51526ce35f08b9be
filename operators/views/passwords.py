"""Forgotten password and first password, by a link from a mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from operators import services
from operators.forms import ForgottenForm, NewPasswordForm
from operators.models import PasswordLink
from operators.permissions import public
from operators.refusals import OperatorRefused
from operators.services.passwords import link_of
from tenants.client_address import client_address


@public("one who forgot the password cannot sign in")
@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Take an address; the answer is the same whether it is known or not."""
    form = ForgottenForm(request.POST or None)
    if form.is_valid():
        services.request_password_reset(email=form.cleaned_data["email"], place=client_address(request))
        return render(request, "operators/password_sent.html")
    return render(request, "operators/password_forgotten.html", {"form": form})


@public("proves itself by the token from the mail")
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Take a new password. Opening the page uses nothing up: mail scanners open links."""
    link = link_of(token)
    if link is None:
        return render(request, "operators/password_link_void.html", status=410)
    form = NewPasswordForm(request.POST or None)
    if form.is_valid():
        try:
            services.set_password_by_link(token=token, password=form.cleaned_data["password"])
        except OperatorRefused as refused:
            if refused.field != "password":
                return render(request, "operators/password_link_void.html", status=410)
            form.add_error("password", refused.text)
        else:
            messages.success(request, "Your password is set. Sign in with it.")
            return redirect("/sign-in/")
    first = link.purpose == PasswordLink.Purpose.INVITE
    status = 422 if form.errors else 200
    return render(request, "operators/password_reset.html", {"form": form, "first": first}, status=status)
