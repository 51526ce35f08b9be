"""What an outbox row of a notice becomes: the notice as things stand now, or nothing where it is over."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from access.models import Site
from credentials.models import Holder, HolderState
from visitors.models import Visit, VisitState
from visitors.notices.kinds import Channel, Kind, Notice


def deliver(channel: Channel, data: Mapping[str, Any], *, to_host: bool = True) -> None:
    """Tell it by this way. Raises what the way raises, so that the row is tried again.

    What is not `to_host` goes to the company, which is told whoever is host, and in order.
    """
    notice = notice_of(data)
    if notice is None or is_over(notice):
        return
    if to_host and not (_here(notice.host) and still_news(notice)):
        return
    channel.send(notice)


def notice_of(data: Mapping[str, Any]) -> Notice | None:
    """The notice, from the ids of its row; None where what it is about was erased."""
    visit = None
    if "visit" in data:
        found = Visit.objects.select_related("holder__subject", "host__subject", "site", "type")
        visit = found.filter(pk=data["visit"]).first()
        if visit is None:
            return None
    host = None
    if "host" in data:
        host = Holder.objects.select_related("subject").filter(pk=data["host"]).first()
    site = Site.objects.filter(pk=data["site"]).first()
    if site is None:
        return None
    moment = dt.datetime.fromtimestamp(data["at"], dt.UTC)
    return Notice(UUID(data["notice"]), Kind(data["kind"]), host, visit, site, moment)


def is_over(notice: Notice) -> bool:
    """Who waits no longer, admitted at once or gone, need not be let in by anybody."""
    return notice.kind == Kind.WAITING and notice.visit is not None and not notice.visit.waits


def still_news(notice: Notice) -> bool:
    """Who has left again has not arrived."""
    gone = notice.visit is not None and notice.visit.state != VisitState.ON_SITE
    return notice.kind != Kind.ARRIVED or not gone


def _here(host: Holder | None) -> bool:
    return host is not None and host.state == HolderState.ACTIVE
