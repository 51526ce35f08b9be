"""What other rooms add to a verification: their leaf rows, what outsiders witnessed, checks of their own."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LeafOf = Callable[[bytes, Mapping[str, Any]], bytes]
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class LeafSource:
    """Where the rows of one kind of batch lie, and how the leaf of a row is computed.

    The table has the columns `batch` (uuid), `batch_index` (ascending) and `leaf` (bytea), and an index
    that begins with `batch`. `leaf_of(company uid, row)` gets the `columns` by name; a row that cannot be
    hashed raises ValueError, TypeError, KeyError or struct.error. Where its rows count without a gap,
    `numbers` says as what, and the columns of handle and number.
    """

    kind: str
    table: str
    columns: tuple[str, ...]
    leaf_of: LeafOf
    numbers: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody outside of the database has seen the checkpoint `number` with this hash."""

    number: int
    checkpoint_hash: bytes
    by: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers `first` to `last` that nothing stands under, of a thing that counts without a gap."""

    kind: str  # what counts, as `subject_kind` of its deeds
    handle: int
    first: int
    last: int


Problem = tuple[str, str, str]  # code, where, text

sources: dict[str, LeafSource] = {}
witnesses: dict[str, Callable[[], Iterator[Witness]]] = {}
checks: dict[str, Callable[[], Iterable[Problem]]] = {}
Span = tuple[int, int]
Counted = Callable[[int | None, Span | None], Iterable[Gap]]
counts: dict[str, Counted] = {}


def source(
    kind: str, *, table: str, columns: Sequence[str], numbers: tuple[str, str, str] | None = None
) -> Callable[[LeafOf], LeafOf]:
    """Register the leaf rows of batches of this kind; decorates `leaf_of`."""
    for name in (table, *columns):
        if not NAME.match(name):
            msg = f"not a plain identifier: {name!r}"
            raise ValueError(msg)

    def register(leaf_of: LeafOf) -> LeafOf:
        sources[kind] = LeafSource(kind, table, tuple(columns), leaf_of, numbers)
        return leaf_of

    return register


def witness(
    name: str,
) -> Callable[[Callable[[], Iterator[Witness]]], Callable[[], Iterator[Witness]]]:
    """Register a function that yields what was witnessed in the current company, by rising number."""

    def register(function: Callable[[], Iterator[Witness]]) -> Callable[[], Iterator[Witness]]:
        witnesses[name] = function
        return function

    return register


def check(name: str) -> Callable[[Callable[[], Iterable[Problem]]], Callable[[], Iterable[Problem]]]:
    """Register a further check: yields (code, where, text) of what is wrong."""

    def register(function: Callable[[], Iterable[Problem]]) -> Callable[[], Iterable[Problem]]:
        checks[name] = function
        return function

    return register


def counted(kind: str) -> Callable[[Counted], Counted]:
    """Register what counts without a gap: yields each gap of one handle, or of all, by rising number.

    Asked for one handle and a span (first, last), it yields this span if all of it is missing, and nothing
    else.
    """

    def register(function: Counted) -> Counted:
        counts[kind] = function
        return function

    return register
