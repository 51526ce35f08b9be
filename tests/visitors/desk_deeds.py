"""Deeds at reception, in the live system's environment.

`python -m tests.visitors.desk_deeds HOST` reads deeds and their words, a JSON list on each line.
"""

import sys
from datetime import timedelta
from typing import Any

from tests.readers.deeds import serve

BY = "operator:alice"


def plan(name: str, *, walk_in: bool = False) -> Any:
    """A visit of an hour from now on."""
    from django.utils import timezone

    from access.models import Site
    from credentials.models import Holder, HolderKind
    from visitors.models import VisitType
    from visitors.services import Guest, Plan, plan_visit

    kind, _ = VisitType.objects.get_or_create(name="Meeting")
    host = Holder.objects.filter(kind=HolderKind.EMPLOYEE).order_by("handle")[0]
    begins = timezone.now()
    told = Plan(
        kind, Site.objects.order_by("pk")[0], begins, begins + timedelta(hours=1), host=host, walk_in=walk_in
    )
    return plan_visit(guest=Guest(name, firm="Guest & Sons"), plan=told, by=BY)


def fill() -> dict[str, str]:
    """One of each: waiting, in, expected, refused, matched; an entry of the watch list."""
    from django.utils import timezone

    from operators.models import Operator
    from visitors import services
    from visitors.models import WatchMatch
    from visitors.services.watching import Watched, add_entry

    watched = Watched(
        "Viktor Vandal",
        "Broke a door in May. Call security.",
        timezone.now().date() + timedelta(days=10),
        told=list(Operator.objects.all()),
    )
    entry = add_entry(watched=watched, by=BY)
    inside = services.admit(visit=plan("Ina Inside"), by=BY)
    services.arrive(visit=plan("Wanda Waits"), by=BY)
    services.refuse(visit=plan("Rudi Refused"), by=BY)
    services.arrive(visit=plan("Vandal, Viktor"), by=BY)
    plan("Eve Expected with a long name that needs its room")
    return {
        "inside": str(inside.pk),
        "entry": str(entry.pk),
        "match": str(WatchMatch.objects.get().pk),
        "type": str(inside.type_id),
    }


def walk_in(name: str) -> str:
    """Somebody comes and waits."""
    from visitors import services

    return str(services.arrive(visit=plan(name, walk_in=True), by=BY).pk)


def state(pk: str) -> str:
    """How a visit stands."""
    from visitors.models import Visit

    return Visit.objects.values_list("state", flat=True).get(pk=pk)


if __name__ == "__main__":
    serve(sys.argv[1], {"fill": fill, "walk_in": walk_in, "state": state})
