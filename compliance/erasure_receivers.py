"""What this room does when something about an erasure is delivered. Each runs in one transaction."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from compliance import erasure_mails
from compliance.models import Case
from compliance.services.erasure_run import ERASE, go_on
from compliance.services.erasures import MAIL_BEGUN, MAIL_CERTIFICATE, forget_words
from ledger.outbox import receiver


@receiver(ERASE)
def take_a_step(data: Mapping[str, Any]) -> None:
    """The next step of an erasure."""
    go_on(UUID(data["erasure"]))


@receiver(MAIL_BEGUN)
def tell_begun(data: Mapping[str, Any]) -> None:
    erasure_mails.send_begun(data["case"])


@receiver(MAIL_CERTIFICATE)
def send_certificate(data: Mapping[str, Any]) -> None:
    """The certificate leaves, then the case's words go; if the commit fails, the same mail leaves again."""
    case = Case.objects.select_for_update(of=("self",)).select_related("applicant").get(pk=data["case"])
    if case.applicant.destroyed_at is None:
        erasure_mails.send_certificate(case)
        forget_words(case)
