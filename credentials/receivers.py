"""What this room does when something is delivered or announced from below."""

from collections.abc import Mapping
from typing import Any

from credentials import mails
from ledger.outbox import receiver


@receiver("mail.invitation")
def send_invitation(data: Mapping[str, Any]) -> None:
    mails.send_invitation(data["invitation"])


@receiver("mail.new_phone")
def send_new_phone(data: Mapping[str, Any]) -> None:
    mails.send_new_phone(data["device"])
