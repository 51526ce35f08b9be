"""Situations at a door for the rules' tests: one in which all is well, and what can be wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from sallyport.codes import LiveContents, OpenedCode, unlock_flags
from sallyport.reasons import Reason
from sallyport.rules import (
    Assurance,
    CredentialFacts,
    Decision,
    DeviceFacts,
    DoorPolicy,
    GrantFacts,
    Inside,
    Interval,
    Presentation,
    Schedule,
    SecondFactor,
    Watch,
    decide,
)

TUESDAY_TEN = int(datetime(2026, 11, 24, 9, 0, tzinfo=UTC).timestamp())  # 10:00 in Berlin
OFFICE_HOURS = Schedule(5, tuple(Interval(day, 420, 1140) for day in range(5)))
NEVER = Schedule(6, ())
ALWAYS = Schedule(7, tuple(Interval(day, 0, 1440) for day in range(7)))
BERLIN = "Europe/Berlin"

NOBODY_INSIDE = Inside(None, 0)


@dataclass(frozen=True)
class Situation:
    """The arguments of `decide`."""

    now: int
    door: DoorPolicy
    presentation: Presentation
    credential: CredentialFacts | None
    device: DeviceFacts | None
    inside: Inside = NOBODY_INSIDE

    def decided(self) -> Decision:
        return decide(
            now=self.now,
            door=self.door,
            presentation=self.presentation,
            credential=self.credential,
            device=self.device,
            inside=self.inside,
        )

    def reason(self) -> Reason:
        return self.decided().reason


def shown(credential: int = 11, device: int = 12, reached: Assurance = Assurance.CODE) -> Presentation:
    contents = LiveContents(credential, device, 13, 0, TUESDAY_TEN, 14)
    return Presentation(OpenedCode("live", contents, TUESDAY_TEN, 7), reached)


def proven(minutes: int | None = None, *, challenged: bool = True) -> Presentation:
    """Pass + proof, its phone unlocked `minutes` before the proof."""
    contents = LiveContents(11, 12, 13, unlock_flags(minutes), TUESDAY_TEN, 1 << 32)
    reached = Assurance.CODE if minutes is None else Assurance.CODE_UNLOCK
    return Presentation(OpenedCode("pass", contents, TUESDAY_TEN, 7, challenged), reached)


def on_paper(second: SecondFactor = SecondFactor.GOOD) -> Presentation:
    """A day pass, and what was given beside it."""
    begins = TUESDAY_TEN - 3600
    contents = LiveContents(11, 0, 13, 0, begins, 77)
    return Presentation(OpenedCode("day_pass", contents, begins, 7), Assurance.CODE, second)


GOOD = Situation(
    now=TUESDAY_TEN,
    door=DoorPolicy(
        access_point=21,
        door=22,
        area=23,
        site_zone=BERLIN,
        special_days=frozenset({date(2026, 12, 25).toordinal()}),
        mode="normal",
        unlock_schedule=None,
        area_lockdown=False,
        assurance=Assurance.CODE,
        levels={31: (OFFICE_HOURS,)},
    ),
    presentation=shown(),
    credential=CredentialFacts(
        11,
        "ACTIVE",
        "ACTIVE",
        "EMPLOYEE",
        TUESDAY_TEN - 1000,
        TUESDAY_TEN + 1000,
        13,
        (GrantFacts(31),),
        True,
    ),
    device=DeviceFacts(12, "ACTIVE", 11),
)


def with_door(situation: Situation, **changes: Any) -> Situation:
    return replace(situation, door=replace(situation.door, **changes))


def with_credential(situation: Situation, **changes: Any) -> Situation:
    if situation.credential is None:
        return situation
    return replace(situation, credential=situation.credential._replace(**changes))


def with_device(situation: Situation, **changes: Any) -> Situation:
    return replace(situation, device=situation.device._replace(**changes)) if situation.device else situation


def needing(situation: Situation, least: Assurance) -> Situation:
    """At a door that asks for no less than `least`."""
    return with_door(situation, assurance=max(least, situation.door.assurance))


HARD = Watch(enters=True, passback="hard", seconds=0, capacity=None)
ROOM_FOR_TWO = Watch(enters=True, passback="off", seconds=0, capacity=2)

# Each takes something away or forbids something; none may ever make a refusal a grant.
FAULTS: dict[str, tuple[Reason, Callable[[Situation], Situation]]] = {
    "no such credential": (Reason.UNKNOWN_CREDENTIAL, lambda s: replace(s, credential=None)),
    "another credential": (Reason.UNKNOWN_CREDENTIAL, lambda s: with_credential(s, handle=99)),
    "revoked": (Reason.CREDENTIAL_REVOKED, lambda s: with_credential(s, state="REVOKED")),
    "lost": (Reason.CREDENTIAL_REVOKED, lambda s: with_credential(s, state="LOST")),
    "no such phone": (Reason.DEVICE_REVOKED, lambda s: replace(s, device=None)),
    "phone revoked": (Reason.DEVICE_REVOKED, lambda s: with_device(s, state="REVOKED")),
    "phone not vouched for": (Reason.DEVICE_REVOKED, lambda s: with_device(s, state="AWAITING")),
    "another's phone": (Reason.DEVICE_REVOKED, lambda s: with_device(s, credential=99)),
    "phone of nobody": (Reason.DEVICE_REVOKED, lambda s: with_device(s, credential=None)),
    "suspended": (Reason.CREDENTIAL_SUSPENDED, lambda s: with_credential(s, state="SUSPENDED")),
    "not yet issued": (Reason.CREDENTIAL_SUSPENDED, lambda s: with_credential(s, state="ISSUED")),
    "an unknown state": (Reason.CREDENTIAL_SUSPENDED, lambda s: with_credential(s, state="active")),
    "validity over": (Reason.CREDENTIAL_SUSPENDED, lambda s: with_credential(s, valid_until=s.now)),
    "validity to come": (Reason.CREDENTIAL_SUSPENDED, lambda s: with_credential(s, valid_from=s.now + 1)),
    "holder left": (Reason.HOLDER_INACTIVE, lambda s: with_credential(s, holder_state="OFFBOARDED")),
    "holder suspended": (Reason.HOLDER_INACTIVE, lambda s: with_credential(s, holder_state="SUSPENDED")),
    "door lockdown": (Reason.LOCKDOWN, lambda s: with_door(s, mode="lockdown")),
    "area lockdown": (Reason.LOCKDOWN, lambda s: with_door(s, area_lockdown=True)),
    "an unknown mode": (Reason.LOCKDOWN, lambda s: with_door(s, mode="open")),
    "no grant": (Reason.NOT_ALLOWED_HERE, lambda s: with_credential(s, grants=())),
    "a grant for elsewhere": (
        Reason.NOT_ALLOWED_HERE,
        lambda s: with_credential(s, grants=(GrantFacts(99),)),
    ),
    "a grant that is over": (
        Reason.NOT_ALLOWED_HERE,
        lambda s: with_credential(s, grants=(GrantFacts(31, None, s.now),)),
    ),
    "a grant to come": (
        Reason.NOT_ALLOWED_HERE,
        lambda s: with_credential(s, grants=(GrantFacts(31, s.now + 1, None),)),
    ),
    "no hours": (
        Reason.OUTSIDE_SCHEDULE,
        lambda s: with_door(s, levels=dict.fromkeys(s.door.levels, (NEVER,))),
    ),
    "no schedules": (
        Reason.OUTSIDE_SCHEDULE,
        lambda s: with_door(s, levels=dict.fromkeys(s.door.levels, ())),
    ),
    "a zone that is none": (Reason.OUTSIDE_SCHEDULE, lambda s: with_door(s, site_zone="Mars/Olympus")),
    "shows a number": (Reason.WRONG_DOOR, lambda s: with_door(s, challenge=True)),
    "is inside already": (
        Reason.PASSBACK,
        lambda s: replace(s, door=replace(s.door, watch=HARD), inside=Inside(s.now - 9, 1)),
    ),
    "is full": (
        Reason.AREA_FULL,
        lambda s: replace(s, door=replace(s.door, watch=ROOM_FOR_TWO), inside=Inside(None, 2)),
    ),
    "needs an unlock": (Reason.ASSURANCE_TOO_LOW, lambda s: needing(s, Assurance.CODE_UNLOCK)),
    "needs a fresh unlock": (
        Reason.ASSURANCE_TOO_LOW,
        lambda s: with_door(needing(s, Assurance.CODE_UNLOCK), unlock_age=-1),
    ),
    "has not agreed to a face": (
        Reason.CONSENT_MISSING,
        lambda s: with_credential(needing(s, Assurance.CODE_FACE), face_consent=False),
    ),
    "needs a face": (Reason.FACE_REQUIRED, lambda s: needing(s, Assurance.CODE_FACE)),
}

_minutes = st.integers(0, 1439)
intervals = (
    st.tuples(st.integers(0, 6), _minutes, st.integers(0, 1440))
    .filter(lambda one: one[1] != one[2])
    .map(lambda one: Interval(*one))
)
schedules = st.builds(
    Schedule,
    id=st.integers(1, 99),
    intervals=st.lists(intervals, max_size=6).map(tuple),
    on_special=st.lists(
        st.tuples(_minutes, st.integers(0, 1440)).filter(lambda one: one[0] != one[1]), max_size=3
    ).map(tuple),
    closed_on_special=st.booleans(),
)
zones = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "Mars/Olympus"]
)
moments = st.integers(1_700_000_000, 1_900_000_000)
watches = st.builds(
    Watch,
    enters=st.booleans(),
    passback=st.sampled_from(["off", "soft", "hard", "timed", 'x"y\\é']),
    seconds=st.sampled_from([0, 60, 3600]),
    capacity=st.sampled_from([None, 0, 1, 3]),
)
_maybe_moment = st.one_of(st.none(), moments)


@st.composite
def presentations(draw: st.DrawFn, now: int) -> Presentation:
    """A code of any kind, shown near `now`."""
    at = now - draw(st.integers(0, 60))
    flags = unlock_flags(draw(st.one_of(st.none(), st.integers(0, 127))))
    opened = draw(
        st.sampled_from(
            [
                OpenedCode("live", LiveContents(11, 12, 13, flags, at, 14), at, 7),
                OpenedCode("pass", LiveContents(11, 12, 13, flags, at, 1 << 32), at, 7, challenged=True),
                OpenedCode("pass", LiveContents(11, 12, 13, flags, at, 1 << 32), at, 7),
                OpenedCode("day_pass", LiveContents(11, 0, 13, 0, at, 77), at, 7),
            ]
        )
    )
    return Presentation(opened, draw(st.sampled_from(Assurance)), draw(st.sampled_from(SecondFactor)))


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Any situation, mostly near enough to a good one to be granted now and then."""
    now = draw(moments)
    today = now // 86_400 + date(1970, 1, 1).toordinal()
    levels = draw(st.dictionaries(st.integers(1, 4), st.lists(schedules, max_size=2).map(tuple), max_size=4))
    door = DoorPolicy(
        access_point=draw(st.integers(1, 9)),
        door=1,
        area=1,
        site_zone=draw(zones),
        special_days=draw(st.frozensets(st.integers(today - 2, today + 2), max_size=3)),
        mode=draw(st.sampled_from(["normal", "normal", "unlocked_by_schedule", "lockdown", "?"])),
        unlock_schedule=draw(st.one_of(st.none(), schedules)),
        area_lockdown=draw(st.sampled_from([False, False, False, True])),
        assurance=draw(st.sampled_from(Assurance)),
        levels=levels,
        unlock_age=draw(st.sampled_from([None, None, 0, 300, 3600])),
        challenge=draw(st.sampled_from([False, False, True])),
        watch=draw(st.one_of(st.none(), watches)),
    )
    grants = st.builds(GrantFacts, st.integers(1, 5), _maybe_moment, _maybe_moment)
    credential = CredentialFacts(
        handle=11,
        state=draw(st.sampled_from(["ACTIVE"] * 5 + ["SUSPENDED", "REVOKED", "LOST", "ISSUED", 'x"y\\é'])),
        holder_state=draw(st.sampled_from(["ACTIVE"] * 5 + ["SUSPENDED", "OFFBOARDED"])),
        holder_kind=draw(st.sampled_from(["EMPLOYEE", "VISITOR"])),
        valid_from=draw(_maybe_moment),
        valid_until=draw(_maybe_moment),
        profile=3,
        grants=draw(st.lists(grants, max_size=4).map(tuple)),
        face_consent=draw(st.sampled_from([True, False, None])),
    )
    device = DeviceFacts(12, draw(st.sampled_from(["ACTIVE"] * 5 + ["REVOKED"])), 11)
    return Situation(
        now=now,
        door=door,
        presentation=draw(presentations(now)),
        credential=draw(st.sampled_from([credential] * 5 + [None])),
        device=draw(st.sampled_from([device] * 5 + [None])),
        inside=Inside(draw(st.one_of(st.none(), st.integers(now - 4000, now + 9))), draw(st.integers(0, 4))),
    )
