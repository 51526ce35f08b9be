"""Deeds for the kiosk's page in the live system's environment.

`python -m tests.visitors.page_deeds HOST` reads deeds and their words, a JSON list on each line.
"""

import secrets
import sys
from typing import Any

from tests.readers.deeds import serve

BY = "operator:alice"
BODY = {
    "en": ("House rules", "Wear your badge where it is seen.\n\nTake no photographs in the workshop."),
    "de": ("Hausordnung", "Den Ausweis sichtbar tragen.\n\nIn der Werkstatt wird nicht fotografiert."),
}


def lay(printer: int = 1) -> dict[str, Any]:
    """A house with a level, a host, a kind of visit with a document, and a code for a kiosk there."""
    from access import services as building
    from credentials.services import add_holder
    from visitors import services
    from visitors.models import VisitType
    from visitors.services.documents import add_document, publish_version

    made = secrets.token_hex(3)
    site = building.add_site(name=f"House {made}", time_zone="Europe/Berlin", by=BY)
    area = building.add_area(site=site, name="Hall", assurance=1, by=BY)
    point = building.add_door(area=area, name=f"Front {made}", by=BY).access_points.get()
    always = [[day, 0, 1440] for day in range(7)]
    schedule = building.add_schedule(name=f"Always {made}", intervals=always, by=BY)
    level = building.add_level(name=f"Visitors {made}", rules=[(point, schedule)], by=BY)
    host = add_holder(name=f"Hedy{made} Host", email=f"hedy-{made}@acme.example", by=BY)
    document = add_document(name=f"House rules {made}", signed=True, by=BY)
    publish_version(document=document, texts=BODY, by=BY)
    kind = VisitType.objects.create(name=f"Tour {made}")
    kind.levels.set([level])
    kind.documents.set([document])
    setting = services.Setting(f"Lobby {made}", printer=bool(printer))
    ticket = services.start_pairing(site=site, setting=setting, exit_code="240611", by=BY)
    return {
        "code": ticket.code,
        "site": str(site.pk),
        "type": str(kind.pk),
        "type_name": kind.name,
        "host": str(host.pk),
        "host_name": host.name,
        "mail": f"{made}@guest.example",
    }


def invite(laid: dict[str, Any], name: str) -> dict[str, str]:
    """A visit now: its id and the code of its mail."""
    import datetime as dt

    from django.utils import timezone

    from access.models import Site
    from credentials.models import Holder
    from visitors.models import VisitType
    from visitors.services import Guest, Plan, plan_visit
    from visitors.services.codes import code_of

    begins = timezone.now()
    plan = Plan(
        type=VisitType.objects.get(pk=laid["type"]),
        site=Site.objects.get(pk=laid["site"]),
        host=Holder.objects.get(pk=laid["host"]),
        begins=begins,
        ends=begins + dt.timedelta(hours=1),
    )
    row = plan_visit(guest=Guest(name, laid["mail"], "Guest & Sons", "en"), plan=plan, by=BY)
    return {"visit": str(row.pk), "code": code_of(row)}


def waiting(laid: dict[str, Any]) -> list[str]:
    """Who waits at this site: ids of visits."""
    from visitors.models import Visit, VisitState

    rows = Visit.objects.filter(site_id=laid["site"], state=VisitState.EXPECTED).exclude(arrived_at=None)
    return [str(pk) for pk in rows.values_list("pk", flat=True)]


def let_in(visit: str) -> None:
    """Reception admits."""
    from visitors.models import Visit
    from visitors.services import admit

    admit(visit=Visit.objects.get(pk=visit), by=BY)


def told(visit: str) -> dict[str, Any]:
    """How a visit stands."""
    from visitors.models import Visit

    row = Visit.objects.select_related("holder__subject").get(pk=visit)
    signed = [{"name": one.name, "pdf": bool(one.pdf)} for one in row.signed.all()]
    return {
        "state": row.state,
        "way": row.way,
        "name": row.holder.name,
        "firm": row.firm,
        "signed": signed,
        "pass": row.day_pass_id is not None,
        "phone": row.device_id is not None,
    }


def unpair(handle: int) -> None:
    """The kiosk is none any more."""
    from visitors.models import Kiosk
    from visitors.services import unpair_kiosk

    unpair_kiosk(kiosk=Kiosk.objects.get(handle=handle), by=BY)


_ALL = (lay, invite, waiting, let_in, told, unpair)
DEEDS = {deed.__name__: deed for deed in _ALL}

if __name__ == "__main__":
    serve(sys.argv[1], DEEDS)
