"""After commit, tell whoever works off the record that there is something. Best effort, never waits."""

import logging
from functools import partial

from django.db import DatabaseError, connection, transaction

from ledger import hints, selectors
from tenants import context

log = logging.getLogger(__name__)

_told: dict[int, tuple[int, int]] = {}


def after_commit() -> None:
    """Arrange for one kick when the current transaction commits; a rollback takes it back."""
    company = context.current()
    # One that is still registered outlives this savepoint: Django drops those of rolled-back ones.
    for _, function, *_ in connection.run_on_commit:
        if isinstance(function, partial) and function.func is _kick and function.args == (company,):
            return
    transaction.on_commit(partial(_kick, company), robust=True)


def _kick(company: context.CompanyRef) -> None:
    hints.mark_dirty(company.id)
    hints.ask_delivery(company.id)
    try:
        with context.enter(company):
            number = selectors.current_policy()
    except DatabaseError:
        log.warning("the policy's number could not be read after commit; the outbox tells it")
        return
    if _told.get(company.id) != number:
        _told[company.id] = number
        hints.tell_policy(company.id, *number)
