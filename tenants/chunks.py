"""Deleting rows in short transactions that wait for nobody: what most keepers are made of."""

from collections.abc import Callable
from typing import Any

from django.db import models, transaction

from tenants.keeping import Cutoffs, Spared

Due = Callable[[Cutoffs, Spared], "models.QuerySet[Any]"]


class Rows:
    """A keeper of the rows of one model: `due` gives those that go. What hangs on them goes along."""

    def __init__(self, due: Due) -> None:
        self._due = due

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many rows are due."""
        return self._due(cutoffs, spared).count() if cutoffs.latest is not None else 0

    @transaction.atomic
    def delete(self, cutoffs: Cutoffs, spared: Spared, most: int) -> int:
        """Delete some of them; those that somebody holds are left to the next night."""
        if cutoffs.latest is None:
            return 0
        found = self._due(cutoffs, spared)
        # Of itself only: a row that is joined is nobody's to hold.
        rows = list(
            found.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:most]
        )
        if rows:
            found.model._default_manager.filter(pk__in=rows).delete()
        return len(rows)
