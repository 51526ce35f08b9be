"""Names in the clear, in the memory of this process alone: for listing, sorting and near-matching.

One index per kind and company, filled from encrypted columns and refreshed whenever its version moves (the
policy sequence, say). Nothing of it is written anywhere.
"""

import threading
import unicodedata
from bisect import insort
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from tenants import context

MOST_COMPANIES: Final = 500
NO_MATCH: Final = 9
LEAST_FOR_NEAR: Final = 4
LONG: Final = 8


@dataclass(frozen=True, slots=True)
class NameEntry:
    """A row's handle and its name; `name` None takes the row out of the index."""

    handle: int
    name: str | None


@dataclass(slots=True)
class _Names:
    version: int
    names: dict[int, str] = field(default_factory=dict)
    folded: dict[int, str] = field(default_factory=dict)
    order: list[tuple[str, str, int]] = field(default_factory=list)

    def put(self, entry: NameEntry) -> None:
        old = self.names.pop(entry.handle, None)
        if old is not None:
            self.order.remove((self.folded.pop(entry.handle), old, entry.handle))
        if entry.name is None:
            return
        self.names[entry.handle] = entry.name
        self.folded[entry.handle] = fold(entry.name)
        insort(self.order, (self.folded[entry.handle], entry.name, entry.handle))

    def fill(self, entries: Iterable[NameEntry]) -> None:
        for entry in entries:
            if entry.name is not None:
                self.names[entry.handle] = entry.name
                self.folded[entry.handle] = fold(entry.name)
        self.order = sorted((self.folded[h], n, h) for h, n in self.names.items())


class NameIndex:
    """Names of one kind of row. The loaders run in the company that asks.

    `load_all()` yields every NameEntry, `load_changed(since)` those changed after version `since` (gone ones
    with name None), `version()` is an integer that moves with every change; it is read before the rows.
    """

    def __init__(
        self,
        *,
        load_all: Callable[[], Iterable[NameEntry]],
        load_changed: Callable[[int], Iterable[NameEntry]],
        version: Callable[[], int],
    ) -> None:
        self._load_all = load_all
        self._load_changed = load_changed
        self._version = version
        self._held: OrderedDict[int, _Names] = OrderedDict()
        self._lock = threading.RLock()

    def search(self, term: str, *, limit: int = 50, among: Collection[int] | None = None) -> list[int]:
        """Handles of matching names, best first: beginning, a word's, anywhere; if none does, nearly.

        With `among` only those are looked at.
        """
        wanted = fold(term)
        if not wanted:
            return self.ordered(limit=limit, among=among)
        with self._lock:
            order = [entry for entry in self._current().order if among is None or entry[2] in among]
            ranked = [(_rank(folded, wanted), folded, handle) for folded, _, handle in order]
            found = sorted(entry for entry in ranked if entry[0] < NO_MATCH)
            if not found:
                found = [(NO_MATCH, folded, handle) for folded, _, handle in order if _nearly(folded, wanted)]
        return [handle for _, _, handle in found[:limit]]

    def ordered(
        self,
        *,
        offset: int = 0,
        limit: int | None = None,
        among: Collection[int] | None = None,
        down: bool = False,
    ) -> list[int]:
        """Handles by name; with `among` only those."""
        with self._lock:
            order = [h for _, _, h in self._current().order if among is None or h in among]
        if down:
            order.reverse()
        return order[offset : None if limit is None else offset + limit]

    def name(self, handle: int) -> str | None:
        """The name of a row, or None."""
        with self._lock:
            return self._current().names.get(handle)

    def names(self, handles: Iterable[int]) -> dict[int, str]:
        """The names of these rows, as far as they are known."""
        with self._lock:
            known = self._current().names
            return {handle: known[handle] for handle in handles if handle in known}

    def drop(self, company_id: int | None = None) -> None:
        """Forget a company's names, or all."""
        with self._lock:
            if company_id is None:
                self._held.clear()
            else:
                self._held.pop(company_id, None)

    def _current(self) -> _Names:
        company = context.current().id
        version = self._version()
        held = self._held.get(company)
        if held is None:
            held = _Names(version)
            held.fill(self._load_all())
            self._held[company] = held
            while len(self._held) > MOST_COMPANIES:
                self._held.popitem(last=False)
        elif held.version != version:
            for entry in self._load_changed(held.version):
                held.put(entry)
            held.version = version
        self._held.move_to_end(company)
        return held


def fold(text: str) -> str:
    """A name as search and order see it: no accents, no case, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    # What stood for a capital letter (a mathematical one) is one only now.
    bare = unicodedata.normalize("NFKD", plain.casefold())
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def _rank(folded: str, wanted: str) -> int:
    """0 is best."""
    if folded.startswith(wanted):
        return 0
    if f" {wanted}" in folded:
        return 1
    words = wanted.split()
    if len(words) > 1 and all(any(part.startswith(word) for part in folded.split()) for word in words):
        return 1
    if wanted in folded:
        return 2
    return NO_MATCH


def _nearly(folded: str, wanted: str) -> bool:
    """Whether a word differs from what is wanted by a slip or two of the fingers."""
    if len(wanted) < LEAST_FOR_NEAR:
        return False
    slips = 1 if len(wanted) < LONG else 2
    return any(_within(word, wanted, slips) for word in (folded, *folded.split()))


def _within(one: str, other: str, slips: int) -> bool:
    """Whether the edit distance (insert, delete, replace, swap of neighbours) is at most `slips`."""
    if abs(len(one) - len(other)) > slips or len(set(other) - set(one)) > slips:
        return False
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > slips:
            return False
        before, last = last, row
    return last[-1] <= slips
