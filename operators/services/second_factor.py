"""The second factor: an authenticator app, recovery codes, and what an owner does when both are lost."""

import secrets
from base64 import b32encode
from typing import Final
from urllib.parse import quote, urlencode

from django.db import transaction

from ledger.services import emit, record
from operators.models import Operator, RecoveryCode, RecoveryDevice, TotpDevice
from operators.refusals import OperatorRefused
from tenants import context

SECRET_BYTES: Final = 20  # RFC 4226, section 4: 160 bits
CODES: Final = 10
# No letter or digit that is taken for another.
ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_SIGNS: Final = 10  # 50 bits
MAIL_FACTOR_RESET: Final = "mail.operator_factor_reset"


@transaction.atomic
def start_totp(*, operator: Operator) -> TotpDevice:
    """The operator's unconfirmed authenticator, made where there is none. It signs nobody in yet."""
    Operator.objects.select_for_update().get(pk=operator.pk)
    device = TotpDevice.objects.filter(user=operator, confirmed=False).first()
    if device is None:
        device = TotpDevice(user=operator, name="authenticator", confirmed=False)
        device.secret = secrets.token_bytes(SECRET_BYTES)
        device.save()
    return device


def confirm_totp(*, operator: Operator, code: str) -> tuple[TotpDevice, list[str]]:
    """The first right code makes the authenticator valid, replaces an older one and gives recovery codes.

    Raises OperatorRefused: nothing_to_confirm, wrong_code.
    """
    refused = OperatorRefused("wrong_code", "That code did not match. Wait for the next one and type it.")
    with transaction.atomic():
        device = TotpDevice.objects.select_for_update().filter(user=operator, confirmed=False).first()
        if device is None:
            raise OperatorRefused("nothing_to_confirm", "Start again with a new picture.")
        right = device.verify_token(code)
        if right:
            TotpDevice.objects.filter(user=operator, confirmed=True).delete()
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            _note(operator, "operator_second_factor_set", operator.actor)
            codes = make_recovery_codes(operator=operator, by=operator.actor)
    if not right:
        raise refused  # outside of the transaction: the counted failure stays
    return device, codes


@transaction.atomic
def enrol_totp(*, operator: Operator, secret: bytes) -> TotpDevice:
    """Give an operator this very authenticator secret, confirmed: for the demo and for tests."""
    TotpDevice.objects.filter(user=operator).delete()
    device = TotpDevice(user=operator, name="authenticator", confirmed=True)
    device.secret = secret
    device.save()
    _note(operator, "operator_second_factor_set", "system")
    return device


@transaction.atomic
def make_recovery_codes(*, operator: Operator, by: str) -> list[str]:
    """A fresh sheet of codes; the old sheet is void. The codes are shown now and never again."""
    RecoveryDevice.objects.filter(user=operator).delete()
    sheet = RecoveryDevice.objects.create(user=operator, name="recovery codes", confirmed=True)
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_SIGNS)) for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(device=sheet, code_hash=sheet.hash_of(c)) for c in codes)
    _note(operator, "operator_recovery_codes_made", by)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


@transaction.atomic
def reset_second_factor(*, operator: Operator, by: str) -> None:
    """An owner vouches for an operator who lost the second factor: it goes, and is set up at next sign-in."""
    row = Operator.objects.select_for_update().get(pk=operator.pk)
    if row.actor == by:
        raise OperatorRefused("own_account", "Use one of your recovery codes, or ask another owner.")
    TotpDevice.objects.filter(user=row).delete()
    RecoveryDevice.objects.filter(user=row).delete()
    row.session_epoch += 1
    row.save(update_fields=["session_epoch"])
    entry = _note(row, "operator_second_factor_reset", by)
    emit(MAIL_FACTOR_RESET, {"operator": str(row.pk), "deed": entry})


def otpauth_uri(device: TotpDevice, *, account: str) -> str:
    """What the picture holds (Key Uri Format of the authenticator apps)."""
    issuer = f"Sallyport {context.current().name}".replace(":", " ")
    # Algorithm, digits and period are the defaults: left out, the picture is coarser and reads easier.
    values = urlencode({"secret": plain_secret(device), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{values}"


def plain_secret(device: TotpDevice) -> str:
    """The secret as a person types it: base32 without padding."""
    return b32encode(device.secret).decode().rstrip("=")


def _note(operator: Operator, verb: str, by: str) -> str:
    entry = record(actor=by, verb=verb, subject_kind="operator", data={"operator": str(operator.pk)})
    return str(entry.pk)
