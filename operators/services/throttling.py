"""Counting attempts in PostgreSQL, so that guessing stays slow whichever process is asked."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection

from operators.refusals import OperatorRefused
from vault.services import hash_token


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` attempts of one key within `window`."""

    kind: str
    most: int
    window: timedelta


# One place guessing at one account is stopped early; a whole net guessing at one account only after many
# attempts, for that one also shuts out its owner.
SIGN_IN_PAIR: Final = Limit("sign_in_pair", 10, timedelta(minutes=15))
SIGN_IN_PLACE: Final = Limit("sign_in_place", 60, timedelta(minutes=15))
SIGN_IN_ACCOUNT: Final = Limit("sign_in_account", 100, timedelta(hours=1))
RESET_ACCOUNT: Final = Limit("reset_account", 3, timedelta(hours=1))
RESET_PLACE: Final = Limit("reset_place", 20, timedelta(hours=1))

# Counted before the attempt is judged: attempts made at once each see their own number.
_TAKE = """
    INSERT INTO operators_attempts AS a (kind, key, count, until) VALUES (%s, %s, 1, %s)
    ON CONFLICT (kind, key) DO UPDATE SET
        count = CASE WHEN a.until <= %s THEN 1 ELSE a.count + 1 END,
        until = CASE WHEN a.until <= %s THEN excluded.until ELSE a.until END
    RETURNING count, until
"""


def take(limit: Limit, key: str) -> bool:
    """Count one attempt; whether it is still within the limit."""
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [limit.kind, _key(limit, key), now + limit.window, now, now])
        count, _ = cursor.fetchone()
    return bool(count <= limit.most)


def demand(limit: Limit, key: str) -> None:
    """Count one attempt. Raises OperatorRefused when there were too many."""
    if not take(limit, key):
        minutes = int(limit.window.total_seconds() // 60)
        raise OperatorRefused(
            "too_many_attempts",
            f"Too many attempts. Wait up to {minutes} minutes, then try again.",
            retry=True,
        )


def clear(limit: Limit, key: str) -> None:
    """Forget the attempts of a key, after it succeeded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM operators_attempts WHERE kind = %s AND key = %s", [limit.kind, _key(limit, key)]
        )


def give_back(limit: Limit, key: str) -> None:
    """Take one attempt of a key off its count, after it succeeded; the others stay counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE operators_attempts SET count = count - 1 WHERE kind = %s AND key = %s AND count > 0",
            [limit.kind, _key(limit, key)],
        )


def sweep() -> int:
    """Drop windows that have run out; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM operators_attempts WHERE until < now()")
        return int(cursor.rowcount)


def _key(limit: Limit, key: str) -> bytes:
    # Addresses of persons and of networks do not lie in the table in the clear.
    return hash_token(f"operators.attempts/{limit.kind}", key.strip().casefold())
