"""Verifications asked for in the console: one at a time per company, with progress, the verdict kept."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import connection, transaction

from ledger.models import Verification
from ledger.services import emit, record
from ledger.signals import VERIFICATION
from ledger.verify import verify
from tenants import context

log = logging.getLogger(__name__)

# After this long without a verdict its worker is taken for dead, and another may be asked for.
PATIENCE = timedelta(hours=1)
MOST_FINDINGS = 20
TELL_SECONDS = 0.3
ASKING_LOCK = 13
RUNNING_LOCK = 14


@transaction.atomic
def ask_verification(*, by: str) -> Verification:
    """Ask for a verification of the current company's record; the one that is running, if one is.

    The lock makes two who press the button at once share one run.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ASKING_LOCK, context.current().id])
    found = Verification.objects.filter(ended=None, asked__gt=datetime.now(UTC) - PATIENCE).first()
    if found is not None:
        return found
    made = Verification.objects.create(actor=by)
    record(actor=by, verb="record_verification_asked")
    emit(VERIFICATION, {"id": str(made.pk)})
    return made


def run_verification(company: context.CompanyRef, pk: UUID) -> bool:
    """Verify and keep the verdict; False while another run of this company is on its way.

    A long one is handed out again before it ends (outbox and broker both deliver again): once there is a
    verdict that does nothing.
    """
    with context.enter(company), _alone(company) as alone:
        if not alone:
            return False
        if Verification.objects.filter(pk=pk, ended=None).exists():
            report = verify(company, most=MOST_FINDINGS, progress=_teller(pk))
            Verification.objects.filter(pk=pk, ended=None).update(
                ended=datetime.now(UTC), holds=report.ok, report=asdict(report)
            )
        return True


@contextmanager
def _alone(company: context.CompanyRef) -> Iterator[bool]:
    """Whether no other run holds the company. A lock of the session, so it ends with a worker that dies."""
    place = [RUNNING_LOCK, company.id]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", place)
        (held,) = cursor.fetchone()
    try:
        yield bool(held)
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", place)


def progress_of(pk: UUID) -> int | None:
    """How far a running one is, in percent; None when nothing is known (it waits, or Valkey is away)."""
    try:
        found = cache.get(_key(pk))
    except Exception as error:  # noqa: BLE001  (whatever the cache's backend raises: progress is a nicety)
        log.warning("no progress to show: %s", type(error).__name__)
        return None
    return found if isinstance(found, int) else None


def _teller(pk: UUID) -> Callable[[int, int], None]:
    told = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told < TELL_SECONDS:
            return
        told = time.monotonic()
        try:
            cache.set(_key(pk), min(99, done * 100 // max(1, total)), timeout=600)
        except Exception as error:  # noqa: BLE001  (as above: the verification itself must go on)
            log.warning("the progress cannot be told: %s", type(error).__name__)

    return tell


def _key(pk: UUID) -> str:
    return f"ledger-verification:{pk}"
