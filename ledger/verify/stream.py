"""Reading long results through a cursor of the server, so that memory does not grow with the record."""

from collections.abc import Generator, Sequence
from datetime import datetime
from itertools import count
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.types.datetime import TimestamptzLoader

FETCH = 1000
_number = count()


class _AnyTime(Loader):
    """PostgreSQL has times that Python has not, `infinity` the first: no row of ours, and no end to a run."""

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        self._usual = TimestamptzLoader(oid, context)

    def load(self, data: Buffer) -> datetime | None:
        """The time, or None."""
        try:
            return self._usual.load(data)
        except psycopg.DataError:
            return None


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
        cursor.execute(query, list(params))
        yield from cursor
