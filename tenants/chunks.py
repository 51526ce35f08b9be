"""Deleting rows in short transactions that wait for nobody: what most keepers are made of."""

from collections.abc import Callable
from typing import Any, LiteralString

from django.db import connection, models, transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef
from psycopg import sql

from tenants.keeping import Cutoffs, Spared


def unpointed(
    found: "models.QuerySet[Any]", along: tuple[type[models.Model], ...] = ()
) -> "models.QuerySet[Any]":
    """Those that no row points at but what goes along. Rooms above refer to this one and name no way back."""
    for relation in found.model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and getattr(relation, "on_delete", None) is models.PROTECT:
            field = relation.remote_field
            if field.model in along:
                continue
            rows = field.model._default_manager.filter(**{field.name: OuterRef("pk")})
            found = found.exclude(Exists(rows))
    return found


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
    """A keeper of a table whose key has several columns: its rows `t` whose time lies before the cutoff.

    `time` is an expression, `besides` a further condition. `names` is the column that holds the handle of a
    person's thing, and of which kind that is: those who are spared keep theirs.
    """

    def __init__(
        self,
        table: str,
        time: LiteralString,
        besides: LiteralString = "true",
        names: tuple[str, str] | None = None,
    ) -> None:
        self._names = names
        left = sql.SQL("t.{} <> ALL(%(left)s)").format(sql.Identifier(names[0])) if names else sql.SQL("true")
        self._parts = {
            "table": sql.Identifier(table),
            "due": sql.SQL("{} < %(before)s AND {} AND {}").format(sql.SQL(time), sql.SQL(besides), left),
        }

    def _params(self, cutoffs: Cutoffs, spared: Spared) -> dict[str, Any]:
        return {"before": cutoffs.latest, "left": spared.numbers(self._names[1]) if self._names else []}

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many rows are due."""
        if cutoffs.latest is None:
            return 0
        with connection.cursor() as cursor:
            query = sql.SQL("SELECT count(*) FROM {table} t WHERE {due}").format(**self._parts)
            cursor.execute(query, self._params(cutoffs, spared))
            return int(cursor.fetchone()[0])

    def delete(self, cutoffs: Cutoffs, spared: Spared, most: int) -> int:
        """Delete some of them; those that somebody holds are left to the next night."""
        if cutoffs.latest is None:
            return 0
        query = sql.SQL(
            "DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT t.ctid FROM {table} t WHERE {due}"
            " LIMIT %(most)s FOR UPDATE SKIP LOCKED))"
        ).format(**self._parts)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query, self._params(cutoffs, spared) | {"most": most})
            return int(cursor.rowcount)
