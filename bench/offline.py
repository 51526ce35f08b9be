"""A reader that is cut off: from a text that was seen to a driven door, its journal's entry synced before.

`python -m bench.offline`: one JSON line "offline" (wall time, p95 in ms, the journal's commit apart) and one
"alone" (CPU of opening and rules against the raw signature, in alternation); exits with 1 where a bar is
missed. The journal lies in `var/`, on the checkout's own disk, or in a folder named as argument.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import FileIO
from itertools import count
from pathlib import Path
from typing import Final

from nacl.bindings import crypto_sign_open

from bench.rounds import compare, tell
from edge.caller import Caller
from edge.chores import BUDGET
from edge.clock import Clock, wall_ms
from edge.decide import Decider, Parts, Trouble
from edge.disk import Disk
from edge.door import SimulatedDoor
from edge.encoding import b64
from edge.holding import Holding
from edge.identity import Identity
from edge.journal import Journal, Presented
from edge.ownkey import OwnKey
from edge.reach import Reach
from edge.store import Store
from sallyport.codes import LiveContents, MintingKeys, mint_live, unlock_flags
from sallyport.key_list import KeyEntry, bundle_key_bytes
from sallyport.keys import Ed25519Signer
from sallyport.offline import Bundle, Gone, JournalEntry, Judge, bundle_bytes
from sallyport.offline.deciding import Alone
from sallyport.rules import Assurance, DoorPolicy, Interval, Schedule

BAR_MS, RATIO_BAR = 10.0, 1.3
PRESENTED, WARM = 600, 50
READER, POINT, LEVEL, PROFILE = 3, 5, 31, 13
COMPANY, SEAL, SEED = os.urandom(16), os.urandom(64), os.urandom(32)
MINTING = MintingKeys(7, COMPANY, SEAL, SEED)
ANSWER, BUNDLING = Ed25519Signer.generate(), Ed25519Signer.generate()
OFFICE: Final = Schedule(5, tuple(Interval(day, 0, 1440) for day in range(7)))
NONCES = count(1)


class Timed(Journal):
    """A journal that notes how long each entry took to get to the disk."""

    took: list[float] = []

    def append(
        self, shown: Presented, alone: Alone, point: tuple[int, int], floor_ms: int = 0
    ) -> JournalEntry:
        """The same."""
        began = time.perf_counter()
        entry = super().append(shown, alone, point, floor_ms)
        self.took.append((time.perf_counter() - began) * 1000)
        return entry


def code() -> str:
    """A fresh live code."""
    contents = LiveContents(2_000_000, 12, PROFILE, unlock_flags(None), int(time.time()), next(NONCES))
    return mint_live(contents, MINTING)


def bundle(life: int = 30) -> Bundle:
    """A firm with 40 profiles, and 10,000 revoked of a million."""
    door = DoorPolicy(
        access_point=POINT,
        door=1,
        area=1,
        site_zone="Europe/Berlin",
        special_days=frozenset(),
        mode="normal",
        unlock_schedule=None,
        area_lockdown=False,
        assurance=Assurance.CODE,
        levels={level: (OFFICE,) for level in range(LEVEL, LEVEL + 20)},
        unlock_age=None,
        challenge=False,
    )
    return Bundle(
        company=COMPANY,
        reader=READER,
        number=1,
        at_ms=wall_ms(),
        epoch=1,
        seq=40,
        door=door,
        profiles={profile: (LEVEL, LEVEL + 1) for profile in range(1, 41)},
        gone=Gone(revoked=frozenset(range(1, 1_000_000, 100))),
        mode="as_online",
        trust=86_400,
        life=life,
        pulse_ms=5_000,
        keys=(KeyEntry(7, SEAL, MINTING.verify_key, 0, None),),
    )


def signed(one: Bundle) -> dict[str, str]:
    """As the server answers it."""
    data = bundle_bytes(one)
    vouched = bundle_key_bytes(company=COMPANY, bundle_key=BUNDLING.public.raw)
    return {
        "bundle": b64(data),
        "sig": b64(BUNDLING.sign(data)),
        "bundle_key": b64(BUNDLING.public.raw),
        "bundle_sig": b64(ANSWER.sign(vouched)),
    }


def identity() -> Identity:
    """Whoever is measured; its server does not exist."""
    key = b64(ANSWER.public.raw)
    return Identity("http://nowhere.invalid", 1, COMPANY.hex(), READER, POINT, "Front", key, key)


@asynccontextmanager
async def deciding(folder: Path, held: Bundle) -> AsyncIterator[tuple[Decider, Timed]]:
    """A reader that is cut off and holds a bundle, with its journal."""
    who, key, store, disk = identity(), Ed25519Signer.generate(), Store(folder), Disk()
    clock = Clock(store)
    holding, journal = Holding(store, who, clock), Timed(store, who, key)
    caller, door = Caller(who, OwnKey(key), now_ms=clock.now_ms), SimulatedDoor(folder / "door.log")
    holding.take_bundle(signed(held))
    reach = Reach(clock, keep=lambda at_ms: None)
    parts = Parts(store, journal, holding, clock, caller, reach, door, disk, Trouble())
    try:
        yield Decider(parts, granted=lambda counter, pulse: None, driven=_nothing, budget=BUDGET), journal
    finally:
        await caller.close()
        await door.close()
        disk.close()
        store.close()


async def decisions(folder: Path) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of each decision with its door, of each journal's commit, and of a bare write that is
    synced to the same disk in between.
    """
    took, bare = [], []
    with (folder / "bare").open("wb", buffering=0) as file:
        async with deciding(folder, bundle()) as (decider, journal):
            for _ in range(PRESENTED + WARM):
                took.append(await opened(decider.present, code()))
                bare.append(synced(file))
    return took[WARM:], journal.took[WARM:], bare[WARM:]


def synced(file: FileIO) -> float:
    """Milliseconds to append four KiB and have them on the disk."""
    began = time.perf_counter()
    file.write(bytes(4096))
    os.fdatasync(file.fileno())
    return (time.perf_counter() - began) * 1000


async def opened(present: Callable[[str], Awaitable[object]], shown: str) -> float:
    """Milliseconds from a text to a door that was driven. Raises ValueError where it was not."""
    began = time.perf_counter()
    outcome = await present(shown)
    took = (time.perf_counter() - began) * 1000
    if "granted=True" not in repr(outcome) or "opened=True" not in repr(outcome):
        raise ValueError(f"not what is to be measured: {outcome}")
    return took


async def _nothing(counter: int, opened: bool) -> None:
    return


def p95(values: list[float]) -> float:
    """Of a hundred, the 95th."""
    return sorted(values)[int(len(values) * 0.95)]


def durable(folder: Path) -> bool:
    """A decision, its entry on the disk, a driven door."""
    took, commits, bare = asyncio.run(decisions(folder))
    figures = {
        "bench": "offline",
        "value": round(p95(took), 2),
        "unit": "ms",
        "median": round(statistics.median(took), 2),
        "commit_median": round(statistics.median(commits), 2),
        "commit_p95": round(p95(commits), 2),
        "rest_p95": round(p95([all_of - commit for all_of, commit in zip(took, commits, strict=True)]), 2),
        "bare_sync_median": round(statistics.median(bare), 2),
        "bare_sync_p95": round(p95(bare), 2),
        "decisions": len(took),
        "bar": BAR_MS,
        "met": p95(took) <= BAR_MS,
    }
    print(json.dumps(figures), flush=True)
    return p95(took) <= BAR_MS


def alone() -> bool:
    """Opening and rules against one raw signature over as many bytes."""
    judge, text, now = Judge(bundle()), code(), int(time.time())
    message = Ed25519Signer(SEED).sign(bytes(63)) + bytes(63)

    def judged() -> object:
        return judge.decide(text, now=now, challenges=(), used=lambda use: False)

    if not judge.decide(text, now=now, challenges=(), used=lambda use: False).decision.granted:
        raise ValueError("the good code does not open")
    value, baseline = compare(judged, lambda: crypto_sign_open(message, MINTING.verify_key))
    met = value <= RATIO_BAR * baseline
    tell("alone", value, baseline, bar=RATIO_BAR, met=met)
    return met


def main() -> int:
    """Both, on a disk that syncs."""
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "var"
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-offline-", dir=place) as folder:
        return 0 if all([durable(Path(folder)), alone()]) else 1


if __name__ == "__main__":
    sys.exit(main())
