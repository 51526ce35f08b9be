"""What a decision is made from: policy of the door, facts of credential and device, what was presented."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

from sallyport.codes import OpenedCode
from sallyport.rules.schedules import Schedule


class Assurance(IntEnum):
    """How sure we are that the holder stands there; each step contains the ones before."""

    CODE = 1
    CODE_UNLOCK = 2
    CODE_FACE = 3
    CODE_FACE_CHALLENGE = 4


class CredentialState(StrEnum):
    """States of a credential; only ACTIVE opens."""

    ISSUED = "ISSUED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    LOST = "LOST"
    EXPIRED = "EXPIRED"


class HolderState(StrEnum):
    """States of a holder; only ACTIVE opens."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    OFFBOARDED = "OFFBOARDED"


class HolderKind(StrEnum):
    """Kinds of holders."""

    EMPLOYEE = "EMPLOYEE"
    CONTRACTOR = "CONTRACTOR"
    VISITOR = "VISITOR"


class DeviceState(StrEnum):
    """States of a phone; only ACTIVE opens."""

    AWAITING = "AWAITING"
    ACTIVE = "ACTIVE"
    REVOKED = "REVOKED"


class SecondFactor(StrEnum):
    """What was given beside a day pass: checked by the server alone."""

    NONE = "none"
    GOOD = "good"
    WRONG = "wrong"


class FaceShown(StrEnum):
    """What came of a face at the door: looked at by the server alone. All but the first two are reasons."""

    NONE = "none"
    MATCHED = "matched"
    BUSY = "face_busy"
    FAILED = "liveness_failed"
    MISMATCH = "face_mismatch"


class OfflineMode(StrEnum):
    """What a door does while its reader is cut off; a mode that is not here refuses."""

    REFUSE = "refuse"
    AS_ONLINE = "as_online"  # what the door asks for anyway; where that is a face, it refuses
    CODE = "code"
    CODE_UNLOCK = "code_unlock"


class DoorMode(StrEnum):
    """Modes of a door; a mode that is not here is treated as lockdown."""

    NORMAL = "normal"
    UNLOCKED_BY_SCHEDULE = "unlocked_by_schedule"
    LOCKDOWN = "lockdown"


class Passback(StrEnum):
    """What an area does about who enters it again without having left; one that is not here is HARD."""

    OFF = "off"
    SOFT = "soft"  # it lets pass, and the entry raises an alarm
    HARD = "hard"
    TIMED = "timed"  # as HARD, for so many seconds after the entry


class Watch(NamedTuple):
    """What an access point leads into or out of, where its area counts people or minds who enters twice."""

    enters: bool  # else it leads out: nobody is kept in
    passback: str  # Passback
    seconds: int  # for TIMED
    capacity: int | None  # people at once; None for any number


class Inside(NamedTuple):
    """What is known of an area when somebody wants in; of people who are in there without an exit."""

    since: int | None  # unix seconds of this holder's last entry; None: not inside
    people: int  # how many are inside; 0 where the area has no capacity


@dataclass(frozen=True, slots=True)
class DoorPolicy:
    """All that a decision at one access point needs to know of site, area, door and rules."""

    access_point: int
    door: int
    area: int
    site_zone: str  # IANA name
    special_days: frozenset[int]  # date.toordinal() of the site's special days
    mode: str  # DoorMode
    unlock_schedule: Schedule | None
    area_lockdown: bool
    assurance: Assurance
    levels: Mapping[int, tuple[Schedule, ...]]  # level id -> schedules of its rules at this access point
    unlock_age: int | None = None  # seconds that a phone's unlock may be old; None for as long as it lasts
    challenge: bool = False  # the door shows a number, which the phone signs: only pass + proof can
    watch: Watch | None = None  # None where its area neither counts people nor minds who enters twice
    text: str = field(init=False, repr=False, compare=False)  # its part of the facts, made once per policy
    _levels: dict[int, str] = field(init=False, repr=False, compare=False)  # `level_text`, as far as asked

    def __post_init__(self) -> None:
        head = {"at": self.access_point, "door": self.door, "area": self.area, "zone": self.site_zone}
        head |= {"mode": str(self.mode), "locked": self.area_lockdown, "needs": int(self.assurance)}
        head |= {"age": self.unlock_age, "challenge": self.challenge}
        unlock = self.unlock_schedule.text if self.unlock_schedule else "null"
        text = json.dumps(head, separators=(",", ":"))[1:-1] + f',"unlock":{unlock}'
        if self.watch is not None:
            text += f',"watch":{json.dumps(self.watch, separators=(",", ":"))}'
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "_levels", {})

    def level_text(self, level: int) -> str:
        """A level with its schedules here as JSON: the same in all facts that it decides. Raises KeyError."""
        text = self._levels.get(level)
        if text is None:
            text = f"[{level},[{','.join([schedule.text for schedule in self.levels[level]])}]]"
            self._levels[level] = text
        return text


class OfflineRule(NamedTuple):
    """How a reader decides alone: `trust` is the greatest age of its list in seconds, `list_at` unix time,
    `life` the life of live codes by which it opened the code, in seconds; None in facts that do not say it.
    """

    mode: str  # OfflineMode
    trust: int
    list_at: int
    life: int | None = None


class GrantFacts(NamedTuple):
    """A level granted from `valid_from` on and before `valid_until`; unix seconds, None is open."""

    level: int
    valid_from: int | None = None
    valid_until: int | None = None

    def holds_at(self, now: int) -> bool:
        """Whether the grant is in force."""
        return _within(self.valid_from, self.valid_until, now)


class CredentialFacts(NamedTuple):
    """A credential and its holder. Times in unix seconds; None is open.

    `face_consent` says whether a consent to the face is in force; None in facts from before it was asked.
    """

    handle: int
    state: str  # CredentialState
    holder_state: str  # HolderState
    holder_kind: str  # HolderKind
    valid_from: int | None
    valid_until: int | None
    profile: int
    grants: tuple[GrantFacts, ...]
    face_consent: bool | None = False

    def holds_at(self, now: int) -> bool:
        """Whether `now` lies in the credential's validity."""
        return _within(self.valid_from, self.valid_until, now)


class DeviceFacts(NamedTuple):
    """A phone and the credential it shows."""

    handle: int
    state: str  # DeviceState
    credential: int | None


class Presentation(NamedTuple):
    """What stood before the reader: an opened code, the assurance reached, a day pass's other factor, a face.

    A face that matched is in `reached`; `face` says of another what came of it.
    """

    opened: OpenedCode
    reached: Assurance
    second: SecondFactor = SecondFactor.NONE
    face: FaceShown = FaceShown.NONE


_BY_FLAG: Final = (Assurance.CODE, Assurance.CODE_UNLOCK)  # by the bit CodeFlags.PHONE_UNLOCKED


def reached(opened: OpenedCode) -> Assurance:
    """How sure a code alone makes us."""
    return _BY_FLAG[opened.contents.flags & 1]


def reached_by_face(*, turned: bool) -> Assurance:
    """How sure a code makes us whose holder's face was matched at the door, with a drawn turn or without."""
    return Assurance.CODE_FACE_CHALLENGE if turned else Assurance.CODE_FACE


def _within(begins: int | None, ends: int | None, now: int) -> bool:
    return (begins is None or begins <= now) and (ends is None or now < ends)


def effective_levels(grants: Iterable[GrantFacts], now: int) -> frozenset[int]:
    """The levels in force at `now`."""
    return frozenset(grant.level for grant in grants if grant.holds_at(now))


def next_change(grants: Iterable[GrantFacts], now: int) -> int | None:
    """The first second after `now` at which the effective levels change by themselves; None for never."""
    grants = tuple(grants)
    held = effective_levels(grants, now)
    edges = {edge for grant in grants for edge in (grant.valid_from, grant.valid_until) if edge is not None}
    for edge in sorted(edge for edge in edges if edge > now):
        if effective_levels(grants, edge) != held:
            return edge
    return None
