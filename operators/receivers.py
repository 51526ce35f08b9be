"""What operators do when something they announced is delivered: mails leave."""

from collections.abc import Mapping
from typing import Any

from ledger.outbox import receiver
from operators import mails
from operators.services.passwords import MAIL_LINK, MAIL_PASSWORD_CHANGED
from operators.services.second_factor import MAIL_FACTOR_RESET


@receiver(MAIL_LINK)
def link(data: Mapping[str, Any]) -> None:
    """A link to a new password."""
    mails.send_link(data["link"])


@receiver(MAIL_PASSWORD_CHANGED)
def password_changed(data: Mapping[str, Any]) -> None:
    """A password was changed."""
    mails.send_password_changed(data["operator"], data["deed"])


@receiver(MAIL_FACTOR_RESET)
def factor_reset(data: Mapping[str, Any]) -> None:
    """A second factor was removed."""
    mails.send_factor_reset(data["operator"], data["deed"])
