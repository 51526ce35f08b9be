"""The hand-in of a reader's journal: each entry counted once, whatever is repeated, cut off or sent twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from access.services import Moved, Moves, find_moves, settle_moves, watched_points
from credentials.selectors import code_lives
from ledger import services as ledger
from ledger.models import LedgerEntry
from readers.handin import writing
from readers.handin.alarming import Passed, tell_phones, tell_reader
from readers.handin.apart import apart
from readers.handin.checking import Checked, Checker
from readers.handin.lives import Lives
from readers.handin.planning import Known, Plan, first_behind, make_plan
from readers.handin.process import Job
from readers.handin.told import Fault, HandedIn, Head, JournalGap, Told
from readers.handin.unallowed import tell_unallowed
from readers.models import DoorReport, JournalQuarantine, Reader
from readers.selectors import signing_keys
from sallyport.codes import OpeningKeys
from sallyport.key_list import KeyEntry
from tenants import context
from vault.selectors import is_foreign_key, key_entries, opening_keys

# Each try sees the scans of this reader that were committed during the one before: a second one is rare.
MOST_TRIES: Final = 5
STUCK: Final = timedelta(hours=1)  # no request is on its way for so long


def journal_head(reader: Reader) -> Head:
    """The last entry of the reader's journal that is here."""
    return Head(reader.journal_position, bytes(reader.journal_hash))


def hand_in(*, reader: Reader, entries: Sequence[Told], now: datetime, after: int | None = None) -> HandedIn:
    """Take up to 500 entries, in one transaction; repeating it changes nothing.

    `after` is the position behind which these are all that the reader has; without it positions that are left
    out have not come yet. Raises JournalGap, with nothing taken.

    What needs no lock is done before: the reader's row is held for the writing alone, since whoever stores
    acknowledgements of many readers waits for it.
    """
    checker = Checker(
        company=context.current().uid,
        reader=reader.handle,
        signers=signing_keys(reader, now),
        keys=opening_keys(),
        foreign=is_foreign_key,
        lives=Lives(code_lives()),
        now_ms=int(now.timestamp() * 1000),
    )
    return _take(reader, [checker.check(told) for told in entries], after, now)


def hand_in_apart(*, reader: Reader, body: bytes, now: datetime) -> HandedIn:
    """The same for the JSON of a request, which a process of its own reads and checks. Raises NotInForm,
    JournalGap, and Away where there is no such process just now.
    """
    held = opening_keys()
    job = Job(
        company=context.current().uid,
        reader=reader.handle,
        signers=signing_keys(reader, now),
        lives=Lives(code_lives()),
        now_ms=int(now.timestamp() * 1000),
        keys=None,
        body=body,
    )
    token = tuple((one.key_id, one.not_before, one.not_after) for one in held.values())
    after, checked = apart.check(job, token=token, keys=lambda: _entries_of(held))
    return _take(reader, checked, after, now)


def _entries_of(held: Mapping[int, OpeningKeys]) -> list[KeyEntry]:
    """The key sets that this process holds, and no newer ones: the token names these."""
    return [entry for entry in key_entries() if entry.key_id in held]


def _take(reader: Reader, checked: Sequence[Checked], after: int | None, now: datetime) -> HandedIn:
    try:
        with transaction.atomic():
            row = _locked(reader.handle)
            if after is None and _is_stuck(row, checked, now):
                after = row.journal_position
            plan, moves = _write(row, checked, after, now)
            _move_head(row, plan.head)
            settle_moves(moves)  # last: live scans wait from here on
    except JournalGap as gap:
        if after is None:
            _note_gap(reader.handle, first_behind(gap.head, checked), now)
        raise
    outcomes = tuple(plan.outcomes[place] for place in range(len(checked)))
    return HandedIn(outcomes, plan.head)


def _is_stuck(row: Reader, checked: Sequence[Checked], now: datetime) -> bool:
    """Whether the same piece has been sent back for so long that what it lacks will not come: a program from
    before `after` cannot say so itself, and would hand in the same for ever.
    """
    if row.gap_since is None or now - row.gap_since < STUCK:
        return False
    return row.gap_position == first_behind(journal_head(row), checked)


def _note_gap(handle: int, first: int | None, now: datetime) -> None:
    """Since when the reader is sent back with this position."""
    rows = Reader.objects.filter(handle=handle)
    rows.exclude(gap_position=first, gap_since__isnull=False).update(gap_position=first, gap_since=now)


def _locked(handle: int) -> Reader:
    """The reader's row, held: two processes of one reader follow each other."""
    return Reader.objects.select_for_update(of=("self",)).get(handle=handle)


def _write(row: Reader, checked: Sequence[Checked], after: int | None, now: datetime) -> tuple[Plan, Moves]:
    for tried in range(1, MOST_TRIES + 1):
        plan = make_plan(journal_head(row), checked, _known(row, checked), after=after)
        try:
            with transaction.atomic():
                moves = _write_grants(row, plan, now)
        except writing.EventAppeared:
            if tried == MOST_TRIES:
                raise
        else:
            break
    if plan.quarantined:
        _write_quarantined(row, plan, now)
    return plan, moves


def _known(row: Reader, checked: Sequence[Checked]) -> Known:
    identities = [one.identity for one in checked]
    faults = JournalQuarantine.objects.filter(reader=row, identity__in=identities)
    return Known(
        events=writing.events_of(row.handle, [one.told.counter for one in checked]),
        faults={
            bytes(identity): Fault(reason) for identity, reason in faults.values_list("identity", "reason")
        },
        access_points=_access_points(row, checked),
    )


def _access_points(row: Reader, checked: Sequence[Checked]) -> set[int]:
    """Where the reader stands, and where it stood: it may have been moved before it handed in."""
    stood = {row.access_point_id}
    if not {one.access_point for one in checked if one.fault is None and one.signed} <= stood:
        moves = LedgerEntry.objects.filter(subject_kind="reader", handle=row.handle, verb="reader_moved")
        for data in moves.values_list("data", flat=True):
            stood.update(place for name in ("before", "after") if type(place := data.get(name)) is int)
    return stood


def _write_grants(row: Reader, plan: Plan, now: datetime) -> Moves:
    """Used codes, events and the ledger's batch; then what the grants show. Raises EventAppeared.

    Returns who went in and out by them.
    """
    differing = [(one, stands) for one, stands in plan.differing if one.told.granted]
    grants = [one for one in plan.fresh if one.use] + [one for one, _ in differing]
    won = writing.write_uses(use for one in grants if (use := one.use))
    ids = writing.write_events(row.handle, plan.fresh)
    passed = [Passed(one, ids[one.told.counter]) for one in plan.fresh if one.told.granted]
    passed += [Passed(one, stands.id) for one, stands in differing if stands.id is not None]
    if passed:
        tell_phones(passed, won)
        tell_unallowed(row.handle, passed)
    moves = _moves(row, plan, passed, now)
    for one, stands in plan.differing:
        told = one.told
        data = {"event": stands.id, "counter": told.counter, "granted": told.granted, "reason": told.reason}
        _note(row, "reader_decided_otherwise", data)
    return moves


def _moves(row: Reader, plan: Plan, passed: Sequence[Passed], now: datetime) -> Moves:
    """By the doors that were opened. Where the reader refused what the server granted, none was."""
    watched = watched_points({one.entry.access_point for one in passed})
    passed = [one for one in passed if one.entry.access_point in watched]
    counters = [one.entry.told.counter for one in passed]
    reports = DoorReport.objects.filter(reader_id=row.handle, counter__in=counters, opened=False)
    stayed = set(reports.values_list("counter", flat=True)) if counters else set()
    shut = {one.event for one in passed if one.entry.told.counter in stayed}
    shut |= {
        stands.id
        for one, stands in plan.differing
        if stands.id is not None and stands.granted and not one.told.granted
    }
    opened = [(one, one.entry.opened.contents) for one in passed if one.entry.opened is not None]
    moved = [
        Moved(one.event, one.at, told.credential, told.device, one.entry.access_point)
        for one, told in opened
        if one.event not in shut
    ]
    return find_moves(moved=moved, shut=shut, now=now)


def _write_quarantined(row: Reader, plan: Plan, now: datetime) -> None:
    JournalQuarantine.objects.bulk_create(
        JournalQuarantine(
            reader=row,
            position=one.told.position,
            counter=one.told.counter,
            reason=fault.value,
            entry=one.told.text,
            identity=one.identity,
            received_at=now,
        )
        for one, fault in plan.quarantined
    )
    reasons = Counter(fault.value for _, fault in plan.quarantined)
    positions = [one.told.position for one, _ in plan.quarantined]
    _note(row, "journal_quarantined", {"positions": positions, **dict(sorted(reasons.items()))})
    tell_reader(row.handle, plan.quarantined)


def _note(row: Reader, verb: str, data: Mapping[str, Any]) -> None:
    ledger.record(actor=row.actor, verb=verb, subject_kind="reader", handle=row.handle, data=data)


def _move_head(row: Reader, head: Head) -> None:
    if head != journal_head(row):
        row.journal_position, row.journal_hash = head.position, head.hash
        row.gap_position = row.gap_since = None
        row.save(update_fields=["journal_position", "journal_hash", "gap_position", "gap_since"])
