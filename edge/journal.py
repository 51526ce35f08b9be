"""The journal on the disk: entries chained, signed and synced before a door opens; handed in later."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from edge.encoding import b64, unb64
from edge.identity import Identity
from edge.store import PENDING, Store, put
from sallyport.keys import SigningKeyLike
from sallyport.offline import (
    FIRST_PREVIOUS,
    MOST_HANDED_IN,
    JournalEntry,
    LetIn,
    entry_bytes,
    entry_hash,
    sign_entry,
)
from sallyport.offline.deciding import Alone, Use
from sallyport.reasons import Reason
from sallyport.rules import Inside

KEPT_MS: Final = 30 * 86_400_000


@dataclass(frozen=True, slots=True)
class Presented:
    """What was shown and under which number; `counter` None takes the next one with the entry."""

    code: str
    at_ms: int
    challenges: tuple[int, ...] = ()
    counter: int | None = None


def pending_of(shown: Presented) -> bytes:
    """What is kept of a presentation while the server is asked."""
    return json.dumps([shown.code, shown.at_ms, shown.challenges]).encode()


def left_pending(store: Store) -> Presented | None:
    """The presentation that the program's last run did not end with."""
    kept = store.secret(PENDING)
    if not kept:
        return None
    code, at_ms, challenges = json.loads(kept)
    return Presented(code, at_ms, tuple(challenges), store.number("counter"))


class Journal:
    """The journal of one reader. Calls block for the disk and come from one thread at a time."""

    def __init__(self, store: Store, identity: Identity, key: SigningKeyLike) -> None:
        self._store = store
        self._identity = identity
        self._key = key
        self._base = f"base:{identity.book}"
        self._position, self._hash = self._head()
        self._let_in: LetIn | None = None

    @property
    def head(self) -> tuple[int, bytes]:
        """Position and hash of the last entry, or of the one it goes on from."""
        return self._position, self._hash

    @property
    def handed(self) -> int:
        """The last position of which the server has said that it has it."""
        return self._store.number(f"handed:{self._identity.book}")

    @property
    def queue(self) -> int:
        """How many entries the server has not got, as far as known."""
        found = self._store.rows(
            "select count(*) from journal where book = ? and position > ?", self._identity.book, self.handed
        )
        return int(found[0][0])

    def inside(self, credential: int) -> Inside:
        """What is known of whom this reader let in alone; read from the disk at the first need."""
        if self._let_in is None:
            self._let_in = LetIn()
            for entry, _ in self._read(self.handed, -1):
                if entry.granted:
                    self._let_in.note(entry.position, entry.facts)
        return self._let_in.inside(credential)

    def append(
        self, shown: Presented, alone: Alone, point: tuple[int, int], floor_ms: int = 0
    ) -> JournalEntry:
        """Write what was decided, under policy `point` (epoch, seq): it is on the disk when this returns, and
        with it `floor_ms`, the time that it vouches for.

        Raises StoreFailed, and then nothing is written and no door may open.
        """
        decision = alone.decision
        counter = shown.counter or self._store.number("counter") + 1
        entry = JournalEntry(
            position=self._position + 1,
            counter=counter,
            at_ms=shown.at_ms,
            code=shown.code,
            challenges=shown.challenges,
            granted=decision.granted,
            reason=decision.reason,
            facts=decision.facts_text,
            epoch=point[0],
            seq=point[1],
            previous=self._hash,
        )
        signed = self._bytes(entry)
        with self._store.write() as db:
            self._put(db, entry, signed)
            if shown.counter is None:
                put(db, "counter", counter)
            db.execute("delete from meta where name = ?", (PENDING,))
            if alone.use is not None:
                values = (self._store.mark(alone.use), entry.at_ms, entry.position)
                db.execute("insert or ignore into used values (?, ?, ?)", values)
            self._store.raise_floor(db, floor_ms)
        self._position, self._hash = entry.position, entry_hash(signed)
        if entry.granted and self._let_in is not None:
            self._let_in.note(entry.position, entry.facts)
        return entry

    def used_unknown_to_server(self, use: Use) -> bool:
        """Whether the code has opened this door in an entry that was not handed in yet."""
        return self._store.used_alone(use, above=self.handed)

    def after(self, position: int, limit: int = MOST_HANDED_IN) -> list[dict[str, Any]]:
        """The entries after a position as they are handed in, ascending, each signed by the present key."""
        return [self._as_handed_in(entry, sig) for entry, sig in self._read(position, limit)]

    def entries(self) -> list[JournalEntry]:
        """All that are kept, ascending."""
        return [entry for entry, _ in self._read(0, -1)]

    def note_handed(self, position: int) -> None:
        """The server's word on where its journal of this reader ends; it may go back."""
        if position != self.handed:
            went_back = position < self.handed
            self._store.set_number(f"handed:{self._identity.book}", position)
            if went_back:
                self._let_in = None
            elif self._let_in is not None:
                self._let_in.forget(position)

    def go_on_from(self, position: int, head: bytes) -> None:
        """The server has more than this disk (new hardware, a lost disk): go on after its last entry.

        What was decided here meanwhile is numbered and chained anew behind it; it keeps its counters.
        """
        if position <= self._position:
            return
        handed = self.handed
        moved = [entry for entry, _ in self._read(handed, -1)]
        last = head
        with self._store.write() as db:
            db.execute("delete from journal where book = ? and position > ?", (self._identity.book, handed))
            db.execute(
                "update used set position = position + ? where position > ?", (position - handed, handed)
            )
            base = position.to_bytes(8, "big") + head
            put(db, self._base, self._store.seal(base, self._base))
            put(db, f"handed:{self._identity.book}", position)
            for offset, entry in enumerate(moved, start=1):
                fields = {name: getattr(entry, name) for name in JournalEntry.__slots__}
                again = JournalEntry(**fields | {"position": position + offset, "previous": last})
                signed = self._bytes(again)
                last = entry_hash(signed)
                self._put(db, again, signed)
        self._position, self._hash = self._head()
        self._let_in = None

    def forget(self, now_ms: int) -> None:
        """Drop what was handed in and is older than 30 days; the last entry stays, the chain hangs on it."""
        with self._store.write() as db:
            db.execute(
                "delete from journal where book = ? and position <= ? and at_ms < ?",
                (self._identity.book, min(self.handed, self._position - 1), now_ms - KEPT_MS),
            )

    def _head(self) -> tuple[int, bytes]:
        query = "select position, hash from journal where book = ? order by position desc limit 1"
        found = self._store.rows(query, self._identity.book)
        base = self._store.secret(self._base)
        last = (int(found[0][0]), bytes(found[0][1])) if found else (0, FIRST_PREVIOUS)
        if base and int.from_bytes(base[:8], "big") > last[0]:
            return int.from_bytes(base[:8], "big"), base[8:]
        return last

    def _bytes(self, entry: JournalEntry) -> bytes:
        return entry_bytes(entry, company=self._identity.company, reader=self._identity.reader)

    def _about(self, position: int) -> str:
        return f"journal:{self._identity.book}:{position}"

    def _put(self, db: sqlite3.Connection, entry: JournalEntry, signed: bytes) -> None:
        rest = {
            "code": entry.code,
            "challenges": entry.challenges,
            "granted": entry.granted,
            "reason": entry.reason.value,
            "facts": entry.facts,
            "epoch": entry.epoch,
            "seq": entry.seq,
            "previous": b64(entry.previous),
            "sig": b64(sign_entry(signed, self._key)),
            "key": b64(self._key.public.raw),
        }
        sealed = self._store.seal(json.dumps(rest).encode(), self._about(entry.position))
        book = self._identity.book
        values = (book, entry.position, entry.counter, entry.at_ms, entry_hash(signed), sealed)
        db.execute("insert into journal values (?, ?, ?, ?, ?, ?)", values)

    def _read(self, position: int, limit: int) -> Iterator[tuple[JournalEntry, bytes]]:
        query = (
            "select position, counter, at_ms, sealed from journal where book = ? and position > ?"
            " order by position limit ?"
        )
        for number, counter, at_ms, sealed in self._store.rows(query, self._identity.book, position, limit):
            rest = json.loads(self._store.unseal(sealed, self._about(number)))
            entry = JournalEntry(
                position=number,
                counter=counter,
                at_ms=at_ms,
                code=rest["code"],
                challenges=tuple(rest["challenges"]),
                granted=rest["granted"],
                reason=Reason(rest["reason"]),
                facts=rest["facts"],
                epoch=rest["epoch"],
                seq=rest["seq"],
                previous=unb64(rest["previous"]),
            )
            # The reader may have been paired again meanwhile: the server knows its present key.
            ours = rest["key"] == b64(self._key.public.raw)
            yield entry, unb64(rest["sig"]) if ours else sign_entry(self._bytes(entry), self._key)

    @staticmethod
    def _as_handed_in(entry: JournalEntry, sig: bytes) -> dict[str, Any]:
        return {
            "position": entry.position,
            "counter": entry.counter,
            "at_ms": entry.at_ms,
            "code": entry.code,
            "challenges": list(entry.challenges),
            "granted": entry.granted,
            "reason": entry.reason.value,
            "facts": entry.facts,
            "epoch": entry.epoch,
            "seq": entry.seq,
            "previous": b64(entry.previous),
            "sig": b64(sig),
        }
