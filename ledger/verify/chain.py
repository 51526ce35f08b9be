"""The chain of checkpoints over the sealed batches, and what witnesses say of it."""

import heapq
import struct
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from psycopg import sql

from ledger.models import Checkpoint
from ledger.sealing import checkpoint_bytes
from ledger.verify.registry import Witness, witnesses
from ledger.verify.report import Tally
from ledger.verify.stream import stream
from sallyport import ledger as core
from sallyport.keys import BadSignature, Ed25519Public
from vault.selectors import proven_public_keys

COLUMNS = (
    "number",
    "previous_hash",
    "root",
    "first_position",
    "last_position",
    "at",
    "hash",
    "signature",
    "signer",
)
CHECKPOINTS = sql.SQL("SELECT {} FROM ledger_checkpoint ORDER BY number").format(
    sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
)
# What `checkpoint_bytes` raises for numbers, lengths and times (AttributeError: None) that no checkpoint has.
IMPOSSIBLE = (ValueError, OverflowError, AttributeError, struct.error)
POSITIONS = sql.SQL("SELECT position, hash FROM ledger_sealedbatch ORDER BY position")


@dataclass(slots=True)
class End:
    """The end of what has been verified so far."""

    number: int = 0
    hash: bytes = core.FIRST_PREVIOUS
    position: int = 0


class Chain:
    """One pass over checkpoints, sealed batches and witnesses, all three in rising order."""

    def __init__(self, company: bytes, tally: Tally) -> None:
        self.company = company
        self.tally = tally
        self.keys = {key.hex(): Ed25519Public(key) for key in proven_public_keys("checkpoint")}
        self.end = End()
        self.sealed = _Peek(stream(POSITIONS))
        self.seen = _Peek(_merged(made() for made in witnesses.values()))

    def check(self) -> None:
        """Walk the chain to its end."""
        with closing(self.sealed), closing(self.seen):
            with closing(stream(CHECKPOINTS)) as rows:
                self._walk(rows)
            self._ends()

    def _walk(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for values in rows:
            row = Checkpoint(**dict(zip(COLUMNS, values, strict=True)))
            self._link(row)
            self._signature(row)
            self._root(row)
            self._witnesses(row)
            self.end = End(row.number, bytes(row.hash), row.last_position)
            self.tally.checkpoints += 1

    def _ends(self) -> None:
        if self.sealed.head is not None:
            self.tally.bad(
                "checkpoint_removed",
                f"position {self.sealed.head[0]}",
                "Sealed batches lie behind the last checkpoint: one was taken away.",
            )
        if self.seen.head is not None:
            held: Witness = self.seen.head
            self.tally.bad(
                "tail_cut",
                f"checkpoint {held.number}",
                f"{held.by} has countersigned a checkpoint that is not on record: the end was cut off.",
            )

    def _link(self, row: Checkpoint) -> None:
        where = f"checkpoint {row.number}"
        if row.number != self.end.number + 1:
            text = f"Checkpoints {self.end.number + 1} to {row.number - 1} are missing."
            self.tally.bad("checkpoint_removed", where, text)
        elif bytes(row.previous_hash) != self.end.hash:
            self.tally.bad("checkpoint_unlinked", where, "It does not link the checkpoint before it.")
        if row.first_position != self.end.position + 1 or row.last_position < row.first_position:
            self.tally.bad("checkpoint_unlinked", where, "Its positions do not follow those before it.")

    def _signature(self, row: Checkpoint) -> None:
        where = f"checkpoint {row.number}"
        try:
            signed = checkpoint_bytes(self.company, row)
            if core.checkpoint_hash(signed) != bytes(row.hash):
                self.tally.bad("checkpoint_changed", where, "Its hash is not that of its contents.")
            self.keys[row.signer].verify(signed, bytes(row.signature))
        except (BadSignature, KeyError, *IMPOSSIBLE):
            self.tally.bad("checkpoint_forged", where, "No key of this company has signed it.")

    def _root(self, row: Checkpoint) -> None:
        hashes = []
        expected = row.first_position
        while self.sealed.head is not None and self.sealed.head[0] <= row.last_position:
            position, digest = self.sealed.take()
            if position != expected:
                break
            hashes.append(bytes(digest))
            expected += 1
        self.tally.sealed += len(hashes)
        if expected != row.last_position + 1:
            text = "A sealed batch is missing here, or its place was changed."
            self.tally.bad("batch_removed", f"position {expected}", text)
            while self.sealed.head is not None and self.sealed.head[0] <= row.last_position:
                self.sealed.take()
        elif core.merkle_root(hashes) != bytes(row.root):
            where = f"checkpoint {row.number}, positions {row.first_position} to {row.last_position}"
            self.tally.bad("root_differs", where, "A sealed batch was changed or batches were reordered.")

    def _witnesses(self, row: Checkpoint) -> None:
        while self.seen.head is not None and self.seen.head.number <= row.number:
            held: Witness = self.seen.take()
            self.tally.witnessed += 1
            if held.number != row.number or held.checkpoint_hash != bytes(row.hash):
                text = f"{held.by} has countersigned another checkpoint {held.number}: the record was forked."
                self.tally.bad("forked", f"checkpoint {held.number}", text)


def _merged(parts: Iterable[Iterator[Witness]]) -> Generator[Witness]:
    yield from heapq.merge(*parts, key=attrgetter("number"))


class _Peek:
    """A generator whose next item can be looked at."""

    def __init__(self, items: Generator[Any]) -> None:
        self._items = items
        self.head: Any = next(items, None)

    def take(self) -> Any:
        """The next item."""
        taken, self.head = self.head, next(self._items, None)
        return taken

    def close(self) -> None:
        """End the generator and what it reads from."""
        self._items.close()
