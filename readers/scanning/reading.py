"""What the process's copies of policy are read with: plain SQL in one REPEATABLE READ snapshot, in a thread.

The counter and what stands under it come from the same snapshot: read apart, a change between the two would
give a copy that calls itself newer than it is.
"""

import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql

from access.policy import Person, build_doors, doors_statement, inside_statement, people_statement
from sallyport.keys import BadKey, VerifyKeyLike, public_key
from sallyport.reader_protocol import key_print
from sallyport.rules import CredentialFacts, DeviceFacts, DoorPolicy, Inside

# Kinds of PolicyChange answered by reading the doors again, by dropping people, or by nothing at all.
DOOR_KINDS: Final = frozenset(
    {"site", "special_day", "area", "door", "access_point", "schedule", "rule", "level"}
)
HOLDER_KINDS: Final = frozenset({"holder", "grant", "consent"})
IDLE_KINDS: Final = frozenset({"profile"})  # a profile is for readers: here the grants decide
MOST_CHANGES: Final = 2_000
DEFAULT_LIFE: Final = 30  # seconds, as credentials.CodePolicy has it before its row is written

Known = tuple[CredentialFacts | None, dict[int, DeviceFacts]]


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """A reader that may speak: retired ones are not held, so that their keys open nothing."""

    handle: int
    state: str
    access_point: int
    key: VerifyKeyLike
    name: str  # the key's print
    next_key: VerifyKeyLike | None = None  # announced, and not in force yet
    next_name: str = ""
    ends: float | None = None  # unix time at which the announced one is in force at the latest

    def named(self, name: str, now: float) -> VerifyKeyLike | None:
        """The key of this print if it is taken at unix time `now`; empty names the one in force."""
        if not name or name == self.name:
            return None if self.ends is not None and now >= self.ends else self.key
        return self.next_key if name == self.next_name else None

    def knows(self, name: str) -> bool:
        """Whether the name is of one of its keys."""
        return name in {"", self.name, self.next_name}


@dataclass(slots=True)
class Update:
    """What a copy must take over to stand at `(epoch, seq)`; None leaves that part as it is."""

    epoch: int
    seq: int
    doors: dict[int, DoorPolicy] | None = None
    readers: dict[int, ReaderFacts] | None = None  # all of them
    some_readers: dict[int, ReaderFacts | None] = field(default_factory=dict)
    life: int | None = None
    day_passes: dict[int, str] | None = None  # state by visit: all that have not ended
    some_day_passes: dict[int, str] = field(default_factory=dict)
    keys_stale: bool = False  # key sets for codes came, ended or were refused: they are opened elsewhere
    stale_people: set[int] = field(default_factory=set)  # credential handles
    stale_devices: set[int] = field(default_factory=set)
    all_people_stale: bool = False
    people: dict[int, Known] = field(default_factory=dict)


_LOCAL = threading.local()
_COUNTER = sql.SQL("SELECT epoch, seq FROM {schema}.ledger_policycounter WHERE id = 1 AND company_id = %s")
_CHANGES = sql.SQL(
    "SELECT seq, kind, handle FROM {schema}.ledger_policychange WHERE seq > %s AND seq <= %s LIMIT %s"
)
_READERS = sql.SQL(
    "SELECT handle, state, access_point_id, algorithm, public_key, next_key, key_ends"
    " FROM {schema}.readers_reader"
    " WHERE state <> 'retired'"
)
_SOME_READERS = sql.SQL(
    "SELECT handle, state, access_point_id, algorithm, public_key, next_key, key_ends"
    " FROM {schema}.readers_reader"
    " WHERE state <> 'retired' AND handle = ANY(%s)"
)
_DAY_PASSES = sql.SQL(
    "SELECT handle, state FROM {schema}.credentials_daypass WHERE ends > now() - interval '1 hour'"
)
_SOME_DAY_PASSES = sql.SQL("SELECT handle, state FROM {schema}.credentials_daypass WHERE handle = ANY(%s)")
_LIFE = sql.SQL("SELECT code_life FROM {schema}.credentials_codepolicy WHERE id = 1")
_HOSTS = sql.SQL(
    "SELECT d.domain, c.id FROM public.tenants_domain d JOIN public.tenants_company c ON c.id = d.tenant_id"
    " WHERE c.state = 'ACTIVE' AND d.domain = ANY(%s) AND (d.ends_at IS NULL OR d.ends_at > now())"
)
_OF_HOLDERS = sql.SQL(
    "SELECT c.handle FROM {schema}.credentials_credential c"
    " JOIN {schema}.credentials_holder h ON h.id = c.holder_id WHERE h.handle = ANY(%s)"
)
_OF_DEVICES = sql.SQL(
    "SELECT c.handle FROM {schema}.credentials_credential c"
    " JOIN {schema}.credentials_device d ON d.holder_id = c.holder_id WHERE d.handle = ANY(%s)"
)


class Snapshot:
    """A transaction in which one company is read."""

    def __init__(self, connection: "psycopg.Connection[Any]", schema: str, company: int) -> None:
        self._connection = connection
        self.schema = schema
        self.company = company

    def rows(self, statement: sql.Composed, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        found: list[tuple[Any, ...]] = self._connection.execute(statement, values or None).fetchall()
        return found

    def of_schema(self, statement: sql.SQL, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a statement that names the company's schema."""
        return self.rows(statement.format(schema=sql.Identifier(self.schema)), *values)

    def run(self, statement: LiteralString, *values: object) -> None:
        """Run a statement for what it does."""
        self._connection.execute(statement, values)


def active_hosts(conninfo: str, names: Collection[str]) -> dict[str, int]:
    """Host name to company id, for those of `names` that lead to an active company."""
    with snapshot_of(conninfo, "public", 0) as snapshot:
        return dict(snapshot.rows(_HOSTS.format(), list(names)))


@contextmanager
def snapshot_of(conninfo: str, schema: str, company: int) -> Iterator[Snapshot]:
    """A REPEATABLE READ snapshot on this thread's own connection."""
    connection: psycopg.Connection[Any] | None = getattr(_LOCAL, "connection", None)
    if connection is None or connection.closed or connection.broken:
        connection = psycopg.connect(conninfo)
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        _LOCAL.connection = connection
    try:
        yield Snapshot(connection, schema, company)
    finally:
        try:
            connection.rollback()
        except psycopg.Error:
            connection.close()


def connection_lost() -> bool:
    """Whether this thread's connection has been cut: the next snapshot makes a new one."""
    connection: psycopg.Connection[Any] | None = getattr(_LOCAL, "connection", None)
    return connection is not None and connection.closed


def close_connection() -> None:
    """Close this thread's connection, if it has one."""
    connection: psycopg.Connection[Any] | None = getattr(_LOCAL, "connection", None)
    if connection is not None:
        connection.close()
        _LOCAL.connection = None


def read_counter(snapshot: Snapshot) -> tuple[int, int]:
    """The policy's number. Raises LookupError for a schema without one."""
    rows = snapshot.of_schema(_COUNTER, snapshot.company)
    if not rows:
        raise LookupError("no policy counter")
    return rows[0][0], rows[0][1]


def read_all(snapshot: Snapshot, people: Collection[int] = ()) -> Update:
    """Everything a fresh copy holds, and these people."""
    epoch, seq = read_counter(snapshot)
    return Update(
        epoch,
        seq,
        doors=_doors(snapshot),
        readers=_readers(snapshot),
        life=_life(snapshot),
        day_passes=dict(snapshot.of_schema(_DAY_PASSES)),
        keys_stale=True,
        all_people_stale=True,
        people=_people(snapshot, people),
    )


def read_since(snapshot: Snapshot, epoch: int, seq: int, people: Collection[int] = ()) -> Update:
    """What has changed since `(epoch, seq)`, and these people. Everything where the changes do not tell."""
    now_epoch, now_seq = read_counter(snapshot)
    if (now_epoch, now_seq) == (epoch, seq):
        return Update(epoch, seq, people=_people(snapshot, people))
    if now_epoch != epoch or now_seq < seq:
        return read_all(snapshot, people)
    changes = snapshot.of_schema(_CHANGES, seq, now_seq, MOST_CHANGES + 1)
    # Numbers are gap-free: one that is missing has been cleared away, or is not told in full.
    if len(changes) > MOST_CHANGES or len({change[0] for change in changes}) != now_seq - seq:
        return read_all(snapshot, people)
    by_kind: dict[str, set[int]] = {}
    for _, kind, handle in changes:
        by_kind.setdefault(kind, set()).add(handle)
    update = Update(now_epoch, now_seq)
    for kind, handles in by_kind.items():
        if not _apply_kind(snapshot, update, kind, handles):
            return read_all(snapshot, people)
    update.people = _people(snapshot, people)
    return update


def read_inside(snapshot: Snapshot, asked: Collection[tuple[int, int, bool]]) -> list[Inside]:
    """What is known of people at doors into areas that keep watch, in the order of `asked`: area, credential,
    whether to count who is inside.
    """
    areas, credentials, counted = zip(*asked, strict=True)
    rows = snapshot.rows(inside_statement(snapshot.schema), list(areas), list(credentials), list(counted))
    return [Inside(*row) for row in rows]


def _apply_kind(snapshot: Snapshot, update: Update, kind: str, handles: set[int]) -> bool:
    """Put one kind of change into the update; False for a kind that nobody here knows."""
    if kind in DOOR_KINDS:
        update.doors = update.doors if update.doors is not None else _doors(snapshot)
    elif kind == "credential":
        update.stale_people |= handles
    elif kind in HOLDER_KINDS:
        update.stale_people |= _first(snapshot.of_schema(_OF_HOLDERS, list(handles)))
    elif kind == "device":
        update.stale_devices |= handles
        update.stale_people |= _first(snapshot.of_schema(_OF_DEVICES, list(handles)))
    elif kind == "reader":
        found = _readers(snapshot, handles)
        update.some_readers = {handle: found.get(handle) for handle in handles}
    elif kind == "day_pass":
        found_states = dict(snapshot.of_schema(_SOME_DAY_PASSES, list(handles)))
        update.some_day_passes = {handle: found_states.get(handle, "") for handle in handles}
    elif kind == "code_policy":
        update.life = _life(snapshot)
    elif kind == "keys":
        update.keys_stale = True
    else:
        return kind in IDLE_KINDS
    return True


def _first(rows: Iterable[tuple[Any, ...]]) -> set[int]:
    return {row[0] for row in rows}


def _doors(snapshot: Snapshot) -> dict[int, DoorPolicy]:
    return build_doors(snapshot.rows(doors_statement(snapshot.schema))[0][0])


def _readers(snapshot: Snapshot, handles: Collection[int] | None = None) -> dict[int, ReaderFacts]:
    if handles is None:
        rows = snapshot.of_schema(_READERS)
    else:
        rows = snapshot.of_schema(_SOME_READERS, list(handles))
    found = {}
    for handle, state, access_point, algorithm, raw, next_raw, ends in rows:
        try:
            key = public_key(algorithm, bytes(raw))
            next_key = None if next_raw is None else public_key(algorithm, bytes(next_raw))
        except BadKey:
            continue  # what cannot be verified is not believed
        found[handle] = ReaderFacts(
            handle,
            state,
            access_point,
            key,
            key_print(bytes(raw)),
            next_key,
            "" if next_raw is None else key_print(bytes(next_raw)),
            None if ends is None else ends.timestamp(),
        )
    return found


def _life(snapshot: Snapshot) -> int:
    rows = snapshot.of_schema(_LIFE)
    return int(rows[0][0]) if rows else DEFAULT_LIFE


def _people(snapshot: Snapshot, handles: Collection[int]) -> dict[int, Known]:
    if not handles:
        return {}
    # A handle that is no int4 stands in no row; PostgreSQL would refuse to compare it.
    askable = [handle for handle in handles if 0 < handle < 2**31]
    found: dict[int, Known] = dict.fromkeys(handles, (None, {}))
    for row in snapshot.rows(people_statement(snapshot.schema), askable):
        person = Person(*row)
        found[person.handle] = (person.credential_facts(), person.device_facts())
    return found
