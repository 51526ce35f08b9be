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


DEEDS = {deed.__name__: deed for deed in (ticket, opened, unpair, told)}

if __name__ == "__main__":
    serve(sys.argv[1], DEEDS)
