"""Mails about an erasure, made when they are delivered: the outbox brings the case's id, nothing else.

Sent again, a mail has the same Message-ID. A case without an address, or without words by now, gets none.
"""

from collections.abc import Mapping, Sequence

from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.formats import date_format

from compliance.certificate_pdf import certificate_pdf
from compliance.erasure_texts import BEGUN, CERTIFICATE, Text
from compliance.models import Case, Erasure, Via
from compliance.services.certificates import as_file
from tenants.context import current
from vault.fields import ERASED

Attached = Sequence[tuple[str, bytes, str]]


def send_begun(case_id: str) -> None:
    """What is about to happen, and what stays; to those who asked. Others get the certificate alone."""
    case = Case.objects.filter(pk=case_id).exclude(via=Via.RETENTION).first()
    if case is not None:
        _send(case, BEGUN, {}, "begun")


def send_certificate(case: Case) -> None:
    """The certificate, to read and to verify."""
    row = Erasure.objects.select_related("certificate").get(case=case)
    if row.certificate is None or row.final_on is None:
        raise LookupError("this erasure has no certificate yet")
    name = f"certificate-{row.certificate.number}"
    with translation.override(case.language):
        final = date_format(row.final_on, "DATE_FORMAT")
    attached = (
        (f"{name}.pdf", certificate_pdf(row.certificate), "application/pdf"),
        (f"{name}.json", as_file(row.certificate), "application/json"),
    )
    _send(case, CERTIFICATE, {"final": final}, "certificate", attached)


def _send(
    case: Case, texts: Mapping[str, Text], facts: dict[str, str], what: str, attached: Attached = ()
) -> None:
    if case.email in {"", ERASED}:
        return
    company, text = current(), texts[case.language]
    told = facts | {"company": company.name, "number": str(case.number)}
    mail = EmailMessage(
        # A header cannot hold a line break; a company's name comes from a form.
        " ".join(text.subject.format_map(told).split()),
        "\n\n".join(part.format_map(told) for part in text.paragraphs) + "\n",
        to=[case.email],
        headers={
            "Message-ID": f"<erasure-{what}-{case.pk}@{company.host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    for name, content, kind in attached:
        mail.attach(name, content, kind)
    mail.send()
