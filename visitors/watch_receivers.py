"""What this room does when something is delivered or announced: names compared with the watch list."""

from collections.abc import Mapping
from typing import Any

from django.dispatch import receiver as hears

from ledger.outbox import receiver
from visitors import watch_mails
from visitors.models import Visit
from visitors.refusals import Refused
from visitors.services import watching
from visitors.signals import visit_admitted, visit_planned


@hears(visit_planned)
def compare_planned(*, visit: Visit, by: str, **_: Any) -> None:
    watching.look_up(visit)


@hears(visit_admitted)
def hold_admission(*, visit: Visit, by: str, **_: Any) -> None:
    """Neither a kiosk nor a host lets in whom somebody was to look at first; no word says why."""
    if not by.startswith("operator:") and watching.must_wait(visit):
        raise Refused("reception_admits", "The reception admits this visitor.")


@receiver(watching.TELL)
def tell_match(data: Mapping[str, Any]) -> None:
    watch_mails.send_match(data["match"], here=data["here"], again=data.get("again", 0))


@receiver(watching.REMIND)
def tell_ends(data: Mapping[str, Any]) -> None:
    watch_mails.send_ends(data["entry"], data["until"])
