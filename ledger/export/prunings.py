"""What an excerpt tells of rows that retention deleted: the deeds that say so, under signed checkpoints."""

import base64
from collections.abc import Iterator
from contextlib import closing

from psycopg import sql

from ledger.export.registry import Span
from ledger.export.rows import SPELL, fields_of
from ledger.models import BatchKind, Checkpoint, SealedBatch
from ledger.sealing import checkpoint_bytes
from ledger.verify.registry import sources
from ledger.verify.stream import stream
from tenants import context

# Deeds over leaves of these positions, and where they are sealed themselves.
DEEDS = """
SELECT s.position, e.leaf, {} FROM ledger_ledgerentry e JOIN ledger_sealedbatch s ON s.batch = e.batch
 WHERE e.id IN (SELECT p.deed FROM ledger_prunedleaf p JOIN ledger_sealedbatch b ON b.batch = p.batch
                 WHERE b.position BETWEEN %s AND %s)
 ORDER BY s.position
"""


def pruning_lines(span: Span) -> Iterator[str]:
    """One line for each of these deeds: itself, the checkpoint over it, all batch hashes under that."""
    company, columns = context.current().uid, sources[BatchKind.DEED].columns
    query = sql.SQL(DEEDS).format(sql.SQL(", ").join(sql.Identifier("e", name) for name in columns))
    with closing(stream(query, span)) as rows:
        for position, leaf, *values in rows:
            over = Checkpoint.objects.get(first_position__lte=position, last_position__gte=position)
            places = (over.first_position, over.last_position)
            beside = SealedBatch.objects.filter(position__range=places).order_by("position")
            head = {"position": position, "kind": BatchKind.DEED.value, "leaf": bytes(leaf).hex()}
            yield SPELL(
                {
                    "deed": head | fields_of(dict(zip(columns, values, strict=True))),
                    "bytes": base64.b64encode(checkpoint_bytes(company, over)).decode(),
                    "signature": base64.b64encode(bytes(over.signature)).decode(),
                    "batches": [bytes(one).hex() for one in beside.values_list("hash", flat=True)],
                }
            )
