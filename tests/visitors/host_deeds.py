"""Deeds for hosts and their visitors, in the live system's environment.

`python -m tests.visitors.host_deeds HOST` reads deeds and their words, a JSON list on each line.
"""

import secrets
import sys
from typing import Any

from tests.readers.deeds import serve

BY = "operator:alice"


def place() -> list[Any]:
    """A site and a type of visit, made where there are none."""
    from access.models import Site
    from access.services import add_site
    from visitors.models import VisitType

    site = Site.objects.first() or add_site(name="Head office", time_zone="Europe/Berlin", by=BY)
    kind = VisitType.objects.filter(archived_at=None).first() or VisitType.objects.create(name="Meeting")
    return [site.pk, str(kind.pk)]


def expect_guest(host: str, name: str, waits: str) -> str:
    """A visit of this host's from now on; "yes": they stand at reception, "unannounced": uninvited."""
    import datetime as dt

    from django.utils import timezone

    from access.models import Site
    from credentials.models import Holder
    from visitors.models import VisitType
    from visitors.services import Guest, Plan, arrive, plan_visit

    site, kind = place()
    begins = timezone.now()
    plan = Plan(
        type=VisitType.objects.get(pk=kind),
        site=Site.objects.get(pk=site),
        begins=begins,
        ends=begins + dt.timedelta(hours=1),
        host=Holder.objects.get(pk=host),
        walk_in=waits == "unannounced",
    )
    email = f"{secrets.token_hex(4)}@guest.example"
    visit = plan_visit(guest=Guest(name, email, "Guest & Sons"), plan=plan, by=BY)
    if waits in {"yes", "unannounced"}:
        arrive(visit=visit, by="kiosk:1")
    return str(visit.pk)


def admit_link(visit: str) -> str:
    """The path that the host's mail leads to."""
    from visitors.models import Visit
    from visitors.models.visits import LinkPurpose
    from visitors.services import links

    link = links.make_link(visit=Visit.objects.get(pk=visit), purpose=LinkPurpose.ADMIT)
    return f"/admit/{links.token_of(link)}/"


def visits(host: str) -> list[list[Any]]:
    from credentials.models import Holder
    from visitors.models import Visit

    rows = (
        Visit.objects.filter(host=Holder.objects.get(pk=host))
        .select_related("holder__subject")
        .order_by("handle")
    )
    return [[row.holder.name, row.state, row.admitted_by] for row in rows]


def becomes(holder: str, kind: str) -> None:
    from credentials.models import Holder

    Holder.objects.filter(pk=holder).update(kind=kind)


def subscriptions(host: str) -> list[str]:
    from visitors.models import PushSubscription

    return [row.endpoint for row in PushSubscription.objects.filter(device__holder_id=host)]


def told_by(host: str) -> list[bool]:
    from credentials.models import Holder
    from visitors.notices.choices import choice_of

    choice = choice_of(Holder.objects.get(pk=host))
    return [choice.mail, choice.push]


DEEDS = {
    deed.__name__: deed for deed in (place, expect_guest, admit_link, visits, becomes, subscriptions, told_by)
}

if __name__ == "__main__":
    serve(sys.argv[1], DEEDS)
