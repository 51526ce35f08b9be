"""One connection to PostgreSQL over which the writer sends its calls, driven straight from the event loop.

libpq in pipeline mode: the calls of one run go out in one packet, form one transaction, and are answered
after its COMMIT, for the answer to the final Sync comes only then. psycopg makes the connection; its cursors
would cost more than the decision.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import pq, sql

from readers.scanning.rows import pack_array

RUN_SECONDS: Final = 3.0
# A company's function keeps some 250 kB of plans in the backend: one that has met so many is renewed.
MOST_COMPANIES: Final = 400
_BINARY: Final = 1
_INT4, _INT8, _UUID, _JSON = 23, 20, 2950, 114
LOOK_AGAIN: Final = 0  # an epoch that no policy has: somebody went in or out meanwhile, nothing was written

COMMIT: Final = sql.SQL("SELECT * FROM {}.commit_scans($1, $2, $3, $4, $5)")
COMMIT_WATCHED: Final = sql.SQL("SELECT * FROM {}.commit_watched($1, $2, $3, $4, $5, $6)")


class ChannelLost(Exception):  # noqa: N818 - named for what happened
    """The connection broke while a run was on its way: whether it was committed is not known."""


class RunRefused(Exception):  # noqa: N818 - named for what happened
    """PostgreSQL refused; nothing was written. `at` is the place of the call that failed, None for COMMIT."""

    def __init__(self, at: int | None, state: str, text: str) -> None:
        super().__init__(f"{state} {text}")
        self.at = at
        self.state = state


@dataclass(slots=True)
class Call:
    """One company's batch."""

    schema: str
    company: int
    epoch: int
    seq: int
    batch: bytes
    rows: list[bytes]
    moves: bytes | None = None  # JSON, where people go into or out of areas that keep watch


@dataclass(slots=True)
class Reply:
    """The counter that the function saw, and what went otherwise than decided (JSON, None for nothing)."""

    epoch: int
    seq: int
    unlike: bytes | None


@dataclass(frozen=True, slots=True)
class Backend:
    """A backend, so that it can be told from one that has its number after a restart."""

    pid: int
    started: str


class Channel:
    """Runs one set of calls at a time. Belongs to one event loop."""

    def __init__(self, connection: "psycopg.AsyncConnection[Any]", element: int, backend: Backend) -> None:
        self.backend = backend
        self.broken = False
        self.busy_since = 0.0
        self.lost: Callable[[Channel], None] | None = None  # told when a channel breaks that runs nothing
        self._connection = connection
        self._pg = connection.pgconn
        self._element = element
        self._array_type = 0
        self._names: dict[str, bytes] = {}
        self._watched: dict[str, bytes] = {}
        self._fresh: list[str] = []
        self._made = 0
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[list[Reply]] | None = None
        self._replies: list[Reply] = []
        self._failed: RunRefused | None = None
        self._seen = self._sent = 0
        self._socket = self._pg.socket

    @classmethod
    async def open(cls, conninfo: str) -> "Channel":
        """Connect. Raises psycopg.Error."""
        connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
        try:
            cursor = await connection.execute(
                "SELECT coalesce(to_regtype('public.scan_row')::oid::int8, 0),"
                " coalesce(to_regtype('public.scan_row[]')::oid::int8, 0), pid, backend_start::text"
                " FROM pg_stat_activity WHERE pid = pg_backend_pid()"
            )
            row = await cursor.fetchone()
            if row is None or not row[0]:
                raise psycopg.OperationalError("the database has no type public.scan_row: run the migrations")
        except BaseException:
            await connection.close()
            raise
        channel = cls(connection, row[0], Backend(row[2], row[3]))
        channel._array_type = row[1]
        channel._pg.nonblocking = 1
        channel._pg.enter_pipeline_mode()
        channel._loop.add_reader(channel._socket, channel._readable)
        return channel

    @property
    def worn(self) -> bool:
        """Whether this connection should be replaced by a fresh one."""
        return self.broken or len(self._names) + len(self._watched) >= MOST_COMPANIES

    async def run(self, calls: Sequence[Call]) -> list[Reply]:
        """Send the calls as one transaction; return after COMMIT. Raises RunRefused, ChannelLost."""
        if self._waiter is not None or self.broken:
            raise ChannelLost("the channel is not free")
        waiter = self._waiter = self._loop.create_future()
        self._replies, self._failed, self._fresh = [], None, []
        self._seen, self._sent = 0, len(calls)
        self.busy_since = self._loop.time()
        deadline = self._loop.call_later(RUN_SECONDS, self._break, "no answer in time")
        try:
            try:
                self._send(calls)
            except psycopg.Error as error:
                self._break(str(error))
            replies: list[Reply] = await waiter
            return replies
        finally:
            deadline.cancel()
            self._waiter = None

    def close(self) -> None:
        """Close at once; a run on its way ends as ChannelLost."""
        self._break("closed")

    def _send(self, calls: Sequence[Call]) -> None:
        pg = self._pg
        for call in calls:
            values = [
                call.company.to_bytes(4, "big"),
                call.epoch.to_bytes(4, "big"),
                call.seq.to_bytes(8, "big"),
                call.batch,
                pack_array(call.rows, self._element),
            ]
            if call.moves is None:
                name = self._names.get(call.schema) or self._prepare(call.schema)
                pg.send_query_prepared(name, values, _FIVE_BINARY, _BINARY)
            else:
                values.append(call.moves)
                name = self._watched.get(call.schema) or self._prepare_watched(call.schema)
                pg.send_query_prepared(name, values, _SIX_BINARY, _BINARY)
        pg.pipeline_sync()
        self._flush()

    def _prepare(self, schema: str) -> bytes:
        name = self._names[schema] = self._prepared(COMMIT, schema)
        return name

    def _prepare_watched(self, schema: str) -> bytes:
        name = self._watched[schema] = self._prepared(COMMIT_WATCHED, schema, _JSON)
        return name

    def _prepared(self, function: sql.SQL, schema: str, *more: int) -> bytes:
        # Never one name twice: after a failed run nobody knows which of its statements PostgreSQL has kept.
        self._made += 1
        name = b"s%d" % self._made
        query = function.format(sql.Identifier(schema))
        types = [_INT4, _INT4, _INT8, _UUID, self._array_type, *more]
        self._pg.send_prepare(name, query.as_bytes(self._connection), types)
        self._fresh.append(schema)
        return name

    def _flush(self) -> None:
        try:
            left = self._pg.flush()
        except psycopg.Error as error:
            self._break(str(error))
            return
        if left:
            self._loop.add_writer(self._socket, self._flush)
        else:
            self._loop.remove_writer(self._socket)

    def _readable(self) -> None:
        pg = self._pg
        try:
            pg.consume_input()
            while self._waiter is not None and not pg.is_busy():
                result = pg.get_result()
                if result is not None and self._take(result):
                    return
        except psycopg.Error as error:
            self._break(str(error))
            return
        if self._waiter is None:
            # Nothing was asked: the server says goodbye.
            self._break("closed by the server")

    def _take(self, result: pq.abc.PGresult) -> bool:
        """Take one result; whether the run has ended."""
        status = result.status
        if status == pq.ExecStatus.TUPLES_OK:
            self._seen += 1
            self._replies.append(read_reply(result))
        elif status == pq.ExecStatus.PIPELINE_SYNC:
            self._finish()
            return True
        elif status == pq.ExecStatus.FATAL_ERROR and self._failed is None:
            field = result.error_field
            state = field(pq.DiagnosticField.SQLSTATE) or b""
            text = field(pq.DiagnosticField.MESSAGE_PRIMARY) or b""
            at = self._seen if self._seen < self._sent else None  # else at COMMIT
            self._failed = RunRefused(at, state.decode(), text.decode(errors="replace"))
        return False

    def _finish(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            return
        if self._failed is None:
            waiter.set_result(self._replies)
            return
        for schema in self._fresh:
            self._names.pop(schema, None)
            self._watched.pop(schema, None)
        waiter.set_exception(self._failed)

    def _break(self, why: str) -> None:
        if self.broken:
            return
        self.broken = True
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._pg.finish()
        waiter, self._waiter = self._waiter, None
        if waiter is None:
            if self.lost is not None:
                self.lost(self)
        elif not waiter.done():
            waiter.set_exception(ChannelLost(why))


_FIVE_BINARY, _SIX_BINARY = [_BINARY] * 5, [_BINARY] * 6


def read_reply(result: pq.abc.PGresult) -> Reply:
    """What either function answers, in PostgreSQL's binary format. Raises psycopg.DataError."""
    epoch, seq = result.get_value(0, 0), result.get_value(0, 1)
    if epoch is None or seq is None:
        raise psycopg.DataError("the counter has no value")
    return Reply(int.from_bytes(epoch, "big"), int.from_bytes(seq, "big"), result.get_value(0, 2))
