"""Deciding a scan without writing it: what its answer would be now."""

from readers.scanning.copy import Copy
from readers.scanning.judge import MissingFacts, MissingInside, judge
from readers.scanning.policies import Policies
from readers.scanning.rows import EventRow
from readers.scanning.scan import Scan, Unavailable

LOOKS = 3


async def judged(policies: Policies, copy: Copy, scan: Scan) -> EventRow:
    """The event as it would be written. Raises Unavailable, KeyEnded."""
    for _ in range(LOOKS):
        try:
            return judge(scan, copy)
        except MissingFacts as missing:
            await policies.refresh(copy, [missing.credential])
        except MissingInside:
            await policies.look_inside(copy, [scan])
    raise Unavailable("the person could not be read")
