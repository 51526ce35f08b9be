"""An excerpt of the record as a ZIP: read in one snapshot, written as it is read."""

import base64
import itertools
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from ledger.export import registry
from ledger.export.key_list import key_list
from ledger.export.prunings import pruning_lines
from ledger.export.registry import Countersignature, Span
from ledger.export.rows import SPELL, batch_lines, entry_lines
from ledger.models import Checkpoint, SealedBatch
from ledger.sealing import checkpoint_bytes
from ledger.verify.chain import COLUMNS
from ledger.verify.counts import known_gaps
from ledger.verify.engine import one_snapshot
from ledger.verify.pruned import Gone
from ledger.verify.registry import sources
from ledger.verify.stream import stream
from tenants import context

FORMAT = "sallyport/record-export/1"
HERE = Path(__file__).resolve().parent
CHECKPOINTS = sql.SQL(
    "SELECT {} FROM ledger_checkpoint WHERE number BETWEEN %s AND %s ORDER BY number"
).format(sql.SQL(", ").join(map(sql.Identifier, COLUMNS)))


class NothingSealed(Exception):  # noqa: N818 - named for what happened
    """No checkpoint covers anything of this period."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Which checkpoints, and which positions of sealed batches they cover; first and last included."""

    checkpoints: Span
    positions: Span
    previous: bytes
    entries: int


@dataclass(frozen=True, slots=True)
class Told:
    """What is in an excerpt, as its manifest says: how many of each, and its first and last checkpoint.

    `previous` is the hash that its first checkpoint links, in hex.
    """

    entries: int
    batches: int
    checkpoints: int
    first: int
    last: int
    previous: str


def head_at(number: int) -> str:
    """Number and hash of a checkpoint that stands, as the verifier takes them."""
    return f"{number}:{bytes(Checkpoint.objects.get(number=number).hash).hex()}"


def find_excerpt(begin: datetime, end: datetime) -> Excerpt:
    """The whole checkpoints that cover [begin, end): signed in it, or over an entry that is dated in it.

    Raises NothingSealed.
    """
    within = Checkpoint.objects.filter(at__gte=begin, at__lt=end).order_by("number")
    edges = [one for one in (within.first(), within.last()) if one is not None]
    for position in _positions(begin, end):
        over = Checkpoint.objects.filter(first_position__lte=position, last_position__gte=position).first()
        edges += [over] if over else []
    if not edges:
        raise NothingSealed
    return _between(min(edges, key=lambda one: one.number), max(edges, key=lambda one: one.number))


def excerpt_of(batch: UUID) -> Excerpt:
    """The checkpoint that covers this batch. Raises NothingSealed."""
    sealed = SealedBatch.objects.filter(batch=batch).first()
    place = sealed.position if sealed else 0
    over = Checkpoint.objects.filter(first_position__lte=place, last_position__gte=place).first()
    if over is None:
        raise NothingSealed
    return _between(over, over)


def _between(first: Checkpoint, last: Checkpoint) -> Excerpt:
    positions = (first.first_position, last.last_position)
    with connection.cursor() as cursor:
        query = "SELECT coalesce(sum(count), 0) FROM ledger_sealedbatch WHERE position BETWEEN %s AND %s"
        cursor.execute(query, positions)
        (entries,) = cursor.fetchone()
    return Excerpt((first.number, last.number), positions, bytes(first.previous_hash), int(entries))


def _positions(begin: datetime, end: datetime) -> Iterator[int]:
    """First and last places of entries that are dated in the period: they may be sealed after it."""
    for found in sources.values():
        query = sql.SQL(
            "SELECT min(s.position), max(s.position) FROM {} t JOIN ledger_sealedbatch s ON s.batch = t.batch"
            " WHERE t.at >= %s AND t.at < %s"
        ).format(sql.Identifier(found.table))
        with connection.cursor() as cursor:
            cursor.execute(query, [begin, end])
            yield from (position for position in cursor.fetchone() if position is not None)


def export(file: IO[bytes], begin: datetime, end: datetime) -> Told:
    """Write the excerpt of [begin, end) of the current company to `file`, in one snapshot of the database.

    Memory does not grow with the record. Raises NothingSealed, and vault.keys.VaultEmpty without an anchor.
    """
    with transaction.atomic():
        one_snapshot()
        return _export(file, find_excerpt(begin, end), (begin, end))


def export_proof(file: IO[bytes], batch: UUID) -> Told:
    """Write the excerpt of the one checkpoint that covers this batch: enough to show what is in it.

    Raises NothingSealed, and vault.keys.VaultEmpty without an anchor.
    """
    with transaction.atomic():
        one_snapshot()
        excerpt = excerpt_of(batch)
        at = Checkpoint.objects.get(number=excerpt.checkpoints[0]).at
        return _export(file, excerpt, (at, at))


def _export(file: IO[bytes], excerpt: Excerpt, period: tuple[datetime, datetime]) -> Told:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        told = Told(
            checkpoints=_write(archive, "checkpoints.jsonl", _checkpoints(excerpt.checkpoints)),
            batches=_write(archive, "batches.jsonl", batch_lines(excerpt.positions)),
            entries=_write(archive, "entries.jsonl", entry_lines(excerpt.positions)),
            first=excerpt.checkpoints[0],
            last=excerpt.checkpoints[1],
            previous=excerpt.previous.hex(),
        )
        _write(archive, "pruned.jsonl", pruning_lines(excerpt.positions))
        manifest = _manifest(excerpt, told, period)
        archive.writestr("manifest.json", json.dumps(manifest, indent=1) + "\n")
        archive.write(HERE / "verify.py", "verify.py")
        archive.write(HERE / "README.txt", "README.txt")
    return told


def _write(archive: zipfile.ZipFile, name: str, lines: Iterable[str]) -> int:
    count = 0
    with archive.open(name, "w", force_zip64=True) as file:
        for batch in _batched(lines):
            file.write("".join(f"{line}\n" for line in batch).encode())
            count += len(batch)
    return count


def _batched(lines: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(lines)
    while batch := list(itertools.islice(rest, 200)):
        yield batch


def _checkpoints(numbers: Span) -> Iterator[str]:
    company = context.current().uid
    signed = _Following(itertools.chain.from_iterable(made(numbers) for made in registry.signatures))
    with closing(stream(CHECKPOINTS, numbers)) as rows:
        for values in rows:
            row = Checkpoint(**dict(zip(COLUMNS, values, strict=True)))
            yield SPELL(
                {
                    "number": row.number,
                    "bytes": _text(checkpoint_bytes(company, row)),
                    "signature": _text(bytes(row.signature)),
                    "witnesses": [_witness(one) for one in signed.of(row.number)],
                }
            )


def _witness(one: Countersignature) -> dict[str, Any]:
    return {"reader": one.reader, "hash": one.checkpoint_hash.hex(), "signature": _text(one.signature)}


class _Following:
    """Countersignatures beside the checkpoints, both by rising number."""

    def __init__(self, items: Iterator[Countersignature]) -> None:
        self._items = items
        self._head = next(items, None)

    def of(self, number: int) -> Iterator[Countersignature]:
        """Those of this checkpoint."""
        while self._head is not None and self._head.number <= number:
            if self._head.number == number:
                yield self._head
            self._head = next(self._items, None)


def _manifest(excerpt: Excerpt, told: Told, period: tuple[datetime, datetime]) -> dict[str, Any]:
    company = context.current()
    now = datetime.now(UTC)
    return {
        "format": FORMAT,
        "company": company.uid.hex(),
        "at": now.isoformat(timespec="seconds"),
        "period": [moment.isoformat() for moment in period],
        "made": asdict(told),
        "keys": key_list(now),
        "gaps": list(_gaps(excerpt.positions)),
    }


def _gaps(positions: Span) -> Iterator[tuple[int, int, int, str]]:
    """(reader, first, last, why) of numbers that are not in the excerpt, and not missing either."""
    for made in registry.numbers:
        run: list[int] = []
        why = ""
        for one in made(positions):
            if run and (one.reader, one.counter, one.why) == (run[0], run[2] + 1, why):
                run[2] = one.counter
                continue
            if run:
                yield run[0], run[1], run[2], why
            run, why = [one.reader, one.counter, one.counter], one.why
        if run:
            yield run[0], run[1], run[2], why
    for reader, known in sorted(known_gaps("reader").items()):
        yield from ((reader, one.first, one.last, "acknowledged") for one in known)
    yield from ((*numbers, "pruned") for numbers in Gone().numbers("reader"))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
