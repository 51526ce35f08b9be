"""Password, then second factor."""

from urllib.parse import urlencode

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as second_factor_login
from django_otp import user_has_device

from operators import services
from operators.forms import CodeForm, RecoveryCodeForm, SignInForm
from operators.models import Operator
from operators.permissions import is_verified, public
from operators.refusals import OperatorRefused
from operators.views.ways import next_path

BACKEND = "operators.backends.OperatorBackend"


@public("this is where one signs in")
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for address and password."""
    way = next_path(request)
    if request.user.is_authenticated and is_verified(request.user):
        return redirect(way)
    form = SignInForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            operator = services.check_password(
                request=request, email=form.cleaned_data["email"], password=form.cleaned_data["password"]
            )
        except OperatorRefused as refused:
            form.add_error(None, refused.text)
            status = 429 if refused.code == "too_many_attempts" else 422
        else:
            login(request, operator, backend=BACKEND)
            return redirect(second_step(operator, way))
    return render(request, "operators/sign_in.html", {"form": form, "next": way}, status=status)


def second_step(operator: Operator, way: str) -> str:
    """Where one goes whose password was right."""
    step = "/sign-in/code/" if user_has_device(operator) else "/two-factor/set-up/"
    return f"{step}?{urlencode({'next': way})}"


@public("asks one whose password was right for the second factor")
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the authenticator app, or for a recovery code."""
    way = next_path(request)
    operator = request.user
    if not isinstance(operator, Operator):
        return redirect(f"/sign-in/?{urlencode({'next': way})}")
    if is_verified(operator):
        return redirect(way)
    if not user_has_device(operator):
        return redirect(second_step(operator, way))
    recovery = "recovery" in request.GET
    form = (RecoveryCodeForm if recovery else CodeForm)(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            device = services.check_code(operator=operator, code=form.cleaned_data["code"])
        except OperatorRefused as refused:
            form.add_error("code", refused.text)
            status = 429 if refused.code == "wait" else 422
        else:
            request.session.cycle_key()
            second_factor_login(request, device)
            return redirect(way)
    context = {"form": form, "next": way, "recovery": recovery}
    return render(request, "operators/sign_in_code.html", context, status=status)


@public("ends a session, whoever's it is")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, Operator) and is_verified(request.user):
        services.leave(operator=request.user)
    logout(request)
    return redirect("/sign-in/")
