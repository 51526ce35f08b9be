"""Which entries become events: the chain followed from where it stood, against what is on record. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from readers.handin.checking import Checked
from readers.handin.told import Fault, Head, JournalGap, Outcome, Result


@dataclass(frozen=True, slots=True)
class Stands:
    """An event of this reader on record; `id` is None for one that this hand-in is about to write."""

    id: int | None
    code_hash: bytes
    granted: bool
    at: datetime | None


@dataclass(slots=True)
class Plan:
    """What is to be written. `differing`: the server had decided otherwise than the reader; its event."""

    head: Head
    outcomes: dict[int, Outcome] = field(default_factory=dict)  # by place among the entries
    fresh: list[Checked] = field(default_factory=list)
    differing: list[tuple[Checked, Stands]] = field(default_factory=list)
    quarantined: list[tuple[Checked, Fault]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record: events by counter, faults by an entry's identity, where the reader may stand."""

    events: Mapping[int, Stands]
    faults: Mapping[bytes, Fault]
    access_points: Collection[int]


def make_plan(head: Head, entries: Sequence[Checked], known: Known, *, after: int | None = None) -> Plan:
    """Go through the entries by rising position, whatever their order was.

    `after` is the position behind which the reader says that these are all it has. Where that is the head, a
    position left out is lost and breaks the chain; else it may still be on its way. Raises JournalGap then.
    """
    if after != head.position and _lacks_some(head, entries):
        raise JournalGap(head)
    return _Planner(head, known).run(entries)


def _lacks_some(head: Head, entries: Sequence[Checked]) -> bool:
    """Whether positions are left out between the head and what the reader has signed."""
    reached = head.position
    for position, signed in sorted((one.told.position, one.signed) for one in entries):
        if position == reached + 1:
            reached = position
        elif position > reached and signed:  # nobody vouches for the position of any other
            return True
    return False


def first_behind(head: Head, entries: Sequence[Checked]) -> int | None:
    """The lowest position behind the head that the reader has signed; None without any."""
    return min(
        (one.told.position for one in entries if one.signed and one.told.position > head.position),
        default=None,
    )


class _Planner:
    def __init__(self, head: Head, known: Known) -> None:
        self.plan = Plan(head)
        self.events = dict(known.events)
        self.faults = dict(known.faults)
        self.access_points = known.access_points

    def run(self, entries: Sequence[Checked]) -> Plan:
        order = sorted(range(len(entries)), key=lambda place: entries[place].told.position)
        for place in order:
            self.plan.outcomes[place] = self._next(entries[place])
        return self.plan

    def _next(self, one: Checked) -> Outcome:
        before = self.faults.get(one.identity)
        behind = one.told.position <= self.plan.head.position
        fault = None if behind else self._follow(one)
        if before is not None:
            return Outcome(one.told.position, Result.QUARANTINED, before)
        if behind:
            return self._again(one)
        return self._quarantine(one, fault) if fault is not None else self._by_itself(one)

    def _again(self, one: Checked) -> Outcome:
        """What lies behind the head is on record, or was never part of this chain."""
        if not one.signed:
            return self._quarantine(one, Fault.SIGNATURE_WRONG)
        stands = self.events.get(one.told.counter)
        if stands is not None and stands.code_hash == one.told.code_hash:
            return Outcome(one.told.position, Result.KNOWN)
        return self._quarantine(one, Fault.CHAIN_BROKEN)

    def _follow(self, one: Checked) -> Fault | None:
        """Move the head on to this entry. A chain that broke goes on from the entry that broke it."""
        head = self.plan.head
        next_one = one.told.position == head.position + 1
        if not one.signed or one.hash is None:
            # Nobody vouches for its position: it may not carry the head far away, nor hold it up.
            if next_one and one.hash is not None:
                self.plan.head = Head(one.told.position, one.hash)
            return Fault.SIGNATURE_WRONG
        self.plan.head = Head(one.told.position, one.hash)
        return None if next_one and one.told.previous == head.hash else Fault.CHAIN_BROKEN

    def _by_itself(self, one: Checked) -> Outcome:
        told = one.told
        stands = self.events.get(told.counter)
        if stands is not None:
            if stands.code_hash != told.code_hash:
                return self._quarantine(one, Fault.EVENT_ID_REUSED)
            if stands.granted != told.granted:
                fault = self._fault(one)
                if fault is not None:  # it opened or kept shut against our word, on what cannot be believed
                    return self._quarantine(one, fault)
                if stands.id is not None:
                    self.plan.differing.append((one, stands))
            return Outcome(told.position, Result.KNOWN)
        fault = self._fault(one)
        if fault is not None:
            return self._quarantine(one, fault)
        self.events[told.counter] = Stands(None, told.code_hash, told.granted, None)
        self.plan.fresh.append(one)
        return Outcome(told.position, Result.RECORDED)

    def _fault(self, one: Checked) -> Fault | None:
        if one.fault is None and one.access_point not in self.access_points:
            return Fault.FACTS_DIFFER
        return one.fault

    def _quarantine(self, one: Checked, fault: Fault) -> Outcome:
        self.faults[one.identity] = fault
        self.plan.quarantined.append((one, fault))
        return Outcome(one.told.position, Result.QUARANTINED, fault)
