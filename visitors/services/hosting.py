"""What a host does with their own visits, by phone or mailed link: let in, decline, call off."""

from typing import Final

from django.db import transaction
from django.utils import timezone

from credentials.models import Holder, HolderKind, HolderState
from visitors.models import Verdict, Visit, VisitState, WatchMatch
from visitors.models.visits import LinkPurpose
from visitors.refusals import Refused, no_such_visit, not_now
from visitors.services import moving

HOSTS: Final = (HolderKind.EMPLOYEE, HolderKind.CONTRACTOR)


def admit_as_host(*, visit: Visit, host: Holder) -> Visit:
    """Let in a visitor of this host's who waits. A second time does nothing.

    Raises Refused: no_such_visit (or somebody else's), host_left, not_waiting, visit_not_open, visit_over,
    visitor_barred, reception_decides (the visitor matches the watch list, which the host is not told).
    """
    moving.compare_now(
        visit
    )  # by itself: a match that is found now is kept, and told, though it lets nobody in
    return _admit(visit, host)


@transaction.atomic
def _admit(visit: Visit, host: Holder) -> Visit:
    row = _mine(visit, host)
    if row.state == VisitState.ON_SITE:
        return row
    if not row.is_open:
        raise not_now(row.get_state_display().lower())
    if not row.waits:
        raise Refused("not_waiting", "This visitor does not wait at reception.")
    if WatchMatch.objects.filter(visit=row).exclude(verdict=Verdict.OTHER).exists():
        raise Refused("reception_decides", "The reception lets this visitor in. Please go there.")
    row = moving.admit(visit=row, by=f"holder:{host.handle}")
    row.links.filter(purpose=LinkPurpose.ADMIT, used_at=None).update(used_at=timezone.now())
    return row


@transaction.atomic
def decline_as_host(*, visit: Visit, host: Holder) -> Visit:
    """Not let in a visitor of this host's who waits. A second time does nothing.

    Raises Refused: no_such_visit, host_left, not_waiting, visit_not_open (they are in, or it is over).
    """
    row = _mine(visit, host)
    if row.state in {VisitState.INVITED, VisitState.EXPECTED} and not row.waits:
        raise Refused("not_waiting", "This visitor does not wait at reception.")
    return moving.refuse(visit=row, by=f"holder:{host.handle}")


@transaction.atomic
def cancel_as_host(*, visit: Visit, host: Holder) -> Visit:
    """Call off a visit of this host's that has not begun. A second time does nothing.

    Raises Refused: no_such_visit, host_left, visit_not_open.
    """
    row = _mine(visit, host)
    return moving.cancel(visit=row, by=f"holder:{host.handle}")


def check_host(holder: Holder) -> None:
    """Raises Refused: not_a_host (a visitor), host_left (not active)."""
    if holder.kind not in HOSTS:
        raise Refused("not_a_host", "Visitors do not receive visitors.", status=403)
    if holder.state != HolderState.ACTIVE:
        raise Refused("host_left", "You have no access at the moment.", status=403)


def _mine(visit: Visit, host: Holder) -> Visit:
    row = moving.locked(visit)
    if row.host_id != host.pk:
        raise no_such_visit()
    # Read under the visit's lock: a host who leaves meanwhile lets nobody in.
    check_host(Holder.objects.get(pk=host.pk))
    return row
