"""The public host: what Sallyport is, and signing a company up."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from operators.addresses import address
from operators.permissions import public
from pages.forms import SignUpForm
from pages.limits import sign_up_allowed
from tenants.client_address import client_address
from tenants.services import SignUpRefused, check_subdomain, sign_up

MOST_SUBDOMAIN = 63


@public("what one sees before there is a company")
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What Sallyport is."""
    return render(request, "public/landing.html")


@public("a company is made by somebody who has none yet")
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_up_page(request: HttpRequest) -> HttpResponse:
    """Take the facts and make the company."""
    form = SignUpForm(request.POST or None)
    status = 200
    if form.is_valid() and not sign_up_allowed(client_address(request)):
        form.add_error(None, "Too many sign-ups from your network. Wait an hour, then try again.")
        status = 429
    elif form.is_valid():
        try:
            company = sign_up(**form.cleaned_data)
        except SignUpRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.text)
        else:
            host = company.ref().host
            context = {"company": company.ref(), "address": address(host, "/sign-in/"), "host": host}
            return render(request, "public/ready.html", context, status=201)
    if form.errors and status == 200:
        status = 422
    context = {"form": form, "suffix": address_suffix()}
    return render(request, "public/sign_up.html", context, status=status)


@public("tells whether an address is free, as one types it")
@require_safe
def subdomain_check(request: HttpRequest) -> HttpResponse:
    """One line under the field: free, or why not."""
    asked = request.GET.get("subdomain", "").strip()[: MOST_SUBDOMAIN + 1]
    if not asked:
        return HttpResponse("")
    try:
        name = check_subdomain(asked)
    except SignUpRefused as refused:
        return render(request, "public/_subdomain.html", {"refused": refused})
    shown = address(f"{name}.{settings.BASE_DOMAIN}").removesuffix("/")
    return render(request, "public/_subdomain.html", {"address": shown})


def address_suffix() -> str:
    """What stands behind the subdomain."""
    return f".{settings.BASE_DOMAIN}"
