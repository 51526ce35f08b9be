"""Deleting rows in short transactions that wait for nobody: what most keepers are made of."""

from collections.abc import Callable
from typing import Any, LiteralString

from django.db import connection, models, transaction
from psycopg import sql

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


class Plain:
    """A keeper of a table that nobody names in a row's place: those whose `time` is before the cutoff.

    `besides` is a further condition on a row `t`. A table whose key has two columns needs this.
    """

    def __init__(self, table: str, time: str, besides: LiteralString = "true") -> None:
        self._parts = {
            "table": sql.Identifier(table),
            "due": sql.SQL("t.{} < %s AND {}").format(sql.Identifier(time), sql.SQL(besides)),
        }

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many rows are due."""
        if cutoffs.latest is None:
            return 0
        with connection.cursor() as cursor:
            query = sql.SQL("SELECT count(*) FROM {table} t WHERE {due}").format(**self._parts)
            cursor.execute(query, [cutoffs.latest])
            return int(cursor.fetchone()[0])

    def delete(self, cutoffs: Cutoffs, spared: Spared, most: int) -> int:
        """Delete some of them; those that somebody holds are left to the next night."""
        if cutoffs.latest is None:
            return 0
        query = sql.SQL(
            "DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT t.ctid FROM {table} t WHERE {due}"
            " LIMIT %s FOR UPDATE SKIP LOCKED))"
        ).format(**self._parts)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query, [cutoffs.latest, most])
            return int(cursor.rowcount)
