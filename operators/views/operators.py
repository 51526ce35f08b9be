"""The list of operators, and the deeds on one."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operators import services
from operators.forms import OperatorForm
from operators.permissions import Permission, actor_of, needs
from operators.refusals import OperatorRefused
from operators.selectors import confirmed_totp, get_operator, operator_lines, recovery_codes_left

LIST = "/settings/operators/"


@needs(Permission.OPERATORS_EDIT)
@require_safe
def operator_list(request: HttpRequest) -> HttpResponse:
    """Who signs in to this console."""
    return render(request, "operators/list.html", {"lines": operator_lines()})


@needs(Permission.OPERATORS_EDIT)
@require_http_methods(["GET", "POST"])
def operator_add(request: HttpRequest) -> HttpResponse:
    """Invite an operator."""
    form = OperatorForm(request.POST or None, initial={"role": "SECURITY"})
    if form.is_valid():
        try:
            operator = services.create_operator(**form.cleaned_data, by=actor_of(request))
        except OperatorRefused as refused:
            form.add_error(refused.field or None, refused.text)
        else:
            messages.success(request, f"{operator.name} was invited. The mail is on its way.")
            return redirect(LIST)
    status = 422 if form.errors else 200
    return render(request, "operators/add.html", {"form": form}, status=status)


@needs(Permission.OPERATORS_EDIT)
@require_http_methods(["GET", "POST"])
def operator_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One operator: name, role, second factor, deeds."""
    operator = get_operator(pk)
    initial = {"name": operator.name, "role": operator.role}
    form = OperatorForm(request.POST or None, initial=initial, editing=True)
    if form.is_valid():
        try:
            services.change_operator(operator=operator, **form.cleaned_data, by=actor_of(request))
        except OperatorRefused as refused:
            form.add_error(refused.field or None, refused.text)
        else:
            messages.success(request, "Saved.")
            return redirect(LIST)
    context = {
        "form": form,
        "operator": operator,
        "self": operator.actor == actor_of(request),
        "factor": confirmed_totp(operator),
        "codes_left": recovery_codes_left(operator),
    }
    return render(request, "operators/edit.html", context, status=422 if form.errors else 200)


def _deed(service: Callable[..., None], done: str) -> Callable[[HttpRequest, UUID], HttpResponse]:
    @needs(Permission.OPERATORS_EDIT)
    @require_POST
    def view(request: HttpRequest, pk: UUID) -> HttpResponse:
        operator = get_operator(pk)
        try:
            service(operator=operator, by=actor_of(request))
        except OperatorRefused as refused:
            messages.error(request, refused.text)
        else:
            messages.success(request, done.format(name=operator.name))
        return redirect("operator-edit", pk=pk)

    return view  # type: ignore[return-value]


operator_deactivate = _deed(
    services.deactivate_operator, "{name} was deactivated and is signed out everywhere."
)
operator_reactivate = _deed(services.reactivate_operator, "{name} can sign in again.")
operator_invite = _deed(services.invite_again, "A new invitation to {name} is on its way.")
operator_reset_factor = _deed(
    services.reset_second_factor,
    "{name} sets up a new second factor at the next sign-in, and is told by mail.",
)
