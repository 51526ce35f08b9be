"""What retention has deleted of the record, as deeds on this very record say it, place by place.

A row may be absent exactly where such a deed names its place. The deeds are rows like others: one that was
altered or put in is a finding by itself.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ledger.models import LedgerEntry
from ledger.verify.registry import Gap, Span

VERB: Final = "record_pruned"


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same numbers in as few runs as there are, rising."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


class Gone:
    """All that the deeds of the current company name."""

    def __init__(self) -> None:
        whole: dict[str, list[Span]] = {}
        numbers: dict[tuple[str, int], list[Span]] = {}
        self.leaves: dict[str, set[bytes]] = {}
        for row in LedgerEntry.objects.filter(verb=VERB).order_by("at", "id").iterator(chunk_size=100):
            kind, said = row.subject_kind, row.data if isinstance(row.data, dict) else {}
            whole.setdefault(kind, []).extend(_spans(said, "positions"))
            self.leaves.setdefault(kind, set()).update(_leaves(said))
            counted = said.get("counted")
            for handle, first, last in _triples(said):
                numbers.setdefault((str(counted), handle), []).append((first, last))
        self._whole = {kind: merged(spans) for kind, spans in whole.items()}
        self._numbers = {key: merged(spans) for key, spans in numbers.items()}

    def names(self, kind: str, position: int, leaf: bytes) -> bool:
        """Whether a deed says of this leaf, in the sealed batch of this place, that it went."""
        return _within(self._whole.get(kind, []), position) or leaf in self.leaves.get(kind, ())

    def numbers(self, counted: str) -> Iterator[tuple[int, int, int]]:
        """(handle, first, last) of all numbers that went."""
        for (kind, handle), spans in sorted(self._numbers.items()):
            if kind == counted:
                yield from ((handle, first, last) for first, last in spans)

    def without(self, gap: Gap) -> Iterator[Gap]:
        """What of a gap no deed names."""
        at = gap.first
        for first, last in self._numbers.get((gap.kind, gap.handle), []) if gap.first <= gap.last else []:
            if last < at or first > gap.last:
                continue
            if at < first:
                yield Gap(gap.kind, gap.handle, at, first - 1)
            at = last + 1
        if at <= gap.last or gap.last < gap.first:
            yield Gap(gap.kind, gap.handle, at, gap.last)


def _within(spans: list[Span], number: int) -> bool:
    place = bisect_right(spans, (number, float("inf")))
    return place > 0 and number <= spans[place - 1][1]


# What the service has never written counts for nothing: the row itself is then found to be altered.


def _spans(said: Mapping[str, Any], name: str) -> Iterator[Span]:
    for one in _list(said, name):
        if isinstance(one, list) and len(one) == 2 and all(type(number) is int for number in one):
            yield one[0], one[1]


def _triples(said: Mapping[str, Any]) -> Iterator[tuple[int, int, int]]:
    for one in _list(said, "numbers"):
        if isinstance(one, list) and len(one) == 3 and all(type(number) is int for number in one):
            yield one[0], one[1], one[2]


def _leaves(said: Mapping[str, Any]) -> Iterator[bytes]:
    for one in _list(said, "leaves"):
        try:
            yield bytes.fromhex(one)
        except (TypeError, ValueError):
            continue


def _list(said: Mapping[str, Any], name: str) -> list[Any]:
    found = said.get(name)
    return found if isinstance(found, list) else []
