"""Whose data of visits lay open: visitors with what they signed, hosts, and who is on the watch list."""

from collections import Counter
from collections.abc import Collection, Mapping
from uuid import UUID

from vault.affected import Exposure, naming, source
from vault.holdings import Known
from visitors.finding import known_of
from visitors.models import SignedDocument, Visit, WatchEntry


@source("visits", title="Visits: times, hosts, firms and reasons")
def visits(exposure: Exposure) -> Mapping[UUID, int]:
    """Visitors and their hosts, of visits that were planned before it ended."""
    there = Visit.objects.filter(created_at__lt=exposure.ends)
    mine = there.filter(holder__subject__destroyed_at=None).values_list("holder__subject_id", flat=True)
    hosts = there.filter(host__subject__destroyed_at=None, host__isnull=False)
    return Counter([*mine, *hosts.values_list("host__subject_id", flat=True)])


@source("signatures", title="Documents that visitors signed, with their signatures")
def signatures(exposure: Exposure) -> Mapping[UUID, int]:
    """So many documents each."""
    there = SignedDocument.objects.filter(
        signed_at__lt=exposure.ends, visit__holder__subject__destroyed_at=None
    )
    return Counter(there.values_list("visit__holder__subject_id", flat=True))


@source("watch_list", title="Watch list: names and grounds")
def watched(exposure: Exposure) -> Mapping[UUID, int]:
    """Those who stood on it before it ended, and whom it still names."""
    there = WatchEntry.objects.filter(added_at__lt=exposure.ends, subject__destroyed_at=None)
    return dict.fromkeys(there.values_list("subject_id", flat=True), 1)


@naming("watch")
def entries(subjects: Collection[UUID]) -> Mapping[UUID, Known]:
    """Those of the watch list. Visitors are named by the room of holders."""
    rows = WatchEntry.objects.select_related("subject").filter(
        subject__in=subjects, subject__destroyed_at=None
    )
    return {row.subject_id: known_of(row) for row in rows}
