"""Whose consents and requests lay open."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from compliance.models import CasePerson, ConsentRecord
from vault.affected import Exposure, source


@source("consents", title="What people said to notices")
def consents(exposure: Exposure) -> Mapping[UUID, int]:
    """All that was said before it ended."""
    said = ConsentRecord.objects.filter(given_at__lt=exposure.ends, subject__destroyed_at=None)
    return Counter(said.order_by().values_list("subject_id", flat=True))


@source("cases", title="Requests about their data")
def cases(exposure: Exposure) -> Mapping[UUID, int]:
    """Those whom a case is about that was there before it ended."""
    there = CasePerson.objects.filter(case__received_at__lt=exposure.ends, subject__destroyed_at=None)
    return Counter(there.values_list("subject_id", flat=True))
