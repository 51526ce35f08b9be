"""Reading long results through a cursor of the server, so that memory does not grow with the record."""

from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection
from psycopg import sql
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

FETCH = 1000
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_number = count()


# Half of a verification was spent on reading times and bytes as text: they come as PostgreSQL holds them.


class _AnyTime(Loader):
    """PostgreSQL has times that Python has not, `infinity` the first: no row of ours, and no end to a run."""

    format = Format.BINARY

    def load(self, data: Buffer) -> datetime | None:
        """The time, or None. On the wire it is in microseconds since 2000, signed."""
        try:
            return EPOCH + timedelta(0, 0, int.from_bytes(data, signed=True))
        except OverflowError:
            return None


class _JsonText(Loader):
    """JSON as the text that it is, as Django hands it out: behind a byte that tells its version."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        """The text."""
        return bytes(data[1:]).decode()


def stream(query: sql.Composable, params: Sequence[Any] = ()) -> Generator[tuple[Any, ...]]:
    """Rows of a query, fetched as they are needed, from the current company. Needs a transaction.

    A time that Python cannot hold comes as None. Whoever may stop early closes it: a cursor that is closed
    after its transaction, by the garbage collector, would fail another one on the same connection.
    """
    with connection.cursor():
        pass  # the tenant backend sets the search path here, not when the raw connection is used
    with connection.connection.cursor(name=f"ledger_{next(_number)}") as cursor:
        cursor.itersize = FETCH
        cursor.adapters.register_loader("timestamptz", _AnyTime)
        cursor.adapters.register_loader("jsonb", _JsonText)
        cursor.execute(query, list(params), binary=True)
        yield from cursor
