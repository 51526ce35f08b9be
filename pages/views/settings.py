"""The company's settings: its name, who vouches for a first phone, how long a code lives."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from credentials.selectors import code_policy
from credentials.services import set_code_policy
from ledger.models import Checkpoint
from operators.models import Operator
from operators.permissions import Permission, actor_of, needs
from operators.refusals import OperatorRefused
from operators.services import rename_company
from pages.forms import CodePolicyForm, CompanyForm
from tenants.context import current


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Two forms, each saved by itself."""
    asked = request.POST.get("form", "")
    policy = code_policy()
    codes = CodePolicyForm(request.POST if asked == "codes" else None, instance=policy)
    company = CompanyForm(request.POST if asked == "company" else None, initial={"name": current().name})
    if (asked == "codes" and _save_codes(request, codes)) or (
        asked == "company" and _save_company(request, company)
    ):
        return redirect("/settings/")
    context = {
        "codes": codes,
        "company_form": company,
        "operators": Operator.objects.filter(is_active=True).count(),
        "checkpoint": Checkpoint.objects.order_by("-number").first(),
        "host": current().host,
    }
    return render(request, "pages/settings.html", context, status=422 if asked else 200)


def _save_codes(request: HttpRequest, form: CodePolicyForm) -> bool:
    if not form.is_valid():
        return False
    try:
        set_code_policy(by=actor_of(request), **form.cleaned_data)
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    messages.success(request, "Saved. New codes follow the new rules.")
    return True


def _save_company(request: HttpRequest, form: CompanyForm) -> bool:
    if not form.is_valid():
        return False
    try:
        rename_company(name=form.cleaned_data["name"], by=actor_of(request))
    except OperatorRefused as refused:
        form.add_error("name", refused.text)
        return False
    messages.success(request, "Saved.")
    return True
