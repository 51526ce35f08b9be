"""What erasing leaves of an operator: the opaque id under which their deeds stand on record."""

import secrets
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from ledger.services import record
from operators.models import Operator, PasswordLink, RecoveryDevice, Role, TotpDevice
from operators.selectors import active_owners
from operators.services.throttling import RESET_ACCOUNT, SIGN_IN_ACCOUNT, clear
from vault.fields import empty_columns, filled
from vault.holdings import Item, eraser

DEEDS = "Art. 17(3)(b), (e) GDPR: what the operator did stays on record under an opaque id"
SAID = ("name", "email")
INDEX_BYTES = 16


@eraser("operator", title="Operator of the console", order=15)
class OperatorEraser:
    """Ends every session and takes away name, address, password and second factors."""

    def plan(self, subject: UUID) -> list[Item]:
        operator = Operator.objects.filter(subject=subject).first()
        if operator is None:
            return []
        going = [
            Item("Access to the console", int(operator.is_active)),
            Item("Name and mail address", filled(_row(subject), *SAID).count()),
            *(Item(what, rows.count()) for what, rows in _rows(operator)),
        ]
        return [item for item in going if item.count] + _staying()

    def obstacles(self, subject: UUID) -> list[str]:
        operator = Operator.objects.filter(subject=subject, role=Role.OWNER, is_active=True).first()
        if operator is None or active_owners() > 1:
            return []
        return ["This is the company's only owner. Make another operator owner first."]

    def erase(self, subject: UUID, *, by: str) -> list[Item]:
        # As deactivating does: owners are locked together, in order, so that one stays.
        owners = Operator.objects.filter(role=Role.OWNER).order_by("pk")
        list(owners.select_for_update().values_list("pk"))
        operator = Operator.objects.select_for_update().filter(subject=subject).first()
        if operator is None:
            return []
        for limit in (SIGN_IN_ACCOUNT, RESET_ACCOUNT):
            clear(limit, operator.email)  # counted under a keyed hash of the address
        gone = [
            Item("Access to the console", _end(operator, by)),
            Item("Name and mail address", empty_columns(_row(subject), *SAID)),
            *(Item(what, rows.delete()[0]) for what, rows in _rows(operator)),
        ]
        if gone[1].count:
            # The index would tell whoever has the company's key that an address was this one's.
            nobody = secrets.token_bytes(INDEX_BYTES)
            _row(subject).update(email_index=nobody, password=make_password(None), last_login=None)
        return [item for item in gone if item.count] + _staying()


def _end(operator: Operator, by: str) -> int:
    if not operator.is_active:
        return 0
    epoch = operator.session_epoch + 1
    Operator.objects.filter(pk=operator.pk).update(is_active=False, session_epoch=epoch)
    record(
        actor=by,
        verb="operator_deactivated",
        subject_kind="operator",
        data={"operator": str(operator.pk)},
    )
    return 1


def _row(subject: UUID) -> QuerySet[Operator]:
    return Operator.objects.filter(subject=subject)


def _rows(operator: Operator) -> list[tuple[str, QuerySet[Any]]]:
    return [
        ("Authenticator apps", TotpDevice.objects.filter(user=operator)),
        ("Recovery codes", RecoveryDevice.objects.filter(user=operator)),
        ("Links to a password", PasswordLink.objects.filter(operator=operator)),
    ]


def _staying() -> list[Item]:
    return [Item("Operator's opaque id and role", 1, goes=False, ground=DEEDS)]
