"""A batch: the scans of one company that are decided together and written by one call."""

import json
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from readers.scanning.channel import Call, Reply
from readers.scanning.copy import Copy
from readers.scanning.judge import MissingFacts, MissingInside, View, judge
from readers.scanning.rows import EventRow
from readers.scanning.scan import EventIdReused, KeyEnded, Scan, Unavailable, Verdict
from sallyport.reasons import Reason

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Batch:
    """Scans with their rows, decided under `(epoch, seq)`."""

    scans: list[Scan]
    rows: list[EventRow]
    call: Call


@dataclass(slots=True)
class Judged:
    """What became of scans: a batch of those that could be decided, and who is missing for the others.

    `later` are of no batch yet: of each area that keeps watch a batch moves one holder, since the next
    decision there is made on what became of this one.
    """

    batch: Batch | None
    later: list[Scan] = field(default_factory=list)
    waiting: list[Scan] = field(default_factory=list)
    missing: set[int] = field(default_factory=set)


def batch_id() -> bytes:
    """A version 7 UUID (RFC 9562): batches of one time lie side by side in the indexes."""
    moment = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    tail = bytearray(os.urandom(10))
    tail[0] = tail[0] & 0x0F | 0x70
    tail[2] = tail[2] & 0x3F | 0x80
    return moment + bytes(tail)


def decide(copy: Copy, scans: Sequence[Scan], view: View | None = None) -> Judged:
    """Decide each scan under the company's copy, or under another `view` of it."""
    view = view or copy
    judged = Judged(None)
    decided: list[Scan] = []
    rows: list[EventRow] = []
    areas: set[int] = set()
    for scan in scans:
        if areas and watched_area(scan, view) in areas:
            judged.later.append(scan)  # it waits whatever is decided: it is not judged in vain
            continue
        try:
            row = judge(scan, view)
        except MissingInside:
            judged.waiting.append(scan)
        except MissingFacts as missing:
            judged.waiting.append(scan)
            judged.missing.add(missing.credential)
        except KeyEnded as ended:
            scan.fail(ended)
        except Exception:
            # A fault of ours must cost this one scan, never the others of its batch.
            logger.exception("a scan of company %s could not be decided", copy.ref.id)
            scan.fail(Unavailable("not decided"))
        else:
            if _moves_beside(row, areas):
                judged.later.append(scan)
                continue
            decided.append(scan)
            rows.append(row)
    if decided:
        judged.batch = _batch(copy, view, decided, rows)
    return judged


def watched_area(scan: Scan, view: View) -> int | None:
    """The area that keeps watch into or out of which the reader's door leads."""
    _, door = view.stand(scan.reader)
    return door.area if door is not None and door.watch is not None and scan.opened is not None else None


def _moves_beside(row: EventRow, areas: set[int]) -> bool:
    """Whether the row's area is among those that another row of the batch moves somebody in; then it is."""
    if row.move is None:
        return False
    beside = row.move.area in areas
    areas.add(row.move.area)
    return beside


def _batch(copy: Copy, view: View, decided: list[Scan], rows: list[EventRow]) -> Batch:
    first_use_wins(rows)
    packed = [row.pack(n) for n, row in enumerate(rows)]
    moves = [row.move.told(n) for n, row in enumerate(rows) if row.move is not None]
    told = json.dumps(moves).encode() if moves else None
    return Batch(
        decided, rows, Call(copy.ref.schema, copy.ref.id, view.epoch, view.seq, batch_id(), packed, told)
    )


def first_use_wins(rows: Sequence[EventRow]) -> None:
    """Within one batch the database cannot tell two uses of one code apart: the later ones are replays."""
    seen: set[tuple[int, int, int]] = set()
    for row in rows:
        if not row.granted or not row.replayable or row.contents is None:
            continue
        use = (row.contents.device, row.contents.issued, row.contents.nonce)
        if use in seen:
            row.granted, row.reason = False, Reason.REPLAYED.value
            row.facts, row.leaf = row.replayed_facts, row.replayed_leaf
        seen.add(use)


def settle(batch: Batch, reply: Reply) -> None:
    """Answer every scan with what stands in the database now."""
    unlike = {entry[0]: entry[1:] for entry in json.loads(reply.unlike)} if reply.unlike else {}
    for n, (scan, row) in enumerate(zip(batch.scans, batch.rows, strict=True)):
        if n not in unlike:
            scan.settle(Verdict(row.granted, Reason(row.reason), row.access_point))
            continue
        granted, reason, access_point, code_hash = unlike[n]
        if code_hash == scan.code_hash.hex():
            scan.settle(Verdict(granted, Reason(reason), access_point))
        else:
            scan.fail(EventIdReused("this event id stands for another code"))
