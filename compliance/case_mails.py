"""Mails about requests, sent by the outbox's worker: it brings ids, the rest is read when the mail is made.

To whoever asked in their language; to officers in English. Sent again, a mail has the same Message-ID.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format

from compliance import persons
from compliance.case_mail_texts import MAILS
from compliance.case_texts import kind_in
from compliance.models import Case, CaseStep
from compliance.services.cases import clock_of
from compliance.services.identity import awaiting, token_of
from operators.addresses import page_address
from operators.models import Operator
from tenants.context import current
from vault.fields import ERASED

ADDRESS = "{address}"


def day_in(moment: datetime | None, case: Case, language: str) -> str:
    """The day of a moment in the company's zone, as it is written in a language."""
    if moment is None:
        return ""
    _, where = clock_of(case.profile)
    with translation.override(language):
        return date_format(where.day_of(moment), "DATE_FORMAT")


def send_about(data: Mapping[str, Any]) -> None:
    """One mail about a case; nothing once its words, or the person, were erased."""
    case = Case.objects.select_related("applicant").filter(pk=data["case"]).first()
    if case is None or case.applicant.destroyed_at is not None:
        return
    what, to, name = data["what"], case.email, case.name
    if what == "confirm" and awaiting(token_of(case)) is None:
        return
    if what == "in_your_name":
        one = persons.known(data["source"], UUID(data["subject"]))
        if one is None or one.email in {"", ERASED}:
            return
        to, name = one.email, one.name
    if to in {"", ERASED}:
        return
    about = CaseStep.objects.select_related("case").filter(pk=data["step"]).first() if data["step"] else None
    facts = {
        "company": current().name,
        "name": name,
        "number": str(case.number),
        "kind": kind_in(case.kind, case.language),
        "received": day_in(case.received_at, case, case.language),
        "due": day_in(case.answer_by, case, case.language),
        "words": about.note if about else "",
        "address": page_address(f"/privacy/request/{token_of(case)}/"),
    }
    _send(case.language, what, to, facts, f"case-{case.pk}-{what}-{data['step']}")


def _send(language: str, what: str, to: str, facts: Mapping[str, str], name: str) -> None:
    words = MAILS[language][what]
    # A header cannot hold a line break; a company's name comes from a form.
    subject = " ".join(words.subject.format_map(facts).split())
    said = [(part.format_map(facts), part == ADDRESS) for part in words.paragraphs]
    said = [(text, apart) for text, apart in said if text]
    plain = "\n\n".join(f"    {text}" if apart else text for text, apart in said) + "\n"
    page = render_to_string(
        "components/mail.html",
        {"language": language, "subject": subject, "paragraphs": said, "link": facts["address"]},
    )
    mail = EmailMultiAlternatives(
        subject,
        plain,
        to=[to],
        headers={
            "Message-ID": f"<{name.rstrip('-')}@{current().host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(page, "text/html")
    mail.send()


def send_reminder(data: Mapping[str, Any]) -> None:
    """Tell one officer how long a request has left, or that its time is over."""
    case = Case.objects.filter(pk=data["case"]).first()
    operator = Operator.objects.filter(pk=data["operator"], is_active=True).first()
    if case is None or operator is None or case.over:
        return
    confirm, days = data["clock"] == "acknowledge", int(data["days"])
    deed = "receipt to be confirmed" if confirm else "to be answered"
    due = day_in(case.acknowledge_by if confirm else case.answer_by, case, "en")
    left = {0: "today", 1: "in 1 day"}.get(days, f"in {days} days")
    if days < 0:
        left = f"since {-days} day{'s' if days < -1 else ''} overdue"
    title = f"Request {case.number}: {deed}, {left}"
    words = [
        f"Hello {operator.name},",
        f"request {case.number} ({case.get_kind_display().lower()}) has {deed} by {due}: {left}.",
        "    " + page_address(f"/compliance/cases/{case.pk}/"),
    ]
    name = f"case-{case.pk}-{data['clock']}-{data['threshold']}-{operator.pk}"
    EmailMultiAlternatives(
        " ".join(f"{title}, {current().name}".split()),
        "\n\n".join(words) + "\n",
        to=[operator.email],
        headers={"Message-ID": f"<{name}@{current().host}>", "Auto-Submitted": "auto-generated"},
    ).send()
