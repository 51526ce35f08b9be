"""Mails to holders, sent by the outbox's worker: it gives ids, everything else is read when the mail is made.

Sending again makes the same mail with the same Message-ID, so that a repeated delivery is seen as one.
"""

import datetime as dt

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format

from credentials import short_codes
from credentials.mail_texts import INVITATION, NEW_PHONE, UNNAMED_PHONE, Text
from credentials.models import Device, Holder, Invitation, InvitationState
from tenants.context import current

DEFAULT_PORTS = {"http": 80, "https": 443}
SET_APART = ("{address}", "{code}")


def wallet_address() -> str:
    """Where the current company's wallet page is."""
    scheme, port = settings.PUBLIC_SCHEME, settings.PUBLIC_PORT
    shown = "" if DEFAULT_PORTS.get(scheme) == port else f":{port}"
    return f"{scheme}://{current().host}{shown}/wallet/"


def _when(moment: dt.datetime, language: str) -> str:
    with translation.override(language):
        return date_format(moment.astimezone(dt.UTC), "DATETIME_FORMAT") + " UTC"


def send_invitation(invitation_id: str) -> None:
    """The link and the short code. An invitation that has ended meanwhile is not sent."""
    invitation = (
        Invitation.objects.select_related("holder__subject")
        .filter(pk=invitation_id, state=InvitationState.OPEN)
        .first()
    )
    if invitation is None or not invitation.holder.email:
        return
    language = invitation.holder.language
    facts = {
        "code": short_codes.shown(short_codes.code_of(invitation.locator, invitation.id)),
        "address": wallet_address(),
        "until": _when(invitation.expires_at, language),
    }
    _send(invitation.holder, INVITATION[language], facts, f"invitation-{invitation.pk}")


def send_new_phone(device_id: str) -> None:
    """Tell the holder that a phone was enrolled in their name: the first to notice a stolen invitation."""
    device = Device.objects.select_related("holder__subject").filter(pk=device_id).first()
    if device is None or not device.holder.email:
        return
    language = device.holder.language
    label = device.label or UNNAMED_PHONE[language]
    facts = {"label": label, "at": _when(device.enrolled_at, language)}
    _send(device.holder, NEW_PHONE[language], facts, f"new-phone-{device.pk}")


def _send(holder: Holder, text: Text, facts: dict[str, str], name: str) -> None:
    company = current()
    facts = facts | {"company": company.name, "name": holder.name}
    # A header cannot hold a line break; a company's name comes from a form.
    subject = " ".join(text.subject.format_map(facts).split())
    paragraphs = [(part.format_map(facts), part in SET_APART) for part in text.paragraphs]
    plain = "\n\n".join(f"    {said}" if apart else said for said, apart in paragraphs) + "\n"
    page = render_to_string(
        "credentials/mail.html",
        {
            "language": holder.language,
            "subject": subject,
            "paragraphs": paragraphs,
            "link": facts.get("address"),
        },
    )
    mail = EmailMultiAlternatives(
        subject,
        plain,
        to=[holder.email],
        headers={"Message-ID": f"<{name}@{company.host}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(page, "text/html")
    mail.send()
