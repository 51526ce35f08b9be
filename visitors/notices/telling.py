"""One outbox row for each way a host is told by; nobody is dropped without a line in the record."""

import uuid

from django.db import transaction
from django.utils import timezone

from credentials.models import DeviceState, Holder, HolderState
from ledger import services as ledger
from visitors.models import Kiosk, PushSubscription, Visit
from visitors.models.visits import LinkPurpose
from visitors.notices.choices import ways_of
from visitors.notices.kinds import MAIL, PUSH, WEBHOOK, Kind
from visitors.refusals import Refused
from visitors.services.links import make_link


@transaction.atomic
def tell_host(visit: Visit, kind: Kind | str) -> None:
    """Have the visit's host told.

    A host who has left, or a visit without one, is put on record: reception sees the visit wait, and
    whoever reads the visit sees that nobody was told.
    """
    kind = Kind(kind)
    if kind == Kind.WAITING:
        # Here, where the visit is held, and not by the mail: two workers would make two.
        make_link(visit=visit, purpose=LinkPurpose.ADMIT)
    told = {"visit": str(visit.pk), "site": visit.site_id, "kind": kind.value}
    why = _untold(visit.host, told)
    if why:
        data = {"kind": kind.value, "why": why}
        ledger.record(
            actor="system", verb="host_not_told", subject_kind="visit", handle=visit.handle, data=data
        )


@transaction.atomic
def tell_delivery(host: Holder, kiosk: Kiosk, language: str) -> None:
    """Have a host told that something was brought for them; `language` is what was spoken at the kiosk.

    Raises Refused("host_left"): whoever brought it still stands there and can go to the reception.
    """
    del language  # the host reads it in their own
    now = Holder.objects.filter(pk=host.pk).first()
    if now is None or now.state != HolderState.ACTIVE:
        raise Refused("host_left", "This person is not here any more. Ask at the reception.", status=422)
    told = {"kiosk": kiosk.handle, "site": kiosk.site_id, "kind": Kind.DELIVERY.value}
    why = _untold(now, told)
    if why:
        raise Refused("host_not_reached", "This person cannot be told. Ask at the reception.", status=422)
    ledger.record(
        actor=kiosk.actor,
        verb="delivery_told",
        subject_kind="holder",
        handle=now.handle,
        data={"site": kiosk.site_id},
    )


def _untold(host: Holder | None, told: dict[str, object]) -> str:
    """Write the rows; why the host is not told ("" where they are). The webhook hears in any case."""
    base = told | {"notice": str(uuid.uuid4()), "at": int(timezone.now().timestamp())}
    ways = ways_of(host)
    here = host is not None and host.state == HolderState.ACTIVE
    base |= {"host": str(host.pk)} if host else {}
    if ways.webhook:
        ledger.emit(WEBHOOK, base)
    if host is None or not here:
        return "host_left" if host else "no_host"
    if ways.mail:
        ledger.emit(MAIL, base)
    subscriptions = _subscriptions(host) if ways.push else []
    for subscription in subscriptions:
        ledger.emit(PUSH, base | {"subscription": str(subscription)})
    return "" if ways.mail or subscriptions or ways.webhook else "no_way"


def _subscriptions(host: Holder) -> list[uuid.UUID]:
    mine = PushSubscription.objects.filter(device__holder=host, device__state=DeviceState.ACTIVE)
    return list(mine.order_by("made_at").values_list("pk", flat=True))
