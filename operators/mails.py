"""Mails to operators, sent by the outbox's worker: it brings ids, the rest is read when the mail is made.

Sent again, a mail has the same Message-ID, so that a repeated delivery is seen as one.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from operators.addresses import page_address
from operators.models import Operator, PasswordLink, Role
from operators.services.passwords import token_of
from tenants.context import current
from vault.fields import ERASED


def send_link(link_id: str) -> None:
    """The link to a new password; nothing for an address without an operator or a link that has run out."""
    link = PasswordLink.objects.select_related("operator").filter(pk=link_id, used_at=None).first()
    if link is None or link.operator is None or link.expires_at <= datetime.now(UTC):
        return
    invited = link.purpose == PasswordLink.Purpose.INVITE
    facts = {"address": page_address(f"/password/reset/{token_of(link)}/"), "until": link.expires_at}
    title = "Your access to the console" if invited else "A new password"
    _send(link.operator, "invitation" if invited else "reset", title, facts, f"operator-link-{link.pk}")


def send_password_changed(operator_id: str, deed: str) -> None:
    """Tell the operator that the password was changed."""
    _tell(operator_id, deed, "password_changed", "Your password was changed", "/password/forgotten/")


def send_factor_reset(operator_id: str, deed: str) -> None:
    """Tell the operator that an owner removed the second factor."""
    _tell(operator_id, deed, "factor_reset", "Your second factor was removed", "/sign-in/")


def send_subprocessors(list_id: str, facts: Mapping[str, object]) -> None:
    """Tell owners and compliance officers of a new list of sub-processors; each mail is its own."""
    told = {**facts, "address": page_address("/compliance/papers/sub-processors/")}
    for operator in Operator.objects.filter(is_active=True, role__in=(Role.OWNER, Role.COMPLIANCE)):
        name = f"subprocessors-{list_id}-{operator.pk}"
        _send(operator, "subprocessors", "Sub-processors change", told, name)


def _tell(operator_id: str, deed: str, template: str, title: str, path: str) -> None:
    operator = Operator.objects.filter(pk=operator_id).first()
    if operator is not None:
        _send(operator, template, title, {"address": page_address(path)}, f"operator-{template}-{deed}")


def _send(operator: Operator, template: str, title: str, facts: dict[str, object], name: str) -> None:
    if operator.email == ERASED:  # announced before the person was erased, delivered after
        return
    company = current()
    body = render_to_string(
        f"operators/mail/{template}.txt", {**facts, "name": operator.name, "company": company.name}
    )
    mail = EmailMessage(
        # A header cannot hold a line break; a company's name comes from a form.
        " ".join(f"{title}, {company.name}".split()),
        body,
        to=[operator.email],
        headers={"Message-ID": f"<{name}@{company.host}>", "Auto-Submitted": "auto-generated"},
    )
    mail.send()
