"""Numbers without a gap: what is missing, and what of it was acknowledged, by a deed on this very record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ledger.models import LedgerEntry
from ledger.verify.pruned import Gone
from ledger.verify.registry import Gap
from ledger.verify.report import Acknowledged, Tally

VERB: Final = "gap_acknowledged"


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody has said of a gap, and of which numbers."""

    first: int
    last: int
    reason: str
    actor: str
    at: datetime


def known_gaps(kind: str) -> dict[int, list[Known]]:
    """What was acknowledged of this kind, by handle, the first word first."""
    found: dict[int, list[Known]] = {}
    rows = LedgerEntry.objects.filter(verb=VERB, subject_kind=kind).order_by("at", "id")
    for row in rows.iterator(chunk_size=500):
        known = _read(row)
        if known is not None and row.handle is not None:
            found.setdefault(row.handle, []).append(known)
    return found


def parts(gap: Gap, known: Iterable[Known]) -> Iterator[tuple[Gap, Known | None]]:
    """The gap cut into what is known, by the first who said so, and what nobody has said anything of."""
    if gap.last < gap.first:  # a count that goes back: it was altered, and nobody can know of that
        yield gap, None
        return
    said = [one for one in known if one.first <= gap.last and one.last >= gap.first]
    edges = {gap.first, *(one.first for one in said), *(one.last + 1 for one in said)}
    begins = sorted(edge for edge in edges if gap.first <= edge <= gap.last)
    ends = [begin - 1 for begin in begins[1:]] + [gap.last]
    before: tuple[Gap, Known | None] | None = None
    for first, last in zip(begins, ends, strict=True):
        by = next((one for one in said if one.first <= first and last <= one.last), None)
        if before is not None and before[1] is by:
            first = before[0].first  # noqa: PLW2901 - the part before goes on
        elif before is not None:
            yield before
        before = (Gap(gap.kind, gap.handle, first, last), by)
    if before is not None:
        yield before


def _read(row: LedgerEntry) -> Known | None:
    """None for what the service has never written: the row itself is then found to be altered."""
    data: dict[str, Any] = row.data if isinstance(row.data, dict) else {}
    first, last, reason = data.get("first"), data.get("last"), data.get("reason")
    if type(first) is not int or type(last) is not int or not isinstance(reason, str):
        return None
    return Known(first, last, reason, row.actor, row.at)


def check_counts(kind: str, gaps: Iterable[Gap], gone: Gone, tally: Tally) -> None:
    """Note each gap: as a finding, or where a deed names it, as acknowledged. A deed says nothing of numbers
    that something stands under: it can cover no event, and a deed that was altered is a finding by itself.
    What retention deleted is no gap.
    """
    known = known_gaps(kind)
    for gap in (rest for one in gaps for rest in gone.without(one)):
        for part, by in parts(gap, known.get(gap.handle, ())):
            where = f"{kind} {part.handle}"
            text = f"events {part.first} to {part.last} are missing"
            if by is None:
                tally.bad("events_missing", where, text, part)
            else:
                tally.acknowledged.append(
                    Acknowledged(where, text, by.reason, by.actor, by.at.isoformat(timespec="seconds"))
                )
