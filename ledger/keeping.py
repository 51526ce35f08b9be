"""How long deeds, announcements and verdicts are kept."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from psycopg import sql

from ledger.models import Outbox, Verification
from ledger.pruning import kept_verbs, prune_rows
from tenants.chunks import Rows
from tenants.keeping import Category, Cutoffs, Kind, Spared, keep, titles

_DUE = sql.SQL(
    "t.at < %(latest)s AND t.verb <> ALL(%(kept)s) AND (t.subject IS NULL OR t.subject <> ALL(%(subjects)s))"
    " AND NOT EXISTS (SELECT FROM unnest(%(kinds)s::text[], %(numbers)s::bigint[]) AS s(kind, number)"
    " WHERE s.kind = t.subject_kind AND s.number = t.handle)"
)


class Deeds:
    """Deeds, but those that others rest on. They are leaves of the record: what goes is put on it."""

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many deeds are due."""
        if cutoffs.latest is None:
            return 0
        query = sql.SQL("SELECT count(*) FROM ledger_ledgerentry t WHERE {}").format(_DUE)
        with connection.cursor() as cursor:
            cursor.execute(query, _params(cutoffs, spared))
            return int(cursor.fetchone()[0])

    def delete(self, cutoffs: Cutoffs, spared: Spared, most: int) -> int:
        """Take some of them off the record. Raises ledger.pruning.RecordAltered."""
        if cutoffs.latest is None:
            return 0
        return prune_rows("deed", _DUE, _params(cutoffs, spared), before=cutoffs.latest, most=most)


def _params(cutoffs: Cutoffs, spared: Spared) -> Mapping[str, Any]:
    handles = sorted(spared.handles)
    return {
        "latest": cutoffs.latest,
        "kept": sorted(kept_verbs),
        "subjects": list(spared.subjects),
        "kinds": [kind for kind, _ in handles],
        "numbers": [number for _, number in handles],
    }


def delivered(cutoffs: Cutoffs, spared: Spared) -> QuerySet[Outbox]:
    """Announcements that were delivered, or given up on. They hold ids only."""
    return Outbox.objects.filter(Q(done__lt=cutoffs.latest) | Q(parked__lt=cutoffs.latest)).order_by(
        "created"
    )


def verdicts(cutoffs: Cutoffs, spared: Spared) -> QuerySet[Verification]:
    """Verifications that were asked for in the console."""
    return Verification.objects.filter(asked__lt=cutoffs.latest).order_by("asked")


keep(
    Kind(
        name="ledger_entries",
        category=Category.RECORD,
        titles=titles(
            "What operators and readers did",
            "Was Bedienende und Leser taten",
            "Ce que les opérateurs et les lecteurs ont fait",
            "Lo que hicieron operadores y lectores",
        ),
        from_when="the deed",
        keeper=Deeds(),
        order=45,
    )
)
keep(
    Kind(
        name="announcements",
        category=Category.HOUSE,
        titles=titles(
            "Delivered announcements", "Zugestellte Meldungen", "Annonces remises", "Avisos entregados"
        ),
        from_when="the delivery",
        keeper=Rows(delivered),
        days=30,
        shown=False,
    )
)
keep(
    Kind(
        name="verifications",
        category=Category.HOUSE,
        titles=titles(
            "Verdicts on the record", "Prüfungen des Protokolls", "Vérifications du journal", "Verificaciones"
        ),
        from_when="the asking",
        keeper=Rows(verdicts),
        days=730,
        shown=False,
    )
)
