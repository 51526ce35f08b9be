"""What this room does when something is delivered or announced from below."""

from collections.abc import Mapping
from typing import Any

from django.dispatch import receiver as hears

from compliance.models import Ended
from compliance.services import end_all
from compliance.services.consents import MAIL_RECEIPT as MAIL_CONSENT_RECEIPT
from compliance.services.notices import MAIL_ASKED_AGAIN
from credentials import asked_again, consent_mails, mails
from credentials.models import Holder
from credentials.services import lost, moving
from credentials.services.consents import person_of
from credentials.signals import holder_offboarded
from ledger.outbox import receiver


@receiver("mail.invitation")
def send_invitation(data: Mapping[str, Any]) -> None:
    mails.send_invitation(data["invitation"])


@receiver("mail.day_pass")
def send_day_pass(data: Mapping[str, Any]) -> None:
    mails.send_day_pass(data["day_pass"])


@receiver("mail.new_phone")
def send_new_phone(data: Mapping[str, Any]) -> None:
    mails.send_new_phone(data["device"])


@receiver("mail.passkey")
def send_passkey(data: Mapping[str, Any]) -> None:
    mails.send_passkey(data["passkey"])


@receiver(lost.MAIL_LINK)
def send_lost_link(data: Mapping[str, Any]) -> None:
    mails.send_lost_link(data["link"])


@receiver(lost.MAIL_RECEIPT)
def send_phones_revoked(data: Mapping[str, Any]) -> None:
    mails.send_phones_revoked(data["holder"], data["devices"])


@receiver(moving.INVITE_ALL)
def invite_all(data: Mapping[str, Any]) -> None:
    moving.invite_all()


@receiver(moving.INVITE_ONE)
def invite_one(data: Mapping[str, Any]) -> None:
    moving.invite_one(data["holder"])


@receiver(MAIL_ASKED_AGAIN)
def tell_who_is_asked_again(data: Mapping[str, Any]) -> None:
    asked_again.tell_all(data["purpose"], data["profile"], data["number"])


@receiver(asked_again.ASK_ONE)
def tell_one_who_is_asked_again(data: Mapping[str, Any]) -> None:
    asked_again.tell_one(data["holder"], data["notice"])


@receiver(MAIL_CONSENT_RECEIPT)
def send_consent_receipt(data: Mapping[str, Any]) -> None:
    consent_mails.send_receipt(data["record"], data["what"])


@hears(holder_offboarded)
def end_consents(*, holder: Holder, by: str, **_: Any) -> None:
    """Nothing may rest on the consent of somebody who has left."""
    end_all(person=person_of(holder), how=Ended.OFFBOARDED, by=by)
