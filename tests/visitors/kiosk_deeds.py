"""Deeds for kiosks and visitors' phones, in the live system's environment.

`python -m tests.visitors.kiosk_deeds HOST` reads deeds and their words, a JSON list on each line.
"""

import base64
import secrets
import sys
from typing import Any
from uuid import UUID

from tests.readers.deeds import serve

BY = "operator:alice"


def ticket(name: str) -> str:
    """A new site, and a code for a kiosk there."""
    from access import services as building
    from tests.visitors import kiosk

    site = building.add_site(name=f"{name} {secrets.token_hex(3)}", time_zone="Europe/Berlin", by=BY)
    return kiosk.ticket(site, name).code


def answer(code: str) -> int:
    """A tablet that types this code, and hands in a sign-in that nobody can open; its handle."""
    import uuid

    from django.utils import timezone

    from tenants import context
    from tests.visitors.kiosk import Tablet
    from visitors.services import heard, pair
    from visitors.services.handing_in import SealedItem, hand_in

    tablet = Tablet(context.current())
    now = timezone.now()
    kiosk = pair(company=tablet.company.uid, proof=tablet.proof(code), now=now).kiosk
    heard(kiosk=kiosk, now=now, waiting=3)
    hand_in(kiosk=kiosk, items=[SealedItem(uuid.uuid4(), now, b"")])
    return kiosk.handle


def opened(handle: int, sign_in: str, sealed: str) -> str:
    """What a kiosk sealed, in the server's hand."""
    from sallyport.kiosk_protocol import seal_info
    from tenants import context
    from visitors.services.seals import open_sealed

    info = seal_info(company=context.current().uid, kiosk=handle, sign_in=UUID(sign_in).bytes)
    return open_sealed(base64.b64decode(sealed), info=info).decode()


def unpair(handle: int) -> None:
    """The kiosk is none any more."""
    from visitors.models import Kiosk
    from visitors.services import unpair_kiosk

    unpair_kiosk(kiosk=Kiosk.objects.get(handle=handle), by=BY)


def told(handle: int) -> dict[str, Any]:
    """How a kiosk stands."""
    from visitors.models import Kiosk

    row = Kiosk.objects.get(handle=handle)
    return {"name": row.name, "state": row.state, "waiting": row.waiting}


def handed_in(handle: int) -> list[str]:
    """Which sign-ins the kiosk handed in."""
    from visitors.models import SealedSignIn

    return [str(row.pk) for row in SealedSignIn.objects.filter(kiosk=handle)]


def visit(name: str, language: str = "en", begins_in: int = 0) -> dict[str, Any]:
    """A visit at a site of its own: its id, and the token of the link in its mail."""
    import datetime as dt

    from django.utils import timezone

    from access import services as building
    from visitors.models import VisitType
    from visitors.models.visits import LinkPurpose
    from visitors.services import Guest, Plan, plan_visit
    from visitors.services.links import make_link, token_of

    made = secrets.token_hex(3)
    site = building.add_site(name=f"House {made}", time_zone="Europe/Berlin", by=BY)
    kind = VisitType.objects.create(name=f"Meeting {made}")
    begins = timezone.now() + dt.timedelta(minutes=begins_in)
    plan = Plan(type=kind, site=site, begins=begins, ends=begins + dt.timedelta(hours=1))
    row = plan_visit(guest=Guest(name, f"{made}@guest.example", language=language), plan=plan, by=BY)
    link = make_link(visit=row, purpose=LinkPurpose.PREPARE)
    return {
        "visit": str(row.pk),
        "token": token_of(link),
        "site": site.name,
        "begins": int(begins.timestamp()),
    }


def offer(visit_id: str) -> str:
    """The visitor is in, and stands at a new kiosk: the fragment of the picture on its screen."""
    from django.utils import timezone

    from tests.visitors.kiosk import Tablet
    from visitors.models import Arrival, Flow, Visit
    from visitors.services import admit, binding

    row = admit(visit=Visit.objects.select_related("site").get(pk=visit_id), by=BY)
    tablet, now = Tablet.paired(row.site, f"Lobby {secrets.token_hex(3)}"), timezone.now()
    Arrival.objects.filter(visit=row, ended_at=None).update(ended_at=now)
    arrival = Arrival.objects.create(
        kiosk=tablet.kiosk, flow=Flow.EXPECTED, visit=row, begun_at=now, seen_at=now
    )
    return binding.offer(arrival)[0].partition("#")[2]


def digits(visit_id: str) -> str:
    """What the kiosk shows."""
    from visitors.models import Arrival

    return Arrival.objects.get(visit_id=visit_id, ended_at=None).digits


def confirm(visit_id: str) -> None:
    """Somebody said at the kiosk that both screens show the same."""
    from visitors.models import Arrival, Visit, Way
    from visitors.services import choose_way

    arrival = Arrival.objects.get(visit_id=visit_id, ended_at=None)
    choose_way(visit=Visit.objects.get(pk=visit_id), way=Way.PHONE, device=arrival.device, by=BY)


def end(visit_id: str) -> None:
    """Reception signs the visitor out."""
    from visitors.models import Visit
    from visitors.services import sign_out

    sign_out(visit=Visit.objects.get(pk=visit_id), by=BY)


def state(visit_id: str) -> str:
    """Where a visit stands."""
    from visitors.models import Visit

    return Visit.objects.get(pk=visit_id).state


_ALL = (ticket, answer, opened, unpair, told, handed_in, visit, offer, digits, confirm, end, state)
DEEDS = {deed.__name__: deed for deed in _ALL}

if __name__ == "__main__":
    serve(sys.argv[1], DEEDS)
