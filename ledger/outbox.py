"""Announcements that outlive a crash: written with what they announce, delivered after commit.

A message is claimed in one transaction (which counts the attempt and sets the next due time) and handled in
another that holds its row: what the receivers write and the mark "done" commit together, so a killed worker
loses nothing and writes nothing twice. What leaves the database, a mail, may leave twice where a worker dies
just then; it bears the same Message-ID. A message that fails, or kills its worker, too often is parked where
people see it.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from ledger.models import Outbox
from tenants import context
from tenants.models import Company

log = logging.getLogger(__name__)

Receiver = Callable[[Mapping[str, Any]], None]

MOST_ATTEMPTS = 20
LONGEST_WAIT = timedelta(hours=1)
KEEP_DONE = timedelta(days=7)

_receivers: dict[str, list[Receiver]] = defaultdict(list)


class NobodyReceivesError(LookupError):
    """No receiver is registered for the topic: a worker of another version may know one."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a round of deliveries went."""

    done: int = 0
    failed: int = 0
    parked: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker is to handle now."""

    id: UUID
    topic: str
    data: Mapping[str, Any]
    attempts: int


def receiver(topic: str) -> Callable[[Receiver], Receiver]:
    """Register a function for a topic: `fn(data)`, inside the company and inside a transaction.

    It must be idempotent against the world outside the database (a mail may leave and the commit fail), and
    it must not rely on order.
    """

    def register(function: Receiver) -> Receiver:
        if function not in _receivers[topic]:
            _receivers[topic].append(function)
        return function

    return register


def deliver(
    company: Company | context.CompanyRef, *, now: datetime | None = None, most: int = 200
) -> Delivered:
    """Deliver what is due for the company. Several workers may do so at once; none waits for another."""
    done = failed = parked = 0
    with context.enter(company):
        for _ in range(most):
            claim = _claim(now or datetime.now(UTC))
            if claim is None:
                break
            if claim.attempts > MOST_ATTEMPTS:
                _fail(claim, "the worker died while handling it", park=True)
                parked += 1
            elif _handle(claim):
                done += 1
            else:
                failed += 1
                parked += claim.attempts >= MOST_ATTEMPTS
    return Delivered(done, failed, parked)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 2, 4, 8 ... seconds, an hour at most."""
    return min(timedelta(seconds=2 ** min(attempts, 20)), LONGEST_WAIT)


@transaction.atomic
def _claim(now: datetime) -> Claim | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, attempts FROM ledger_outbox WHERE done IS NULL AND parked IS NULL AND due <= %s"
            " ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED",
            [now],
        )
        row = cursor.fetchone()
        if row is None:
            return None
        message, attempts = row
        cursor.execute(
            "UPDATE ledger_outbox SET attempts = attempts + 1, due = %s WHERE id = %s"
            " RETURNING topic, data::text, attempts",
            [now + backoff(attempts + 1), message],
        )
    found = Outbox.objects.get(pk=message)
    return Claim(found.id, found.topic, found.data, found.attempts)


def _handle(claim: Claim) -> bool:
    try:
        with transaction.atomic():
            held = Outbox.objects.select_for_update(skip_locked=True).filter(
                pk=claim.id, done=None, parked=None
            )
            if not held.exists():
                return True
            if not _receivers.get(claim.topic):
                raise NobodyReceivesError(claim.topic)
            for function in _receivers[claim.topic]:
                function(claim.data)
            Outbox.objects.filter(pk=claim.id).update(done=datetime.now(UTC), error="")
    except Exception as error:
        log.exception("outbox message %s (%s), attempt %d", claim.id, claim.topic, claim.attempts)
        _fail(claim, type(error).__name__, park=claim.attempts >= MOST_ATTEMPTS)
        return False
    return True


def _fail(claim: Claim, error: str, *, park: bool) -> None:
    # The name of the error only: its text may quote what receivers looked up.
    Outbox.objects.filter(pk=claim.id, done=None).update(
        error=error, parked=datetime.now(UTC) if park else None
    )


def retry_parked() -> int:
    """Take the company's parked messages up again, from the first attempt. Returns how many."""
    return Outbox.objects.filter(parked__isnull=False, done=None).update(
        parked=None, attempts=0, due=datetime.now(UTC)
    )


def prune(*, now: datetime | None = None) -> int:
    """Forget messages delivered over a week ago. Returns how many."""
    before = (now or datetime.now(UTC)) - KEEP_DONE
    return Outbox.objects.filter(done__lt=before).delete()[0]
