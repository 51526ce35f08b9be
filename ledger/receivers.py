"""What the ledger does when something it announced is delivered, and when the vault announces."""

from collections.abc import Mapping
from typing import Any

from celery import current_app
from django.dispatch import receiver as hears

from ledger import hints
from ledger.outbox import receiver
from ledger.services import record
from ledger.signals import POLICY, VERIFICATION
from tenants import context
from vault.signals import code_keys_changed


@receiver(POLICY)
def tell_policy(data: Mapping[str, Any]) -> None:
    """Tell the number again: the first telling, right after commit, may have been lost."""
    hints.tell_policy(context.current().id, data["epoch"], data["seq"])


@receiver(VERIFICATION)
def begin_verification(data: Mapping[str, Any]) -> None:
    """Hand it to a worker of its own task: it may take minutes, and the outbox goes on meanwhile."""
    current_app.send_task("ledger.verify", args=[context.current().id, data["id"]], retry=False)


@hears(code_keys_changed)
def record_code_keys(*, verb: str, by: str, handle: int | None, data: Mapping[str, Any], **_: Any) -> None:
    """Put what was done to the company's keys for codes on record, in the transaction that did it."""
    record(actor=by, verb=verb, subject_kind="key_set", handle=handle, data=data)
