"""The mail with the link to an answer. Never its passphrase. Sent again, it has the same Message-ID."""

from datetime import UTC, datetime
from uuid import UUID

from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.formats import date_format

from compliance.answers import texts
from compliance.models import CaseDelivery
from compliance.services.deliveries import address_of, token_of
from operators.addresses import page_address
from tenants.context import current
from vault.telling import speak


def moment_in(moment: datetime, language: str) -> str:
    """A moment as it is written in a language, in UTC."""
    with translation.override(language):
        return date_format(moment.astimezone(UTC), "DATETIME_FORMAT") + " UTC"


def send_link(delivery: UUID) -> None:
    """To the address on file. One that ended meanwhile is not sent."""
    row = CaseDelivery.objects.select_related("case__applicant").filter(pk=delivery, ended_at=None).first()
    if row is None or row.built_at is None or row.expires_at <= timezone.now():
        return
    case, company = row.case, current()
    to = address_of(case)
    if not to or case.applicant.destroyed_at is not None:
        return
    facts = {
        "company": company.name,
        "number": case.number,
        "name": case.name,
        "address": page_address(f"/privacy/answers/{token_of(row)}/"),
        "until": moment_in(row.expires_at, case.language),
    }
    mail = EmailMessage(
        # A header cannot hold a line break; a company's name comes from a form.
        " ".join(speak(texts.MAIL_SUBJECT, case.language).format_map(facts).split()),
        speak(texts.MAIL, case.language).format_map(facts),
        to=[to],
        headers={"Message-ID": f"<answer-{row.pk}@{company.host}>", "Auto-Submitted": "auto-generated"},
    )
    mail.send()
