"""What the ledger does when something it announced is delivered."""

from collections.abc import Mapping
from typing import Any

from ledger import hints
from ledger.outbox import receiver
from ledger.signals import POLICY
from tenants import context


@receiver(POLICY)
def tell_policy(data: Mapping[str, Any]) -> None:
    """Tell the number again: the first telling, right after commit, may have been lost."""
    hints.tell_policy(context.current().id, data["epoch"], data["seq"])
