"""What this room does when something is delivered to it."""

from collections.abc import Mapping
from typing import Any

from compliance import case_mails
from compliance.services.cases import MAIL
from compliance.services.reminders import MAIL_OFFICER
from ledger.outbox import receiver


@receiver(MAIL)
def send_about_case(data: Mapping[str, Any]) -> None:
    case_mails.send_about(data)


@receiver(MAIL_OFFICER)
def send_reminder(data: Mapping[str, Any]) -> None:
    case_mails.send_reminder(data)
