"""What readers add to an excerpt of the record: countersignatures, keys, where their numbers are."""

from collections.abc import Iterator

from psycopg import sql

from ledger.export import Countersignature, Elsewhere, counted_elsewhere, countersignatures, reader_keys
from ledger.verify.stream import stream
from readers.former_keys import FormerKey
from readers.models import CheckpointWitness, Pairing, Reader

# Numbers between a reader's least and greatest of these positions that are an event somewhere else, or none.
_ELSEWHERE = sql.SQL("""
WITH here AS MATERIALIZED (
  SELECT e.reader, e.counter
    FROM access_accessevent e JOIN ledger_sealedbatch s ON s.batch = e.batch
   WHERE s.position BETWEEN %s AND %s AND s.kind = 'scan'
), ends AS (SELECT reader, min(counter) AS low, max(counter) AS high FROM here GROUP BY reader)
SELECT e.reader, e.counter, 'elsewhere' AS why
  FROM ends JOIN access_accessevent e ON e.reader = ends.reader AND e.counter BETWEEN low AND high
 WHERE NOT EXISTS (SELECT FROM here WHERE here.reader = e.reader AND here.counter = e.counter)
UNION
SELECT q.reader_id, q.counter, 'apart'
  FROM ends JOIN readers_journalquarantine q ON q.reader_id = ends.reader AND q.counter BETWEEN low AND high
 WHERE NOT EXISTS (SELECT FROM access_accessevent e WHERE e.reader = q.reader_id AND e.counter = q.counter)
 ORDER BY reader, counter
""")


@countersignatures
def countersigned(span: tuple[int, int]) -> Iterator[Countersignature]:
    """Readers' signatures over these checkpoints."""
    rows = (
        CheckpointWitness.objects.filter(number__range=span)
        .order_by("number", "reader_id")
        .values_list("number", "reader_id", "checkpoint_hash", "signature")
    )
    for number, reader, digest, signature in rows.iterator(chunk_size=2000):
        yield Countersignature(number, reader, bytes(digest), bytes(signature))


@reader_keys
def every_key() -> Iterator[tuple[int, bytes]]:
    """Every key that a reader has or had: the one in force, the next, renewed ones, those of pairings."""
    for handle, key, following in Reader.objects.values_list("handle", "public_key", "next_key"):
        yield handle, bytes(key)
        if following:
            yield handle, bytes(following)
    for handle, key in FormerKey.objects.values_list("reader_id", "public_key"):
        yield handle, bytes(key)
    for reader, used in Pairing.objects.exclude(reader=None).values_list("reader_id", "used_key"):
        if reader is not None and used:
            yield reader, bytes(used)


@counted_elsewhere
def numbers_elsewhere(positions: tuple[int, int]) -> Iterator[Elsewhere]:
    """Numbers that lie between those of an excerpt and are not in it."""
    for reader, counter, why in stream(_ELSEWHERE, positions):
        yield Elsewhere(reader, counter, why)
