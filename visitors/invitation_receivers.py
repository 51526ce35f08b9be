"""What this room does when something is delivered or announced: mails to visitors, files of many."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.dispatch import receiver as hears

from ledger import services as ledger
from ledger.outbox import receiver
from visitors import host_mails
from visitors import invitation_mails as mails
from visitors.models import Visit, VisitState
from visitors.services import group_files, inviting, rearranging
from visitors.signals import visit_ended


@receiver(inviting.MAIL_INVITED)
def send_invitation(data: Mapping[str, Any]) -> None:
    mails.send_invitation(data["visit"], data.get("again", ""))


@receiver(inviting.MAIL_SERIES)
def send_series(data: Mapping[str, Any]) -> None:
    mails.send_series(data["group"], data["holder"])


@receiver(inviting.MAIL_HOST)
def send_host(data: Mapping[str, Any]) -> None:
    host_mails.send_invited(data["host"], data["visits"])


@receiver(rearranging.MAIL_CHANGED)
def send_change(data: Mapping[str, Any]) -> None:
    mails.send_change(data["visit"], data["number"])


@receiver(rearranging.MAIL_CANCELLED)
def send_cancellation(data: Mapping[str, Any]) -> None:
    mails.send_cancellation(data["visit"])


@receiver(rearranging.CANCEL_GROUP)
def cancel_more(data: Mapping[str, Any]) -> None:
    rearranging.cancel_some(UUID(data["group"]), data["by"])


@receiver(group_files.WORK)
def work_off_file(data: Mapping[str, Any]) -> None:
    group_files.work(UUID(data["group"]))


@receiver(group_files.FORGET)
def forget_file(data: Mapping[str, Any]) -> None:
    group_files.forget(UUID(data["group"]))


@hears(visit_ended)
def tell_of_cancellation(*, visit: Visit, state: str, **_: Any) -> None:
    """Whoever cancelled it and wherever: a visitor who was invited by mail learns of it."""
    if state == VisitState.CANCELLED and visit.holder.email and rearranging.was_told(visit):
        ledger.emit(rearranging.MAIL_CANCELLED, {"visit": str(visit.pk)})
