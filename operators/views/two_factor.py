"""Setting up the second factor, recovery codes, one's own password."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import login as second_factor_login
from django_otp import user_has_device

from operators import services
from operators.forms import ChangePasswordForm, CodeForm
from operators.models import Operator
from operators.permissions import is_verified, needs, operator_of, public
from operators.pictures import qr_svg
from operators.refusals import OperatorRefused
from operators.selectors import recovery_codes_left
from operators.services.second_factor import otpauth_uri, plain_secret
from operators.views.ways import next_path


@needs()
@never_cache
@require_safe
def two_factor(request: HttpRequest) -> HttpResponse:
    """What one signs in with."""
    operator = operator_of(request)
    context = {"codes_left": recovery_codes_left(operator), "operator": operator}
    return render(request, "operators/two_factor.html", context)


@public("one whose password was right and who has no second factor yet sets it up here")
@sensitive_post_parameters("code")
@sensitive_variables("device", "codes")
@never_cache
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Show the picture for the authenticator app and take its first code."""
    way = next_path(request)
    operator = request.user
    if not isinstance(operator, Operator):
        return redirect(f"/sign-in/?{urlencode({'next': way})}")
    if user_has_device(operator) and not is_verified(operator):
        return redirect(f"/sign-in/code/?{urlencode({'next': way})}")
    form = CodeForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            device, codes = services.confirm_totp(operator=operator, code=form.cleaned_data["code"].strip())
        except OperatorRefused as refused:
            form.add_error("code", refused.text)
            status = 422
        else:
            request.session.cycle_key()
            second_factor_login(request, device)
            return render(request, "operators/recovery_codes.html", {"codes": codes, "next": way})
    device = services.start_totp(operator=operator)
    uri = otpauth_uri(device, account=operator.email)
    context = {
        "form": form,
        "next": way,
        "picture": qr_svg(uri, label="Picture for your authenticator app"),
        "uri": uri,
        "secret": plain_secret(device),
    }
    return render(request, "operators/two_factor_set_up.html", context, status=status)


@needs()
@sensitive_variables("codes")
@never_cache
@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """A fresh sheet of recovery codes."""
    operator = operator_of(request)
    codes = services.make_recovery_codes(operator=operator, by=operator.actor)
    return render(request, "operators/recovery_codes.html", {"codes": codes, "next": "/two-factor/"})


@needs()
@sensitive_post_parameters("current", "password")
@never_cache
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """One's own new password; other sessions end."""
    operator = operator_of(request)
    form = ChangePasswordForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            services.check_password(
                request=request, email=operator.email, password=form.cleaned_data["current"]
            )
        except OperatorRefused as refused:
            text = "This is not your current password." if refused.code == "wrong" else refused.text
            form.add_error("current", text)
            status = 422
        else:
            changed = services.set_password(
                operator=operator, password=form.cleaned_data["password"], by=operator.actor
            )
            update_session_auth_hash(request, changed)
            messages.success(request, "Your password was changed. Your other sessions have ended.")
            return redirect("/two-factor/")
    return render(request, "operators/change_password.html", {"form": form}, status=status)
