"""Writes of operators, one module per deed."""

from operators.services.company import rename_company
from operators.services.operators import (
    change_operator,
    create_operator,
    deactivate_operator,
    invite_again,
    reactivate_operator,
)
from operators.services.passwords import request_password_reset, set_password, set_password_by_link
from operators.services.second_factor import (
    confirm_totp,
    enrol_totp,
    make_recovery_codes,
    reset_second_factor,
    start_totp,
)
from operators.services.sign_in import check_code, check_password, leave
from operators.services.sweeping import sweep

__all__ = [
    "change_operator",
    "check_code",
    "check_password",
    "confirm_totp",
    "create_operator",
    "deactivate_operator",
    "enrol_totp",
    "invite_again",
    "leave",
    "make_recovery_codes",
    "reactivate_operator",
    "rename_company",
    "request_password_reset",
    "reset_second_factor",
    "set_password",
    "set_password_by_link",
    "start_totp",
    "sweep",
]
