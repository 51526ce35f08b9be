"""The third try: policy moved on twice between decision and commit, so both now happen under the lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import Error as DjangoError
from psycopg import pq, sql

from access.policy import LOCK_AREA
from readers.scanning.batch import Batch, Judged, decide, watched_area
from readers.scanning.channel import COMMIT, COMMIT_WATCHED, Backend, Reply, read_reply
from readers.scanning.copy import Copy
from readers.scanning.policies import read_keys
from readers.scanning.reading import Snapshot, read_all, read_inside
from readers.scanning.rows import pack_array
from readers.scanning.scan import Scan
from sallyport.codes import OpeningKeys
from sallyport.keys import Ed25519Signer
from tenants.refs import CompanyRef
from tenants.turns import inside
from vault.keys import VaultEmpty
from vault.transit import RootKeyAway


@dataclass(slots=True)
class LostUnderLock(Exception):  # noqa: N818 - named for what happened
    """The connection broke at COMMIT: the outcome is not known."""

    backend: Backend


def commit_under_lock(conninfo: str, copy: Copy, scans: list[Scan]) -> tuple[Judged, Reply | None]:
    """Take the shared lock, read, decide, write, commit. Raises psycopg.Error, LostUnderLock.

    While the lock is held no change of policy can commit, so READ COMMITTED statements all see one policy.
    Runs in a thread.
    """
    people = {scan.opened.contents.credential for scan in scans if scan.opened}
    with psycopg.connect(conninfo) as connection:
        backend = _backend(connection)
        connection.execute("SELECT pg_advisory_xact_lock_shared(7, %s)", [copy.ref.id])
        snapshot = Snapshot(connection, copy.ref.schema, copy.ref.id)
        view = Copy(copy.ref, read_all(snapshot, people))
        view.keys, view.foreign = copy.keys, dict(copy.foreign)
        view.take_keys(*_keys(copy.ref))
        _look_inside(snapshot, view, scans)
        judged = decide(view, scans)
        if judged.batch is None:
            return judged, None
        reply = _write(connection, judged.batch)
        try:
            connection.commit()
        except psycopg.OperationalError as error:
            if connection.broken or connection.closed:
                raise LostUnderLock(backend) from error
            raise
        return judged, reply


def _look_inside(snapshot: Snapshot, view: Copy, scans: Sequence[Scan]) -> None:
    """Under the locks of the areas, taken in their order: nobody goes in or out until COMMIT.

    Those that somebody leaves as well: `commit_watched` would take them after the others, out of the order.
    """
    for area in sorted({area for scan in scans if (area := watched_area(scan, view)) is not None}):
        snapshot.run(LOCK_AREA, view.ref.id, area)
    asking = [(scan, asked) for scan in scans if (asked := view.asks_inside(scan)) is not None]
    if not asking:
        return
    found = read_inside(snapshot, [asked for _, asked in asking])
    for (scan, asked), known in zip(asking, found, strict=True):
        scan.inside = (asked[0], known)


def _keys(ref: CompanyRef) -> tuple[dict[int, OpeningKeys], Ed25519Signer]:
    """Over another connection: under the lock it sees the same policy."""
    try:
        return inside(ref, read_keys)
    except (DjangoError, VaultEmpty, RootKeyAway) as error:
        raise LookupError("the keys could not be read") from error


def _backend(connection: "psycopg.Connection[Any]") -> Backend:
    row = connection.execute(
        "SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()"
    ).fetchone()
    if row is None:
        raise psycopg.OperationalError("the connection does not know itself")
    return Backend(row[0], row[1])


def _write(connection: "psycopg.Connection[Any]", batch: Batch) -> Reply:
    row = connection.execute(
        "SELECT 'public.scan_row'::regtype::oid::int8, 'public.scan_row[]'::regtype::oid::int8"
    ).fetchone()
    if row is None:
        raise psycopg.OperationalError("the type public.scan_row is missing")
    call = batch.call
    values = [
        call.company.to_bytes(4, "big"),
        call.epoch.to_bytes(4, "big"),
        call.seq.to_bytes(8, "big"),
        call.batch,
        pack_array(call.rows, row[0]),
    ]
    types = [23, 23, 20, 2950, row[1]]
    function = COMMIT
    if call.moves is not None:
        function = COMMIT_WATCHED
        values.append(call.moves)
        types.append(114)
    query = function.format(sql.Identifier(call.schema)).as_bytes(connection)
    result = connection.pgconn.exec_params(query, values, types, [1] * len(values), 1)
    if result.status != pq.ExecStatus.TUPLES_OK:
        raise psycopg.OperationalError(connection.pgconn.get_error_message())
    reply = read_reply(result)
    if (reply.epoch, reply.seq) != (call.epoch, call.seq):
        # Under the locks nothing can have moved. Whatever it is: nothing was written, so nothing may be told.
        raise psycopg.OperationalError("the batch was not written")
    return reply
