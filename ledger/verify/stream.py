"""Reading long results through a cursor of the server, so that memory does not grow with the record."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from django.db import connection
from psycopg import sql

FETCH = 1000
_number = count()


def stream(query: sql.Composable, params: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """Rows of a query, fetched as they are needed, from the current company. Needs a transaction."""
    with connection.cursor():
        pass  # the tenant backend sets the search path here, not when the raw connection is used
    with connection.connection.cursor(name=f"ledger_{next(_number)}") as cursor:
        cursor.itersize = FETCH
        cursor.execute(query, list(params))
        yield from cursor
