"""Reads of operators."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from operators.models import EMAIL_COLUMN, Operator, RecoveryCode, Role, TotpDevice
from vault.services import blind_index


@dataclass(frozen=True, slots=True)
class OperatorLine:
    """One line of the list of operators."""

    operator: Operator
    second_factor: bool
    invited: bool

    @property
    def state(self) -> str:
        """As the list shows it."""
        if not self.operator.is_active:
            return "DEACTIVATED"
        return "INVITED" if self.invited else "ACTIVE"


def email_index(email: str) -> bytes:
    """Under which an operator's address is found."""
    return blind_index(EMAIL_COLUMN, email)


def operator_by_email(email: str) -> Operator | None:
    """The operator with this address, in whatever state."""
    return Operator.objects.filter(email_index=email_index(email)).first()


def get_operator(pk: UUID | str) -> Operator:
    """The company's operator, or 404."""
    try:
        return Operator.objects.get(pk=pk)
    except Operator.DoesNotExist:
        raise Http404("no such operator") from None


def operator_lines() -> list[OperatorLine]:
    """All operators by name."""
    with_factor = set(TotpDevice.objects.filter(confirmed=True).values_list("user_id", flat=True))
    lines = [
        OperatorLine(operator, operator.pk in with_factor, not operator.has_usable_password())
        for operator in Operator.objects.all()
    ]
    return sorted(lines, key=lambda line: (not line.operator.is_active, line.operator.name.casefold()))


def active_owners() -> int:
    """How many owners can sign in: the last one stays."""
    return Operator.objects.filter(role=Role.OWNER, is_active=True).count()


def confirmed_totp(operator: Operator) -> TotpDevice | None:
    """The operator's authenticator app."""
    return TotpDevice.objects.filter(user=operator, confirmed=True).first()


def recovery_codes_left(operator: Operator) -> int:
    """How many recovery codes were not used."""
    return RecoveryCode.objects.filter(device__user=operator).count()
