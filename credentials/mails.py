"""Mails to holders, sent by the outbox's worker: it gives ids, everything else is read when the mail is made.

Sending again makes the same mail with the same Message-ID, so that a repeated delivery is seen as one.
"""

import datetime as dt
from collections.abc import Sequence

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format

from credentials import short_codes
from credentials.day_pass_pdf import day_pass_pdf, window_text
from credentials.day_pass_texts import FILE_NAMES, MAIL
from credentials.lost_links import LostLink
from credentials.mail_texts import (
    INVITATION,
    LOST_LINK,
    NEW_PASSKEY,
    NEW_PHONE,
    PHONES_REVOKED,
    UNNAMED_PHONE,
    Text,
)
from credentials.models import Device, Holder, HolderState, Invitation, InvitationState, Passkey
from credentials.paper import DayPass, DayPassState
from credentials.services.lost import token_of
from operators.addresses import page_address
from tenants.context import current
from vault.fields import ERASED

KINDS = {"pdf": "application/pdf", "ics": "text/calendar"}
SET_APART = ("{address}", "{code}")


def wallet_address() -> str:
    """Where the current company's wallet page is."""
    return page_address("/wallet/")


def moment_in(moment: dt.datetime, language: str) -> str:
    """A moment as it is written in a language, in UTC."""
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
        "until": moment_in(invitation.expires_at, language),
    }
    send(invitation.holder, INVITATION[language], facts, f"invitation-{invitation.pk}")


def send_new_phone(device_id: str) -> None:
    """Tell the holder that a phone was enrolled in their name: the first to notice a stolen invitation."""
    device = Device.objects.select_related("holder__subject").filter(pk=device_id).first()
    if device is None or not device.holder.email:
        return
    language = device.holder.language
    label = device.label or UNNAMED_PHONE[language]
    facts = {"label": label, "at": moment_in(device.enrolled_at, language)}
    send(device.holder, NEW_PHONE[language], facts, f"new-phone-{device.pk}")


def send_passkey(passkey_id: str) -> None:
    """Tell the holder that unlocking was set up on a phone of theirs, and where to end that phone."""
    found = Passkey.objects.select_related("device__holder__subject").filter(pk=passkey_id)
    passkey = found.first()
    if passkey is None or not passkey.device.holder.email:
        return
    holder = passkey.device.holder
    facts = {
        "label": passkey.device.label or UNNAMED_PHONE[holder.language],
        "at": moment_in(passkey.created_at, holder.language),
        "address": page_address("/lost/"),
    }
    send(holder, NEW_PASSKEY[holder.language], facts, f"passkey-{passkey.pk}")


def send_lost_link(link_id: str) -> None:
    """The link to revoke a phone; nothing for an address that nobody has, or a link that has ended."""
    found = LostLink.objects.select_related("holder__subject").filter(pk=link_id, used_at=None)
    link = found.filter(expires_at__gt=timezone.now()).first()
    if link is None or link.holder is None or link.holder.state == HolderState.OFFBOARDED:
        return
    language = link.holder.language
    facts = {
        "address": page_address(f"/lost/{token_of(link)}/"),
        "until": moment_in(link.expires_at, language),
    }
    send(link.holder, LOST_LINK[language], facts, f"lost-link-{link.pk}")


def send_phones_revoked(holder_id: str, device_ids: Sequence[str]) -> None:
    """The receipt: which phones the mailed link has revoked."""
    holder = Holder.objects.select_related("subject").filter(pk=holder_id).first()
    devices = list(Device.objects.select_related("holder__subject").filter(pk__in=device_ids))
    if holder is None or not holder.email or not devices:
        return
    language = holder.language
    labels = ", ".join(device.label or UNNAMED_PHONE[language] for device in devices)
    at = max(device.revoked_at for device in devices if device.revoked_at)
    facts = {"labels": labels, "at": moment_in(at, language)}
    send(holder, PHONES_REVOKED[language], facts, f"phones-revoked-{min(device_ids)}")


def send_day_pass(handle: int) -> None:
    """The pass as an attachment, never its PIN. One that has ended meanwhile is not sent."""
    day_pass = (
        DayPass.objects.select_related("holder__subject", "credential")
        .filter(pk=handle, state=DayPassState.ACTIVE)
        .first()
    )
    if day_pass is None or not day_pass.holder.email:
        return
    language = day_pass.holder.language
    begins, ends = window_text(day_pass, language)
    facts = {"begins": begins, "ends": ends, "zone": day_pass.time_zone}
    attached = (f"{FILE_NAMES[language]}.pdf", day_pass_pdf(day_pass, "a4"))
    send(day_pass.holder, MAIL[language], facts, f"day-pass-{day_pass.handle}", [attached])


def send(
    holder: Holder,
    text: Text,
    facts: dict[str, str],
    name: str,
    attached: Sequence[tuple[str, bytes]] = (),
) -> None:
    """Send a text to a person; `name` makes its Message-ID, `attached` are PDF and calendar files by name."""
    if holder.email == ERASED:  # announced before the person was erased, delivered after
        return
    company = current()
    facts = facts | {"company": company.name, "name": holder.name}
    # A header cannot hold a line break; a company's name comes from a form.
    subject = " ".join(text.subject.format_map(facts).split())
    paragraphs = [(part.format_map(facts), part in SET_APART) for part in text.paragraphs]
    plain = "\n\n".join(f"    {said}" if apart else said for said, apart in paragraphs) + "\n"
    page = render_to_string(
        "components/mail.html",
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
    for file_name, content in attached:
        mail.attach(file_name, content, KINDS[file_name.rpartition(".")[2]])
    mail.send()
