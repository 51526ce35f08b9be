"""Events as `public.scan_row` values in PostgreSQL's binary format: one call to `struct` per event."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sallyport.codes import LiveContents

# Types by their numbers in pg_type.dat, which never change: a binary composite names each field's type.
_BOOL, _BYTEA, _INT8, _INT2, _INT4, _TEXT, _TIME = 16, 17, 20, 21, 23, 25, 1184
_FIELDS: Final = 20
_POSTGRES_EPOCH_US: Final = 946_684_800_000_000  # 2000-01-01 in unix microseconds
_NULL: Final = -1

_HEAD = struct.Struct(">i" + "Iii" + "Iii" + "Iiq" + "Iiq" + "Iiq" + "Iii")
_CONTENTS = struct.Struct(">" + "Iiq" + "Iiq" + "Iii" + "Iiq" + "Iiq")
_NO_CONTENTS = struct.pack(
    ">" + "Ii" * 5, _INT8, _NULL, _INT8, _NULL, _INT4, _NULL, _INT8, _NULL, _INT8, _NULL
)
_VERDICT = struct.Struct(">" + "Ii32s" + "Ii?")
_TEXT_HEAD = struct.Struct(">Ii")
_REACHED = struct.Struct(">" + "Ii?" + "Iih")
_LEAF = struct.Struct(">Ii32s")
_NO_LEAF = struct.pack(">Ii", _BYTEA, _NULL)
_NO_TEXT = struct.pack(">Ii", _TEXT, _NULL)
_ARRAY = struct.Struct(">iiIii")
_SIZE = struct.Struct(">i")


@dataclass(frozen=True, slots=True)
class Move:
    """What a grant would do to an area that keeps watch, and what was known of it when that was decided."""

    area: int
    enters: bool
    since: int | None = None  # of an entry: unix seconds since which its holder was inside
    capacity: int | None = None
    full: bool = False
    again: bool = False  # granted, though its holder was inside

    def told(self, n: int) -> dict[str, object]:
        """The move of the batch's `n`th event, as `commit_watched` reads it."""
        told: dict[str, object] = {"n": n, "area": self.area, "enters": self.enters, "since": self.since}
        return told | {"capacity": self.capacity, "is_full": self.full, "again": self.again}


@dataclass(slots=True)  # frozen would triple the cost of making one
class EventRow:
    """One event for the database: as decided, and what it becomes if its code was used before."""

    reader: int
    counter: int
    at_ms: int
    reader_at_ms: int
    access_point: int
    contents: LiveContents | None
    code_hash: bytes
    granted: bool
    reason: str
    replayable: bool  # the code opened, a grant uses it up, and no reason above `replayed` applies
    assurance: int
    facts: str
    leaf: bytes
    replayed_leaf: bytes
    replayed_facts: str
    move: Move | None = None

    def pack(self, n: int) -> bytes:
        """The row as a binary composite; `n` is its place in the batch."""
        contents = self.contents
        reason, facts = self.reason.encode(), self.facts.encode()
        parts = [
            _HEAD.pack(
                *(_FIELDS, _INT4, 4, n, _INT4, 4, self.reader, _INT8, 8, self.counter),
                *(_TIME, 8, self.at_ms * 1000 - _POSTGRES_EPOCH_US),
                *(_TIME, 8, self.reader_at_ms * 1000 - _POSTGRES_EPOCH_US),
                *(_INT4, 4, self.access_point),
            ),
            _NO_CONTENTS
            if contents is None
            else _CONTENTS.pack(
                *(_INT8, 8, contents.credential, _INT8, 8, contents.device, _INT4, 4, contents.profile),
                *(_INT8, 8, contents.issued, _INT8, 8, contents.nonce),
            ),
            _VERDICT.pack(_BYTEA, 32, self.code_hash, _BOOL, 1, self.granted),
            _TEXT_HEAD.pack(_TEXT, len(reason)),
            reason,
            _REACHED.pack(_BOOL, 1, self.replayable, _INT2, 2, self.assurance),
            _TEXT_HEAD.pack(_TEXT, len(facts)),
            facts,
            _LEAF.pack(_BYTEA, 32, self.leaf),
        ]
        if self.replayable:
            replayed = self.replayed_facts.encode()
            parts += (
                _LEAF.pack(_BYTEA, 32, self.replayed_leaf),
                _TEXT_HEAD.pack(_TEXT, len(replayed)),
                replayed,
            )
        else:
            parts += (_NO_LEAF, _NO_TEXT)
        return b"".join(parts)


def pack_array(rows: Sequence[bytes], element: int) -> bytes:
    """A binary array of composites; `element` is the number of `public.scan_row` in this database."""
    parts = [_ARRAY.pack(1, 0, element, len(rows), 1)]
    for row in rows:
        parts.append(_SIZE.pack(len(row)))
        parts.append(row)
    return b"".join(parts)
