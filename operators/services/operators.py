"""Adding, changing and deactivating operators."""

from typing import Final

from django.db import transaction

from ledger.services import record
from operators.models import Operator, PasswordLink, Role
from operators.refusals import OperatorRefused
from operators.selectors import active_owners, email_index
from operators.services.passwords import send_link
from tenants import context
from tenants.refs import CompanyKind
from vault.services import create_subject

SYSTEM: Final = "system"


@transaction.atomic
def create_operator(
    *, email: str, name: str, role: str, by: str = SYSTEM, password: str | None = None
) -> Operator:
    """Add an operator. Without a password an invitation is mailed. Raises OperatorRefused."""
    _check_role(role)
    index = email_index(email)
    if Operator.objects.filter(email_index=index).exists():
        raise OperatorRefused("taken", "An operator with this address exists already.", field="email")
    subject = create_subject()
    operator = Operator(subject=subject, email_index=index, email=email.strip(), name=name.strip(), role=role)
    if password is None:
        operator.set_unusable_password()
    else:
        operator.set_password(password)
    operator.save(force_insert=True)
    record(
        actor=by,
        verb="operator_added",
        subject_kind="operator",
        data={"operator": str(operator.pk), "role": role},
        subject=subject,
        payload={"name": operator.name, "email": operator.email},
    )
    if password is None:
        send_link(operator, PasswordLink.Purpose.INVITE)
    return operator


@transaction.atomic
def change_operator(*, operator: Operator, name: str, role: str, by: str) -> Operator:
    """Rename an operator or give another role; another role ends every session."""
    _check_role(role)
    row = _lock(operator)
    if row.role == Role.OWNER and role != Role.OWNER:
        _keep_an_owner()
    changed = row.role != role
    row.name = name.strip()
    row.role = role
    row.session_epoch += int(changed)
    row.save(update_fields=["name", "role", "session_epoch"])
    record(
        actor=by,
        verb="operator_changed",
        subject_kind="operator",
        data={"operator": str(row.pk), "role": role},
        subject=row.subject,
        payload={"name": row.name},
    )
    return row


@transaction.atomic
def deactivate_operator(*, operator: Operator, by: str) -> None:
    """End every session and let the operator sign in no more."""
    row = _lock(operator)
    if not row.is_active:
        return
    if row.actor == by:
        raise OperatorRefused("own_account", "You cannot deactivate yourself. Ask another owner.")
    if row.role == Role.OWNER:
        _keep_an_owner()
    row.is_active = False
    row.session_epoch += 1
    row.save(update_fields=["is_active", "session_epoch"])
    _note(row, "operator_deactivated", by)


@transaction.atomic
def reactivate_operator(*, operator: Operator, by: str) -> None:
    """Let a deactivated operator sign in again, with the password and second factor of before."""
    row = _lock(operator)
    if row.is_active:
        return
    row.is_active = True
    row.save(update_fields=["is_active"])
    _note(row, "operator_reactivated", by)


@transaction.atomic
def invite_again(*, operator: Operator, by: str) -> None:
    """Send a fresh invitation to an operator who has no password yet."""
    row = _lock(operator)
    if row.has_usable_password() or not row.is_active:
        raise OperatorRefused("not_invited", "This operator has a password already.")
    send_link(row, PasswordLink.Purpose.INVITE)
    _note(row, "operator_invited_again", by)


def _lock(operator: Operator) -> Operator:
    # Owners are locked together, in order: two owners who remove each other at once must meet here.
    list(Operator.objects.filter(role=Role.OWNER).order_by("pk").select_for_update().values_list("pk"))
    return Operator.objects.select_for_update().get(pk=operator.pk)


def _keep_an_owner() -> None:
    if active_owners() <= 1:
        raise OperatorRefused("last_owner", "This is the only owner. Make another operator owner first.")


def _check_role(role: str) -> None:
    platform = context.current().kind is CompanyKind.PLATFORM
    if role not in Role.values or (role == Role.PLATFORM) is not platform:
        raise OperatorRefused("bad_role", "This role does not exist here.", field="role")


def _note(operator: Operator, verb: str, by: str) -> None:
    record(actor=by, verb=verb, subject_kind="operator", data={"operator": str(operator.pk)})
