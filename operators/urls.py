"""Routes of operators on a company's host."""

from django.urls import path

from operators.views import operators, passwords, sign_in, two_factor

OPERATOR = "settings/operators/<uuid:pk>/"

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", sign_in.sign_in_code, name="sign-in-code"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("two-factor/", two_factor.two_factor, name="two-factor"),
    path("two-factor/set-up/", two_factor.set_up, name="two-factor-set-up"),
    path("two-factor/codes/", two_factor.new_codes, name="two-factor-codes"),
    path("password/change/", two_factor.change_password, name="password-change"),
    path("password/forgotten/", passwords.forgotten, name="password-forgotten"),
    path("password/reset/<str:token>/", passwords.reset, name="password-reset"),
    path("settings/operators/", operators.operator_list, name="operators"),
    path("settings/operators/add/", operators.operator_add, name="operator-add"),
    path(OPERATOR, operators.operator_edit, name="operator-edit"),
    path(f"{OPERATOR}deactivate/", operators.operator_deactivate, name="operator-deactivate"),
    path(f"{OPERATOR}reactivate/", operators.operator_reactivate, name="operator-reactivate"),
    path(f"{OPERATOR}invite/", operators.operator_invite, name="operator-invite"),
    path(f"{OPERATOR}reset-second-factor/", operators.operator_reset_factor, name="operator-reset-factor"),
]
