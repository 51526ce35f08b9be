"""From a scan and a view of the policy to a decision and its event row. Pure: no I/O, no clock."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, Protocol

from readers.scanning.rows import EventRow, Move
from readers.scanning.scan import KeyEnded, Scan
from sallyport.codes import CodeRefused, OpenedCode, OpeningKeys
from sallyport.ledger import EventRecord, event_leaf
from sallyport.reasons import Reason, precedence
from sallyport.rules import (
    CredentialFacts,
    Decision,
    DeviceFacts,
    DoorMode,
    DoorPolicy,
    Inside,
    Passback,
    Presentation,
    breaks_passback,
    decide,
    refuse,
)

ACTIVE: Final = "active"
# What a day pass is refused for by its own state; one in a state that is not here is dead.
_DAY_PASS: Final = {"ACTIVE": Reason.GRANTED, "SUSPENDED": Reason.CREDENTIAL_SUSPENDED}
_REPLAYED: Final = precedence(Reason.REPLAYED)
# What opening found that may be otherwise when codes live longer or shorter, or the door asks otherwise.
_OF_POLICY: Final = frozenset(
    {None, Reason.BAD_SIGNATURE, Reason.NOT_YET_VALID, Reason.EXPIRED, Reason.WRONG_DOOR}
)
_ABOVE_REPLAYED: Final = frozenset(reason for reason in Reason if precedence(reason) < _REPLAYED)


class MissingFacts(Exception):  # noqa: N818 - named for what happened
    """The view does not hold this credential yet: it must be read before the scan is decided."""

    def __init__(self, credential: int) -> None:
        super().__init__(credential)
        self.credential = credential


class MissingInside(Exception):  # noqa: N818 - named for what happened
    """Nobody has looked yet who is inside the area that this scan wants to enter."""


class View(Protocol):
    """What a decision reads, all of one moment."""

    @property
    def company(self) -> bytes:
        """The company's 16 bytes."""

    @property
    def epoch(self) -> int:
        """First half of the policy's number."""

    @property
    def seq(self) -> int:
        """Second half."""

    @property
    def life(self) -> int:
        """Seconds that a live code lives."""

    @property
    def keys(self) -> Mapping[int, OpeningKeys]:
        """The key sets that open codes, by key id."""

    def stand(self, reader: int) -> tuple[str, DoorPolicy | None]:
        """The reader's state (empty when there is none) and the door at which it stands."""

    def takes(self, reader: int, key: str) -> bool:
        """Whether the reader, if there is one, may speak under the key of this print."""

    def person(self, credential: int) -> tuple[CredentialFacts | None, dict[int, DeviceFacts]]:
        """Facts of a credential and its phones; None when there is none. Raises MissingFacts."""

    def day_pass(self, visit: int) -> str:
        """The state of a day pass; empty for one that is not there."""

    def reopen(self, code: str, at: int, challenges: Sequence[int]) -> OpenedCode:
        """Open a code with the keys and the life of codes of this view. Raises CodeRefused."""


def judge(scan: Scan, view: View) -> EventRow:
    """Decide and make the event's row.

    Raises MissingFacts, MissingInside, and KeyEnded where the signature is void.
    """
    if not view.takes(scan.reader, scan.signed_by):
        raise KeyEnded
    state, door = view.stand(scan.reader)
    if scan.opened is not None and scan.opened.key_id not in view.keys:
        # Its key set was refused while the scan was waiting.
        scan.opened, scan.early = None, Reason.UNKNOWN_KEY
    asks = door is not None and door.challenge
    if (scan.life != view.life or scan.asked != asks) and scan.early in _OF_POLICY:
        _open_again(scan, view, asks)
    decision = _decide(scan, view, state, door)
    row = _row(scan, view, door.access_point if door else 0, decision)
    if door is not None and door.watch is not None and scan.opened is not None:
        row.move = _move(scan, door, decision.granted)
    return row


def _open_again(scan: Scan, view: View, asks: bool) -> None:
    # The company has changed how long its codes live, or what its door asks, while the scan was waiting.
    scan.life, scan.asked = view.life, asks
    try:
        scan.opened, scan.early = view.reopen(scan.code, scan.at, scan.challenges), None
    except CodeRefused as refused:
        scan.opened, scan.early = None, refused.reason


def _decide(scan: Scan, view: View, state: str, door: DoorPolicy | None) -> Decision:
    place = door.access_point if door else 0
    if state != ACTIVE or door is None:
        suspended = Reason.READER_SUSPENDED if state else Reason.READER_UNKNOWN
        return refuse(suspended, now=scan.at, access_point=place)
    if scan.early is not None or scan.opened is None:
        return refuse(scan.early or Reason.MALFORMED, now=scan.at, access_point=place)
    contents = scan.opened.contents
    credential, devices = view.person(contents.credential)
    decision = decide(
        now=scan.at,
        door=door,
        presentation=Presentation(scan.opened, scan.reached, scan.second, scan.face),
        credential=credential,
        device=devices.get(contents.device),
        inside=_inside(scan, door) if door.watch is not None else None,
    )
    if scan.opened.kind == "day_pass":
        dead = _DAY_PASS.get(view.day_pass(contents.nonce), Reason.CREDENTIAL_REVOKED)
        if precedence(dead) < precedence(decision.reason):
            return refuse(dead, now=scan.at, access_point=place)
    return decision


def wants_in(scan: Scan, door: DoorPolicy | None) -> bool:
    """Whether it must be known who is inside the area behind the door."""
    return door is not None and door.watch is not None and door.watch.enters and scan.opened is not None


def _inside(scan: Scan, door: DoorPolicy) -> Inside | None:
    if not wants_in(scan, door):
        return None
    if scan.inside is None or scan.inside[0] != door.area:
        raise MissingInside
    return scan.inside[1]


def _move(scan: Scan, door: DoorPolicy, granted: bool) -> Move | None:
    watch, opened = door.watch, scan.opened
    if watch is None or opened is None:
        return None
    if not watch.enters or scan.inside is None:
        return Move(door.area, enters=False) if not watch.enters else None
    known = scan.inside[1]
    full = watch.capacity is not None and known.people >= watch.capacity
    # At a door that stands open nobody shows a code to get out: entering again means nothing there.
    soft = granted and watch.passback == Passback.SOFT and door.mode == DoorMode.NORMAL
    again = soft and breaks_passback(watch, opened.kind, scan.at, known.since)
    return Move(door.area, True, known.since, watch.capacity, full, again)


@lru_cache(maxsize=1024)
def _replayed(at: int, place: int) -> Decision:
    """What a scan becomes whose code was used; the same for all of one second at one door."""
    return refuse(Reason.REPLAYED, now=at, access_point=place)


def _row(scan: Scan, view: View, place: int, decision: Decision) -> EventRow:
    contents = scan.opened.contents if scan.opened else None
    assurance = int(scan.reached) if scan.opened else 0
    used_up = scan.opened is not None and scan.opened.use_key is not None
    replayable = used_up and decision.reason not in _ABOVE_REPLAYED
    replayed_facts, replayed_leaf = "", b""
    if replayable:
        replayed = _replayed(scan.at, place)
        replayed_facts = replayed.facts_text
        replayed_leaf = _leaf(scan, view, place, assurance, replayed)
    return EventRow(
        scan.reader,
        scan.counter,
        scan.at_ms,
        scan.reader_at_ms,
        place,
        contents,
        scan.code_hash,
        decision.granted,
        str(decision.reason),
        replayable,
        assurance,
        decision.facts_text,
        _leaf(scan, view, place, assurance, decision),
        replayed_leaf,
        replayed_facts,
    )


def _leaf(scan: Scan, view: View, place: int, assurance: int, decision: Decision) -> bytes:
    contents = scan.opened.contents if scan.opened else None
    credential = device = profile = issued = nonce = None
    if contents is not None:
        credential, device, profile = contents.credential, contents.device, contents.profile
        issued, nonce = contents.issued, contents.nonce
    # By position: with twenty names the call itself would cost as much as the hash.
    return event_leaf(
        EventRecord(
            view.company,
            scan.reader,
            scan.counter,
            scan.at_ms,
            scan.reader_at_ms,
            place,
            credential,
            device,
            profile,
            issued,
            nonce,
            scan.code_hash,
            decision.granted,
            decision.reason,
            assurance,
            view.epoch,
            view.seq,
            False,
            decision.facts_text,
        )
    )
