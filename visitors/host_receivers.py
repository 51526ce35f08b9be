"""What this room does when something is delivered or announced: notices to hosts."""

from collections.abc import Mapping
from typing import Any

from django.dispatch import receiver as hears

from credentials.models import Device
from credentials.signals import device_revoked
from ledger.outbox import receiver
from visitors.models import PushSubscription, Visit, VisitState
from visitors.notices import Kind, tell_host
from visitors.notices.delivering import deliver
from visitors.notices.kinds import MAIL, PUSH, WEBHOOK
from visitors.notices.mail import Mail
from visitors.notices.push import deliver_push
from visitors.notices.webhook import Webhook
from visitors.signals import visit_admitted, visit_arrived, visit_ended


@receiver(MAIL)
def send_mail(data: Mapping[str, Any]) -> None:
    deliver(Mail(), data)


@receiver(WEBHOOK)
def post_webhook(data: Mapping[str, Any]) -> None:
    deliver(Webhook(), data, to_host=False)


@receiver(PUSH)
def push(data: Mapping[str, Any]) -> None:
    deliver_push(data)


@hears(visit_arrived)
def tell_who_waits(*, visit: Visit, by: str, **_: Any) -> None:
    """By the time it is told, a visitor who was admitted at once waits no longer: then it is not told."""
    tell_host(visit, Kind.WAITING)


@hears(visit_admitted)
def tell_who_is_in(*, visit: Visit, by: str, **_: Any) -> None:
    """Whoever has just let them in knows it."""
    if visit.host is None or by != f"holder:{visit.host.handle}":
        tell_host(visit, Kind.ARRIVED)


@hears(visit_ended)
def tell_who_cannot_come(*, visit: Visit, state: VisitState, by: str, **_: Any) -> None:
    """The visitor's own word; what reception or the host decide themselves is no news to them."""
    if state == VisitState.CANCELLED and by == f"holder:{visit.holder.handle}":
        tell_host(visit, Kind.CANNOT_COME)


@hears(device_revoked)
def push_no_more(*, device: Device, **_: Any) -> None:
    """A phone that was lost or replaced is told nothing any more."""
    PushSubscription.objects.filter(device=device).delete()
