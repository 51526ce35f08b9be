"""Signing in: password first, then the second factor; both are counted, both are on record."""

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django_otp.models import Device

from ledger.services import record
from operators.models import Operator, RecoveryDevice, SecondFactor, TotpDevice
from operators.refusals import OperatorRefused
from operators.services.throttling import (
    SIGN_IN_ACCOUNT,
    SIGN_IN_PAIR,
    SIGN_IN_PLACE,
    clear,
    demand,
    give_back,
)
from tenants.client_address import client_address

RECOVERY_SIGNS = 10


def check_password(*, request: HttpRequest, email: str, password: str) -> Operator:
    """The operator of an address and password. Raises OperatorRefused: wrong, too_many_attempts."""
    place = client_address(request)
    pair = f"{email.strip().casefold()} {place}"
    demand(SIGN_IN_PLACE, place)
    demand(SIGN_IN_PAIR, pair)
    demand(SIGN_IN_ACCOUNT, email)
    operator = authenticate(request, email=email, password=password)
    if operator is None:
        raise OperatorRefused("wrong", "Address and password do not match.", retry=True)
    # Not cleared: who holds one right password would clear the count of guesses at all others with it.
    give_back(SIGN_IN_PLACE, place)
    clear(SIGN_IN_PAIR, pair)
    clear(SIGN_IN_ACCOUNT, email)
    return operator


def check_code(*, operator: Operator, code: str) -> Device:
    """The second factor that a code proves. Raises OperatorRefused: wrong_code, wait."""
    typed = "".join(code.split())
    kind: type[SecondFactor] = (
        TotpDevice if typed.isdigit() and len(typed) < RECOVERY_SIGNS else RecoveryDevice
    )
    with transaction.atomic():
        found = kind.objects.devices_for_user(operator, confirmed=True)
        device: SecondFactor | None = found.select_for_update().first()
        if device is not None and not device.verify_is_allowed()[0]:
            raise OperatorRefused("wait", "Too many wrong codes. Wait a moment, then try again.", retry=True)
        right = device is not None and device.verify_token(typed)
        if right:
            verb = "operator_signed_in" if kind is TotpDevice else "operator_signed_in_with_recovery_code"
            record(
                actor=operator.actor, verb=verb, subject_kind="operator", data={"operator": str(operator.pk)}
            )
    if not right or device is None:
        raise OperatorRefused("wrong_code", "That code did not match, or was used already.", retry=True)
    return device


@transaction.atomic
def leave(*, operator: Operator) -> None:
    """Put a sign-out on record."""
    record(
        actor=operator.actor,
        verb="operator_signed_out",
        subject_kind="operator",
        data={"operator": str(operator.pk)},
    )
