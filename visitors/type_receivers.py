"""What follows a type that was edited."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ledger import services as ledger
from ledger.outbox import receiver
from visitors.services import types


@receiver(types.TIMES)
def follow(data: Mapping[str, Any]) -> None:
    """Visits to come take up the grace and the unlock of their type, some at a time."""
    if types.follow_times(UUID(data["type"]), by=str(data["by"])) == types.MOST_VISITS:
        ledger.emit(types.TIMES, dict(data))
