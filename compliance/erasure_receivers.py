"""What this room does when something about an erasure is delivered. Each runs in one transaction."""

import smtplib
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from compliance import erasure_mails
from compliance.models import Case
from compliance.services.erasure_run import ERASE, go_on
from compliance.services.erasures import MAIL_BEGUN, MAIL_CERTIFICATE, forget_words, undeliverable
from ledger.outbox import receiver

PERMANENT: Final = 500  # RFC 5321 section 4.2.1: from here on the server says never


@receiver(ERASE)
def take_a_step(data: Mapping[str, Any]) -> None:
    """The next step of an erasure."""
    go_on(UUID(data["erasure"]))


@receiver(MAIL_BEGUN)
def tell_begun(data: Mapping[str, Any]) -> None:
    erasure_mails.send_begun(data["case"])


@receiver(MAIL_CERTIFICATE)
def send_certificate(data: Mapping[str, Any]) -> None:
    """The certificate leaves, then the case's words go; if the commit fails, the same mail leaves again.

    A mailbox that will never take it does not keep the words alive.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("applicant").get(pk=data["case"])
    if case.applicant.destroyed_at is not None:
        return
    try:
        erasure_mails.send_certificate(case)
    except smtplib.SMTPRecipientsRefused as refused:
        if any(code < PERMANENT for code, _ in refused.recipients.values()):
            raise
        undeliverable(case)
    else:
        forget_words(case)
