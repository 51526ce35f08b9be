"""What is done for answers when the outbox delivers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from compliance.answers import mails
from compliance.services import answers, deliveries
from ledger.outbox import receiver


@receiver(answers.COLLECT)
def collect_section(data: Mapping[str, Any]) -> None:
    answers.collect_section(UUID(data["section"]))


@receiver(deliveries.BUILD)
def build(data: Mapping[str, Any]) -> None:
    deliveries.build(UUID(data["delivery"]))


@receiver(deliveries.MAIL)
def send_link(data: Mapping[str, Any]) -> None:
    mails.send_link(UUID(data["delivery"]))
