"""Passwords: set, forgotten, set again by a link from a mail."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction

from ledger.services import emit, record
from operators.models import Operator, PasswordLink
from operators.refusals import OperatorRefused
from operators.selectors import operator_by_email
from operators.services.throttling import RESET_ACCOUNT, RESET_PLACE, take
from tenants import context

LIFE: Final = {
    PasswordLink.Purpose.RESET: timedelta(hours=1),
    PasswordLink.Purpose.INVITE: timedelta(days=3),
}
MAIL_LINK: Final = "mail.operator_link"
MAIL_PASSWORD_CHANGED: Final = "mail.operator_password_changed"  # noqa: S105 - a topic


def request_password_reset(*, email: str, place: str) -> None:
    """Somebody forgot a password. Says nothing, does the same work, for known and unknown addresses."""
    within = [take(RESET_ACCOUNT, email), take(RESET_PLACE, place)]
    if not all(within):
        return
    with transaction.atomic():
        operator = operator_by_email(email)
        send_link(operator if operator and operator.is_active else None, PasswordLink.Purpose.RESET)


def send_link(operator: Operator | None, purpose: str) -> PasswordLink:
    """Write a link and announce its mail; the mail carries the token, the outbox only the row's id."""
    link = PasswordLink.objects.create(
        operator=operator, purpose=purpose, expires_at=datetime.now(UTC) + LIFE[PasswordLink.Purpose(purpose)]
    )
    emit(MAIL_LINK, {"link": str(link.pk)})
    return link


def token_of(link: PasswordLink) -> str:
    """The token in the mailed address: signed, and made again the same when the mail is sent again."""
    return _signer().sign(link.pk.hex)


def link_of(token: str) -> PasswordLink | None:
    """The usable link of a token: rightly signed, not used, not run out, its operator active."""
    try:
        pk = UUID(hex=_signer().unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    link = PasswordLink.objects.select_related("operator").filter(pk=pk, used_at=None).first()
    if link is None or link.operator is None or not link.operator.is_active:
        return None
    return link if link.expires_at > datetime.now(UTC) else None


@transaction.atomic
def set_password_by_link(*, token: str, password: str) -> Operator:
    """Use a link up. Raises OperatorRefused: link_used_up, weak_password."""
    link = link_of(token)
    # The row's lock: of two who press at once with one link, the second finds it used.
    locked = link and PasswordLink.objects.select_for_update().filter(pk=link.pk, used_at=None).first()
    if locked is None or locked.operator is None:
        raise OperatorRefused("link_used_up", "This link was used or has run out. Ask for a new one.")
    return set_password(operator=locked.operator, password=password, by=locked.operator.actor)


@transaction.atomic
def set_password(*, operator: Operator, password: str, by: str) -> Operator:
    """Give a password: ends every session, uses up every open link, tells the operator by mail."""
    row = Operator.objects.select_for_update().get(pk=operator.pk)
    try:
        validate_password(password, row)
    except ValidationError as weak:
        raise OperatorRefused("weak_password", " ".join(weak.messages), field="password") from None
    first = not row.has_usable_password()
    row.set_password(password)
    row.session_epoch += 1
    row.save(update_fields=["password", "session_epoch"])
    PasswordLink.objects.filter(operator=row, used_at=None).update(used_at=datetime.now(UTC))
    entry = record(
        actor=by,
        verb="operator_password_set" if first else "operator_password_changed",
        subject_kind="operator",
        data={"operator": str(row.pk)},
    )
    if not first:
        emit(MAIL_PASSWORD_CHANGED, {"operator": str(row.pk), "deed": str(entry.pk)})
    return row


def _signer() -> signing.Signer:
    return signing.Signer(salt=f"operators.link:{context.current().uid.hex()}")
