"""How long a connection waits for one company's tables, and what it means when they do not come."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from django.db import Error, InterfaceError, OperationalError, connection
from psycopg import errors

# Short enough that a company under a long migration costs a thread nearly nothing, long enough for a deed.
LOCK_MS: Final = 300
STATEMENT_MS: Final = 1_500


@contextmanager
def short(*, lock_ms: int = LOCK_MS, statement_ms: int | None = STATEMENT_MS) -> Iterator[None]:
    """Wait no longer than this (milliseconds) for a lock and for each statement of this thread's connection.

    Without `statement_ms` statements run as long as the process lets them.
    """
    wanted = f"SET lock_timeout = {lock_ms:d}"
    if statement_ms is not None:
        wanted += f"; SET statement_timeout = {statement_ms:d}"
    with connection.cursor() as cursor:
        cursor.execute(wanted)
    try:
        yield
    finally:
        # One that is broken is thrown away by whoever takes it next.
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout; RESET statement_timeout")


def is_away(error: BaseException) -> bool:
    """Whether the database could not serve in time: asking again may help."""
    return isinstance(error, OperationalError | InterfaceError)


def is_locked(error: BaseException) -> bool:
    """Whether this company's tables did not come in time, as under a long migration."""
    return isinstance(error.__cause__ or error, errors.LockNotAvailable | errors.QueryCanceled)
