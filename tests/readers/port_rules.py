"""Generated situations for the page's port of the rules, each with what the original says of it.

The seed is fixed, so that a failure comes again; `PORT_SEED` asks for other cases.
"""

import os
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from sallyport.codes import LiveContents, OpenedCode, unlock_flags
from sallyport.offline.bundle import door_fields
from sallyport.rules import (
    Assurance,
    CredentialFacts,
    DeviceFacts,
    DoorPolicy,
    GrantFacts,
    Inside,
    Interval,
    OfflineRule,
    Presentation,
    Schedule,
    SecondFactor,
    Watch,
    decide,
)

SEED = int(os.environ.get("PORT_SEED", "4"))
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "UTC",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Apia",
    "US/Eastern",
    "Etc/GMT+5",
    "Mars/Olympus",
    "europe/berlin",
    "+01:00",
    "Zürich",
)
MOMENTS = (1_700_000_000, 1_900_000_000)
# Nights in which clocks are changed, and midnights: where a mistake would be.
EDGES = (1_774_746_000, 1_792_890_000, 1_793_509_200, 1_798_758_000, 1_772_319_600)
MODES = ("as_online", "as_online", "code", "code_unlock", "refuse", "?")
PASSBACK = ("off", "soft", "hard", "timed", '?"é')
STATES = ("ACTIVE",) * 40 + ("SUSPENDED", "REVOKED", "LOST", "ISSUED", 'x"y\\é\x7f\n😀')
HOLDERS = ("ACTIVE",) * 20 + ("SUSPENDED", "OFFBOARDED")

Case = list[Any]


def _schedule(draw: random.Random) -> Schedule:
    def hours() -> tuple[int, int]:
        start = draw.choice((0, draw.randrange(1440)))
        end = draw.choice((1440, draw.randint(0, 1440)))
        return (start, end) if start != end else (0, 1440)

    days = range(7) if draw.random() < 0.4 else [draw.randrange(7) for _ in range(draw.choice((0, 1, 3, 9)))]
    intervals = tuple(Interval(day, *hours()) for day in days)
    special = tuple(hours() for _ in range(draw.choice((0, 0, 1, 2))))
    return Schedule(draw.randrange(1, 99), intervals, special, draw.random() < 0.2)


def _door(draw: random.Random, today: int) -> DoorPolicy:
    levels = {
        level: tuple(_schedule(draw) for _ in range(draw.choice((0, 1, 1, 2)))) for level in range(1, 4)
    }
    return DoorPolicy(
        access_point=draw.randrange(1, 2**32),
        door=1,
        area=2,
        site_zone=draw.choice(ZONES[:9]) if draw.random() < 0.9 else draw.choice(ZONES),
        special_days=frozenset(today + draw.randint(-2, 2) for _ in range(draw.choice((0, 0, 1, 3)))),
        mode=draw.choice(("normal",) * 12 + ("unlocked_by_schedule",) * 2 + ("lockdown", "?")),
        unlock_schedule=draw.choice((None, _schedule(draw))),
        area_lockdown=draw.random() < 0.05,
        assurance=draw.choice(tuple(Assurance)),
        levels={level: levels[level] for level in draw.sample(sorted(levels), draw.choice((0, 1, 2, 3, 3)))},
        unlock_age=draw.choice((None, None, 0, 60, 3600)),
        challenge=draw.random() < 0.2,
        watch=_watch(draw),
    )


def _watch(draw: random.Random) -> Watch | None:
    capacity = draw.choice((None, None, 0, 1, 5))
    watch = Watch(draw.random() < 0.8, draw.choice(PASSBACK), draw.choice((0, 60, 3600)), capacity)
    return draw.choice((None, watch))


def _inside(draw: random.Random, now: int) -> Inside:
    since = now - draw.choice((0, 59, 60, 61, draw.randint(-10, 7200)))
    return Inside(draw.choice((None, since)), draw.randint(0, 6))


def _shown(draw: random.Random, now: int) -> Presentation:
    at = now - draw.randint(0, 90)
    flags = unlock_flags(draw.choice((None, 0, 1, draw.randint(0, 127))))
    opened = draw.choice(
        (
            OpenedCode("live", LiveContents(11, 12, 13, flags, at, draw.randrange(2**32)), at, 7),
            OpenedCode("pass", LiveContents(11, 12, 13, flags, at, 1 << 32), at, 7, challenged=True),
            OpenedCode("pass", LiveContents(11, 12, 13, flags, at, 1 << 32), at, 7),
            OpenedCode("day_pass", LiveContents(11, 0, 13, 0, at, 77), at, 7),
        )
    )
    return Presentation(opened, draw.choice(tuple(Assurance)), draw.choice(tuple(SecondFactor)))


def _when(draw: random.Random, now: int) -> int | None:
    near = (now + draw.randint(-1, 1), now + draw.randint(-(10**6), 10**6))
    return draw.choice((None,) * 12 + near)


def _credential(draw: random.Random, now: int) -> CredentialFacts | None:
    if draw.random() < 0.03:
        return None
    grants = tuple(
        GrantFacts(draw.randint(1, 4), _when(draw, now), _when(draw, now))
        for _ in range(draw.choice((0, 1, 2, 3, 3)))
    )
    return CredentialFacts(
        handle=11 if draw.random() < 0.97 else 99,
        state=draw.choice(STATES),
        holder_state=draw.choice(HOLDERS),
        holder_kind=draw.choice(("EMPLOYEE", "VISITOR")),
        valid_from=_when(draw, now),
        valid_until=_when(draw, now),
        profile=13,
        grants=grants,
        face_consent=draw.choice((True, True, False, None)),
    )


def _device(draw: random.Random) -> DeviceFacts | None:
    if draw.random() < 0.03:
        return None
    state = "ACTIVE" if draw.random() < 0.95 else "REVOKED"
    return DeviceFacts(draw.choice((12,) * 60 + (13,)), state, draw.choice((11,) * 60 + (None, 99)))


def _offline(draw: random.Random, now: int) -> OfflineRule | None:
    trust = draw.choice((4, 24, 72)) * 3600
    at = now - draw.choice((0, trust - 1, trust, trust + 1, draw.randint(0, 2 * trust)))
    return draw.choice((None, OfflineRule(draw.choice(MODES), trust, at, draw.randint(15, 60))))


def rule_cases(count: int, seed: int = SEED) -> Iterator[Case]:
    """[now, door, shown, credential, device, offline, inside, [granted, reason, facts]] as JSON values."""
    draw = random.Random(seed)
    about, fields = 0, dict[str, Any]()
    for number in range(count):
        if number % 8 == 0:  # a door sees more than one person
            about = draw.randint(*MOMENTS) if draw.random() < 0.6 else draw.choice(EDGES)
            door = _door(draw, about // 86_400 + date(1970, 1, 1).toordinal())
            fields = door_fields(door)
        now = about + draw.choice((draw.randint(-7300, 7300), draw.randint(-200_000, 200_000)))
        shown, credential, device = _shown(draw, now), _credential(draw, now), _device(draw)
        offline, inside = _offline(draw, now), _inside(draw, now)
        told = decide(
            now=now,
            door=door,
            presentation=shown,
            credential=credential,
            device=device,
            offline=offline,
            inside=inside,
        )
        yield [
            now,
            fields,
            _shown_fields(shown),
            _credential_fields(credential),
            [device.handle, device.state, device.credential] if device else None,
            list(offline) if offline else None,
            list(inside),
            [told.granted, told.reason.value, told.facts_text],
        ]


def _contents(of: LiveContents) -> list[int]:
    return [of.credential, of.device, of.profile, of.flags, of.issued, of.nonce]


def _shown_fields(shown: Presentation) -> Case:
    code = shown.opened
    told = [code.kind, code.key_id, code.challenged, code.unlocked_at, _contents(code.contents)]
    return [*told, int(shown.reached), shown.second.value]


def _credential_fields(credential: CredentialFacts | None) -> Case | None:
    if credential is None:
        return None
    one = credential
    grants = [[grant.level, grant.valid_from, grant.valid_until] for grant in one.grants]
    states = [one.state, one.holder_state, one.holder_kind]
    return [one.handle, *states, one.valid_from, one.valid_until, one.profile, grants, one.face_consent]
