"""The reader's disk: one SQLite file whose contents are encrypted under a key beside it.

WAL with `synchronous=FULL`: what `write` has left is on the disk. Nothing in the file is readable without
`store.key`, which `wipe` overwrites and deletes first. Calls block for a disk's sync and belong on one thread
(`edge.disk`).
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.files import destroy, private_folder, read_private, sync_folder, write_private
from sallyport.offline.deciding import Use

DATABASE: Final = "journal.db"
KEY: Final = "store.key"
PENDING: Final = "pending"
WIPING: Final = "wiping"
FLOOR: Final = "floor_ms"  # of time
CUT: Final = "cut_ms"  # since when it was cut off last, until a contact has told it
_NONCE: Final = 12
_SCHEMA: Final = """
create table if not exists meta (name text primary key, value blob not null) without rowid;
create table if not exists journal (
    book text not null, position integer not null, counter integer not null, at_ms integer not null,
    hash blob not null, sealed blob not null, primary key (book, position)) without rowid;
create table if not exists used (mark blob primary key, at_ms integer not null, position integer)
    without rowid;
create table if not exists changes (seq integer primary key, sealed blob not null);
create table if not exists door (
    number integer primary key, kind text not null, at_ms integer not null, counter integer);
"""


class StoreFailed(Exception):  # noqa: N818 - named for what happened
    """The disk did not take it: nothing of this change was written. `full`: for want of room."""

    def __init__(self, message: str, *, full: bool) -> None:
        super().__init__(message)
        self.full = full


class StoreUnreadable(Exception):  # noqa: N818 - named for what happened
    """What is on the disk was not written under this key."""


class Store:
    """The open file. Numbers and names that only order rows stand readable; all else is sealed."""

    def __init__(self, folder: Path) -> None:
        """Opens or lays the store in a folder that only its owner may enter. Raises StoreFailed."""
        private_folder(folder)
        self.folder = folder
        key = _store_key(folder / KEY)
        self._seal = AESGCM(_derived(key, b"seal"))
        self._mark_key = _derived(key, b"used")
        try:
            self._db = _connect(folder / DATABASE)
        except sqlite3.Error as error:
            raise _failed(error) from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the disk when the block was left. Raises StoreFailed: nothing of it is."""
        try:
            self._db.execute("begin immediate")
            yield self._db
            self._db.execute("commit")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("rollback")
            if isinstance(error, sqlite3.Error):
                raise _failed(error) from error
            raise

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds. Raises StoreFailed."""
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _failed(error) from error

    def seal(self, data: bytes, about: str) -> bytes:
        """Ciphertext that opens only under the same `about`: rows cannot be put in each other's place."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._seal.encrypt(nonce, data, about.encode())

    def unseal(self, sealed: bytes, about: str) -> bytes:
        """Raises StoreUnreadable."""
        try:
            return self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
        except InvalidTag:
            raise StoreUnreadable(about) from None

    def number(self, name: str) -> int:
        """A number kept under a name; 0 before it was first set."""
        found = self.rows("select value from meta where name = ?", name)
        return int(found[0][0]) if found else 0

    def secret(self, name: str) -> bytes:
        """Sealed bytes kept under a name; none before they were first set. Raises StoreUnreadable."""
        found = self.rows("select value from meta where name = ?", name)
        return self.unseal(found[0][0], name) if found else b""

    def set_number(self, name: str, value: int) -> None:
        """Keep a number, in a transaction of its own."""
        with self.write() as db:
            put(db, name, value)

    def set_secret(self, name: str, value: bytes) -> None:
        """Keep bytes, sealed, in a transaction of their own."""
        with self.write() as db:
            put(db, name, self.seal(value, name))

    def mark(self, use: Use) -> bytes:
        """What stands for a used code: keyed, so that the table tells nobody which phone passed."""
        text = ":".join(str(part) for part in use).encode()
        return hashlib.blake2b(text, key=self._mark_key, digest_size=16).digest()

    def was_used(self, use: Use) -> bool:
        """Whether a code has opened this door, online or alone."""
        return bool(self.rows("select 1 from used where mark = ?", self.mark(use)))

    def used_alone(self, use: Use, *, above: int) -> bool:
        """Whether it has opened this door in an entry after position `above`: one that the server lacks."""
        return bool(self.rows("select 1 from used where mark = ? and position > ?", self.mark(use), above))

    def settle(self, use: Use | None, at_ms: int, floor_ms: int = 0) -> None:
        """The server has decided what is pending; `use` is what it has let pass, to be remembered, and
        `floor_ms` the time that this vouches for.
        """
        with self.write() as db:
            db.execute("delete from meta where name = ?", (PENDING,))
            if use is not None:
                db.execute("insert or ignore into used values (?, ?, null)", (self.mark(use), at_ms))
            self.raise_floor(db, floor_ms)

    def raise_floor(self, db: sqlite3.Connection, floor_ms: int) -> None:
        """Time does not fall below this any more, after a restart too; within a transaction."""
        if floor_ms > self.number(FLOOR):
            put(db, FLOOR, floor_ms)

    def forget_used(self, before_ms: int) -> None:
        """Forget codes used before a time at which none of them was still good."""
        with self.write() as db:
            db.execute("delete from used where at_ms < ?", (before_ms,))

    def take_counter(self, pending: bytes = b"") -> int:
        """The next event's number, on the disk when this returns; never given twice.

        `pending` is what was shown: numbers have no gaps, so what a power cut ends is written down later.
        """
        with self.write() as db:
            counter = self.number("counter") + 1
            put(db, "counter", counter)
            put(db, PENDING, self.seal(pending, PENDING))
        return counter

    def raise_counter(self, least: int) -> None:
        """The server has this number on record: the next one is above it."""
        if least > self.number("counter"):
            self.set_number("counter", least)

    def add_door_event(self, kind: str, at_ms: int, counter: int | None) -> int:
        """Number and keep something that the door did; the number."""
        with self.write() as db:
            number = self.number("door_number") + 1
            put(db, "door_number", number)
            db.execute("insert into door values (?, ?, ?, ?)", (number, kind, at_ms, counter))
        return number

    def door_events(self, limit: int) -> list[dict[str, Any]]:
        """What the server has not confirmed yet, as it is told, ascending."""
        found = self.rows("select number, kind, at_ms, counter from door order by number limit ?", limit)
        return [dict(zip(("number", "kind", "at_ms", "counter"), row, strict=True)) for row in found]

    def door_after(self, number: int) -> None:
        """The server's record of this door ends at `number`: what it lacks follows, renumbered."""
        with self.write() as db:
            waiting = db.execute("select kind, at_ms, counter from door order by number").fetchall()
            db.execute("delete from door")
            for place, row in enumerate(waiting, start=number + 1):
                db.execute("insert into door values (?, ?, ?, ?)", (place, *row))
            put(db, "door_number", number + len(waiting))
            put(db, "door_asked", 1)

    def door_known(self, number: int) -> None:
        """The server knows all up to this number; a disk that has lost its count goes on above it."""
        with self.write() as db:
            db.execute("delete from door where number <= ?", (number,))
            put(db, "door_number", max(number, self.number("door_number")))


def put(db: sqlite3.Connection, name: str, value: int | bytes) -> None:
    """Keep a value under a name, within a transaction; bytes must be sealed already."""
    db.execute("insert or replace into meta values (?, ?)", (name, value))


def wipe(folder: Path) -> None:
    """Destroy the keys, then what they opened. `finish_wipe` goes on with it after it was interrupted.

    A flash disk may keep copies of overwritten cells that no program reaches; they are as good as random
    without the rest of the disk's own bookkeeping, but nobody should rely on it against a laboratory.
    """
    with suppress(OSError):  # a full disk may have no room for a name: that must not save the keys
        (folder / WIPING).touch(mode=0o600)
        sync_folder(folder)
    for name in (KEY, "reader.key", "reader.key.next", "reader.key.new", "reader.key.before"):
        destroy(folder / name)
    # The keys of doors, and what a power cut has left of files that were being written.
    for path in (*folder.glob("osdp-*"), *folder.glob(".*.key*"), *folder.glob(".osdp-*")):
        destroy(path)
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "identity.json", "paired.json"):
        (folder / name).unlink(missing_ok=True)
    sync_folder(folder)  # else rows that nothing opens any more may come back, and meet a new key
    (folder / WIPING).unlink(missing_ok=True)
    sync_folder(folder)


def finish_wipe(folder: Path) -> None:
    """Go on with a wipe that a power cut has interrupted; nothing where there was none."""
    if (folder / WIPING).exists():
        wipe(folder)


def _connect(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)
    # One thread at a time uses it, not always the one that opened it.
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = full")
    db.executescript(_SCHEMA)
    return db


def _store_key(path: Path) -> bytes:
    if not path.exists():
        write_private(path, secrets.token_bytes(32))
    return read_private(path, 32)


def _derived(key: bytes, what: bytes) -> bytes:
    return hashlib.blake2b(key=key, person=what, digest_size=32).digest()


def _failed(error: sqlite3.Error) -> StoreFailed:
    code = getattr(error, "sqlite_errorcode", None)
    return StoreFailed(str(error), full=code == sqlite3.SQLITE_FULL)
