"""What a phone's holder asks of the company about their data. The phone's key says who asks."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from compliance.models import Case, CaseKind, CaseState, Via
from compliance.services.cases import Told, open_case
from credentials.finding import known_of
from credentials.models import Device
from credentials.refusals import Refused
from credentials.services.consents import check_confirmed
from operators.services.throttling import Limit, take

ASKED: Final = Limit("case_wallet", 10, dt.timedelta(days=1))
MOST_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What the phone sends: `id` is new for each request and the same when one is sent again."""

    id: UUID
    kind: CaseKind
    message: str = field(repr=False)
    language: str


@transaction.atomic
def ask(*, device: Device, wish: Wish) -> Case:
    """Open the request, or find it where it was sent before.

    Raises Refused: device_awaiting, request_taken (the id stands for another one), too_many_requests.
    """
    check_confirmed(device)
    holder = device.holder
    known = requests_of(device).filter(pk=wish.id).first()
    if known is not None and known.kind == wish.kind:
        return known
    if known is not None or Case.objects.filter(pk=wish.id).exists():
        text = "This number was used for something else. Try again."
        raise Refused("request_taken", text, status=409, retry=True)
    if not take(ASKED, str(holder.handle)):
        text = "You have asked often today. Try again tomorrow, or ask the company in person."
        raise Refused("too_many_requests", text, status=429, retry=True)
    return open_case(
        kind=wish.kind,
        via=Via.WALLET,
        persons=[known_of(holder)],
        told=Told(holder.name, holder.email, wish.message, wish.language, wish.id),
        by=f"holder:{holder.handle}",
    )


def requests_of(device: Device) -> QuerySet[Case]:
    """All that is asked about this phone's holder, by whichever way: who is asked about sees it here."""
    about = Case.objects.filter(persons__subject=device.holder.subject_id)
    return about.exclude(state=CaseState.UNCONFIRMED).order_by("-number")
