"""Whoever leaves, brings something, or looks for their host at a kiosk."""

import datetime as dt
import unicodedata
from typing import Final

from django.db import transaction
from django.utils import timezone

from credentials.models import Holder
from credentials.names import holder_names
from credentials.paper import DayPassState
from operators.services.throttling import Limit, give_back
from sallyport.codes import CodeRefused, open_code
from tenants import context
from tenants.live import publish
from vault import selectors as keys
from vault.names import fold
from visitors.models import Arrival, Flow, Kiosk, Visit, VisitState
from visitors.refusals import Refused
from visitors.services.arrivals import NAMES, WINDOW, demand, staff, visit_here
from visitors.services.moving import sign_out
from visitors.staff import staff_like

SEARCHES: Final = Limit("kiosk_searches", 400, WINDOW)
PASSES: Final = Limit("kiosk_passes", 20, WINDOW)
DELIVERIES: Final = Limit("kiosk_deliveries", 40, WINDOW)
LEAST_LETTERS: Final = 3
LEAST_SIGNS: Final = 2  # of a script that writes syllables or words with one sign
MOST_HOSTS: Final = 5
SAID: Final = "leaves"  # the outcome of an arrival by which reception is told


def find_hosts(*, kiosk: Kiosk, term: str) -> list[Holder]:
    """Active staff whose name fits, five at most. Raises Refused: term_too_short, too_many_tries."""
    letters = [sign for sign in unicodedata.normalize("NFKC", term) if sign.isalpha()]
    wide = any(unicodedata.east_asian_width(sign) == "W" for sign in letters)
    if len(letters) < (LEAST_SIGNS if wide else LEAST_LETTERS):
        raise Refused("term_too_short", f"Type at least {LEAST_LETTERS} letters.", status=422)
    demand(SEARCHES, kiosk)
    return staff_like(term, MOST_HOSTS)


def leave_with_code(*, kiosk: Kiosk, code: str) -> None:
    """Sign out whoever the code is of, at once. Raises Refused as arrivals.visit_here, and visit_not_open."""
    sign_out(visit=visit_here(kiosk, code), by=kiosk.actor)


def leave_with_pass(*, kiosk: Kiosk, digits: str) -> None:
    """Sign out whoever the day pass is of, at once. Raises Refused: pass_wrong, too_many_tries."""
    demand(PASSES, kiosk)
    wrong = Refused("pass_wrong", "This pass is not known here. Please ask at the reception.", status=403)
    now = int(timezone.now().timestamp())
    try:
        opened = open_code(digits, keys=keys.opening_keys(), foreign=keys.is_foreign_key, now=now, life=0)
    except CodeRefused:
        raise wrong from None
    visit = Visit.objects.filter(
        day_pass=opened.contents.nonce,
        day_pass__state__in=(DayPassState.ACTIVE, DayPassState.SUSPENDED),
        state=VisitState.ON_SITE,
    ).first()
    if opened.kind != "day_pass" or visit is None:
        raise wrong
    give_back(PASSES, kiosk.actor)
    sign_out(visit=visit, by=kiosk.actor)


@transaction.atomic
def leave_by_name(*, kiosk: Kiosk, name: str, language: str) -> None:
    """Tell reception who says that they leave; nothing is said here, and nobody is signed out.

    Raises Refused("too_many_tries").
    """
    demand(NAMES, kiosk)
    inside = Visit.objects.filter(site=kiosk.site, state=VisitState.ON_SITE).select_related("holder")
    rows = list(inside.order_by("closes"))
    names, wanted = holder_names.names({row.holder.handle for row in rows}), fold(name)
    visit = next((row for row in rows if fold(names.get(row.holder.handle, "")) == wanted), None)
    now, company = timezone.now(), context.current().id
    Arrival.objects.create(
        kiosk=kiosk,
        flow=Flow.LEAVING,
        visit=visit,
        language=language,
        begun_at=now,
        seen_at=now,
        ended_at=now,
        outcome=SAID,
    )
    transaction.on_commit(lambda: publish(company, "visits", {}))


def says_they_leave(since: dt.timedelta = dt.timedelta(hours=12)) -> dict[object, dt.datetime]:
    """Visits on site whose visitor said at a kiosk that they leave, and when: for reception's list."""
    said = Arrival.objects.filter(
        flow=Flow.LEAVING,
        outcome=SAID,
        visit__state=VisitState.ON_SITE,
        ended_at__gte=timezone.now() - since,
    )
    return {one.visit_id: one.ended_at for one in said.order_by("ended_at") if one.ended_at}


def host_of_delivery(*, kiosk: Kiosk, host: object) -> Holder:
    """For whom something was brought. Raises Refused: host_unknown, too_many_tries."""
    demand(DELIVERIES, kiosk)
    found = staff(host) if host else None  # type: ignore[arg-type]
    if found is None:
        raise Refused("host_unknown", "This person is not here any more. Choose another one.", status=422)
    return found
