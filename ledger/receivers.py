"""What the ledger does when something it announced is delivered."""

from collections.abc import Mapping
from typing import Any

from celery import current_app

from ledger import hints
from ledger.outbox import receiver
from ledger.signals import POLICY, VERIFICATION
from tenants import context


@receiver(POLICY)
def tell_policy(data: Mapping[str, Any]) -> None:
    """Tell the number again: the first telling, right after commit, may have been lost."""
    hints.tell_policy(context.current().id, data["epoch"], data["seq"])


@receiver(VERIFICATION)
def begin_verification(data: Mapping[str, Any]) -> None:
    """Hand it to a worker of its own task: it may take minutes, and the outbox goes on meanwhile."""
    current_app.send_task("ledger.verify", args=[context.current().id, data["id"]], retry=False)
