"""What this room does when something about papers is delivered."""

from collections.abc import Mapping
from typing import Any

from compliance.models import SubProcessorList
from compliance.services.subprocessors import MAIL_CHANGE
from ledger.outbox import receiver
from operators.mails import send_subprocessors


@receiver(MAIL_CHANGE)
def tell_of_subprocessors(data: Mapping[str, Any]) -> None:
    """Owners and officers are told of a new list."""
    made = SubProcessorList.objects.get(pk=data["list"])
    facts = {
        "number": made.number,
        "effective_on": made.effective_on.isoformat(),
        "added": made.added,
        "removed": made.removed,
        "changed": made.changed,
    }
    send_subprocessors(str(made.pk), facts)
