"""What this room does when something is delivered or announced: everybody out, and hints to open pages."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.dispatch import receiver as hears

from ledger.outbox import receiver
from tenants import context, live
from visitors.services import desk
from visitors.signals import visit_admitted, visit_arrived, visit_ended, visit_planned

TOPIC: Final = "visits"


@receiver(desk.SIGN_OUT)
def sign_out_some(data: Mapping[str, Any]) -> None:
    desk.sign_out_some(data["visits"], data["by"])


def hint() -> None:
    """Tell open pages, after commit, that a visit changed. Best effort: they also ask by themselves."""
    transaction.on_commit(partial(live.publish, context.current().id, TOPIC, {}))


@hears([visit_planned, visit_arrived, visit_admitted, visit_ended])
def tell_pages(**_: Any) -> None:
    hint()
