"""What can be told about an entry without the record: signature, time, code, facts. Pure."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from readers.handin.lives import MOST_TRUST, SLACK, Lives
from readers.handin.told import MOST_FACTS, Fault, Told
from readers.keys import DatedKey, keys_at
from sallyport.codes import NO_CHALLENGE, CodeRefused, OpenedCode, OpeningKeys, open_code
from sallyport.ledger import EventRecord, event_leaf
from sallyport.offline import entry_bytes, entry_hash
from sallyport.reasons import Reason
from sallyport.rules import decide_again, reached

AHEAD_MS: Final = 120_000
MOST_PLACE: Final = 2**31 - 1
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# What a stranger's facts can make the engine raise.
_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """An entry with what was found: by what it is known again, its hash (None where its bytes cannot even be
    made), whether the reader signed it, its code where it opens, the access point that its facts name, what
    is wrong with it, and where nothing is, its event's leaf in the ledger and its row as JSON.
    """

    told: Told
    identity: bytes
    hash: bytes | None
    signed: bool
    opened: OpenedCode | None = None
    access_point: int = 0
    fault: Fault | None = None
    leaf: bytes = b""
    row: str = ""

    @property
    def use(self) -> tuple[int, int, int] | None:
        """What its grant uses up: (device, issued, nonce); None where nothing is."""
        return self.opened.use_key if self.opened is not None and self.told.granted else None


@dataclass(frozen=True, slots=True)
class Checker:
    """With what a reader's entries are checked. `lives` are the company's, `now_ms` the server's clock."""

    company: bytes
    reader: int
    signers: Sequence[DatedKey]
    keys: Mapping[int, OpeningKeys]
    foreign: Callable[[int], bool]
    lives: Lives
    now_ms: int

    @property
    def earliest(self) -> int | None:
        """The first unix second that a key set reaches back to; None without any."""
        return min((one.not_before for one in self.keys.values()), default=None)

    def check(self, told: Told) -> Checked:
        """Look at one entry."""
        same = told.identify()
        try:
            data = entry_bytes(told.entry(), company=self.company, reader=self.reader)
        except ValueError:  # a reason that nobody knows, a text that is none: no signature can be over it
            return Checked(told, same, None, signed=False)
        found = entry_hash(data)
        if not keys_at(self.signers, told.at_ms).holds(data, told.sig):
            return Checked(told, same, found, signed=False)
        if not self._in_time(told):
            return Checked(told, same, found, signed=True, fault=Fault.OUT_OF_TIME)
        if len(told.facts) > MOST_FACTS:
            return Checked(told, same, found, signed=True, fault=Fault.FACTS_TOO_LONG)
        try:
            return self._weigh(told, same, found)
        except Exception as error:  # noqa: BLE001 - what one reader wrote must never stop the journals of all
            logger.warning("an entry could not be weighed (%s): it is set apart", type(error).__name__)
            return Checked(told, same, found, signed=True, fault=Fault.FACTS_DIFFER)

    def _weigh(self, told: Told, same: bytes, found: bytes) -> Checked:
        """Code and facts of an entry that the reader has signed."""
        facts = _facts_of(told)
        life = self._life(told, facts)
        if life is None:
            return Checked(told, same, found, signed=True, fault=Fault.FACTS_DIFFER)
        opened = self._open(told, facts, life)
        if told.granted and opened is None:
            return Checked(told, same, found, signed=True, fault=Fault.CODE_NOT_OURS)
        if facts is None or not _about(facts, told, opened):
            return Checked(told, same, found, signed=True, opened=opened, fault=Fault.FACTS_DIFFER)
        record = self._record(told, opened, facts["at"])
        leaf = event_leaf(record)
        return Checked(
            told, same, found, True, opened, record.access_point, leaf=leaf, row=_row(record, leaf)
        )

    def _record(self, told: Told, opened: OpenedCode | None, access_point: int) -> EventRecord:
        contents = opened.contents if opened is not None else None
        return EventRecord(
            company=self.company,
            reader=self.reader,
            counter=told.counter,
            at_ms=told.at_ms,
            reader_at_ms=told.at_ms,
            access_point=access_point,
            credential=contents.credential if contents else None,
            device=contents.device if contents else None,
            profile=contents.profile if contents else None,
            issued=contents.issued if contents else None,
            nonce=contents.nonce if contents else None,
            code_hash=told.code_hash,
            granted=told.granted,
            reason=Reason(told.reason),
            assurance=int(reached(opened)) if opened is not None else 0,
            policy_epoch=told.epoch,
            policy_seq=told.seq,
            offline=True,
            facts=told.facts,
        )

    def _in_time(self, told: Told) -> bool:
        first = self.earliest
        return first is not None and first * 1000 <= told.at_ms <= self.now_ms + AHEAD_MS

    def _life(self, told: Told, facts: Mapping[str, Any] | None) -> int | None:
        """By which life the code is judged, in seconds; None for one that nobody told the reader."""
        at = told.at_ms // 1000
        if facts is None or "refused" in facts or not facts.get("offline"):
            # It opens nothing: the code is only to be named.
            return max(self.lives.told(at=at, list_at=at - MOST_TRUST), default=None)
        _, _, list_at, *more = facts["offline"]
        if type(list_at) is not int or list_at > at + SLACK or (told.granted and list_at < at - MOST_TRUST):
            return None
        known = self.lives.told(at=at, list_at=list_at)
        if not more:
            return min(known, default=None)
        return more[0] if type(more[0]) is int and more[0] in known else None

    def _open(self, told: Told, facts: Mapping[str, Any] | None, life: int) -> OpenedCode | None:
        """The code at the time of the entry. What the door asked for then stands in the facts; those of an
        early refusal do not say it.
        """
        shown: tuple[int, ...] = (NO_CHALLENGE,)
        if facts is not None and facts.get("challenge"):
            shown = told.challenges
        elif not told.granted:
            shown = (NO_CHALLENGE, *told.challenges)
        try:
            return open_code(
                told.code,
                keys=self.keys,
                foreign=self.foreign,
                now=told.at_ms // 1000,
                life=life,
                challenges=shown,
            )
        except CodeRefused:
            return None


def moment(at_ms: int) -> datetime:
    """The time of unix milliseconds."""
    return EPOCH + timedelta(milliseconds=at_ms)


def _row(record: EventRecord, leaf: bytes) -> str:
    """What is written of an event that is not the same for all of a hand-in."""
    row = {
        "counter": record.counter,
        "at": moment(record.at_ms).isoformat(),
        "access_point": record.access_point,
        "credential": record.credential,
        "device": record.device,
        "profile": record.profile,
        "issued": record.issued,
        "nonce": record.nonce,
        "code_hash": record.code_hash.hex(),
        "granted": record.granted,
        "reason": record.reason,
        "assurance": record.assurance,
        "epoch": record.policy_epoch,
        "seq": record.policy_seq,
        "facts": record.facts,
        "leaf": leaf.hex(),
    }
    return json.dumps(row)


def _facts_of(told: Told) -> dict[str, Any] | None:
    """The facts, if they lead to the verdict that was told."""
    try:
        facts: dict[str, Any] = json.loads(told.facts)
        if type(facts) is not dict:  # a text that holds the facts would be read once more
            return None
        again = decide_again(facts)
    except _UNREADABLE:
        return None
    return facts if (again.granted, again.reason) == (told.granted, told.reason) else None


def _about(facts: Mapping[str, Any], told: Told, opened: OpenedCode | None) -> bool:
    """Whether the facts are about this code and this second, and of a decision that was made alone."""
    at = facts["at"]
    if facts["now"] != told.at_ms // 1000 or type(at) is not int or not 0 <= at <= MOST_PLACE:
        return False
    if "refused" in facts:
        return True
    if opened is None or not facts.get("offline"):
        return False
    contents = opened.contents
    code = [opened.kind, opened.key_id, contents.credential, contents.device, contents.profile]
    code += [contents.flags, contents.issued, contents.nonce]
    said = (facts["code"], facts.get("challenged", False), facts["reached"], facts.get("second", "none"))
    return said == (code, opened.challenged, int(reached(opened)), "none")
