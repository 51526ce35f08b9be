"""What a verification of a face costs beside the engine alone, how long a door waits, and what too many do.

`python -m bench.face`: one JSON line each for "overhead", "door", "capacity" and "overload"; exits with 1
where a bar is missed. A frame is a photograph in the public domain, 640 x 480 as JPEG, the face some 200
pixels wide: one person, one light, no camera. A verification is what the last frame of a capture costs: it is
handed to the pool and seen, handed over again and measured (`biometrics.watching.watch`; an engine process
opens it each time), and compared with an enrolled vector. "look" is the same in one question, as at a desk.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from PIL import Image

from bench.proc import cpu
from biometrics.engine.choice import Choice
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import FaceEngine, Vector, unit
from biometrics.engine.loading import load
from biometrics.engine.looking import Want
from biometrics.engine.pictures import open_picture
from biometrics.engine.pool import DEADLINE_S, Pool, cores
from biometrics.engine.quality import Quality
from biometrics.engine.thresholds import Strictness, matches
from biometrics.liveness.adapter import Arrived
from biometrics.liveness.observations import Observation
from biometrics.watching import Seen, watch

OVERHEAD_BAR, DOOR_BAR_MS, LATE_BAR_MS = 1.10, 1000.0, DEADLINE_S * 1000 + 100
PATIENCE = 30.0  # seconds: the deadline where waiting is not what is measured


def frame() -> bytes:
    """640 x 480, as a camera's JPEG."""
    spec = find_spec("skimage")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("scikit-image is missing: run `make setup-dev`")
    with Image.open(Path(spec.submodule_search_locations[0]) / "data" / "astronaut.png") as whole:
        face = whole.convert("RGB").crop((60, 0, 380, 240)).resize((640, 480), Image.Resampling.BICUBIC)
    out = BytesIO()
    face.save(out, "JPEG", quality=85)
    return out.getvalue()


FRAME = frame()
# Whoever waits for a frame has a thread for it, as in the web process; so many at a time are never under way.
THREADS = ThreadPoolExecutor(100)


def counts(seen: Observation, quality: Quality | None) -> bool:
    """As for the last frame of a capture: it is measured."""
    return True


def watched(pool: Pool) -> Seen:
    """The frame, seen and measured."""
    return watch(pool, Arrived(FRAME, 0, 0.0), counts)


async def verify(pool: Pool) -> Seen:
    """The same for an event loop. Raises FaceRefused."""
    return await asyncio.get_running_loop().run_in_executor(THREADS, watched, pool)


def p95(values: list[float]) -> float:
    """Of a hundred, the 95th."""
    return sorted(values)[int(len(values) * 0.95)]


def tell(bench: str, value: float, unit: str, **more: object) -> None:
    """One JSON line."""
    print(json.dumps({"bench": bench, "value": round(value, 2), "unit": unit, **more}), flush=True)


@dataclass
class Spent:
    """Milliseconds of CPU and wall, call by call."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def call(self, work: Callable[[], object], pids: list[int]) -> None:
        """Do it once; `pids` are other processes that work for it."""
        own, others, began = time.process_time(), cpu(pids), time.perf_counter()
        work()
        self.wall.append((time.perf_counter() - began) * 1000)
        self.cpu.append((time.process_time() - own + cpu(pids) - others) * 1000)

    def middle(self) -> tuple[float, float]:
        """Medians of both."""
        return statistics.median(self.cpu), statistics.median(self.wall)


def overhead(engine: FaceEngine, enrolled: Vector, calls: int) -> bool:
    """A verification through the pool against detect and embed on the opened picture, in alternation."""
    rgb = open_picture(FRAME)
    (face,) = engine.detect(rgb)
    whole, once, alone, finding, measuring = Spent(), Spent(), Spent(), Spent(), Spent()
    with Pool(Choice(), lanes=1, deadline=PATIENCE) as pool:
        pool.ready(PATIENCE)
        pids = pool.pids()
        for _ in range(calls):
            whole.call(lambda: verified(enrolled, pool, engine), pids)
            once.call(lambda: pool.look_now(FRAME, Want.VECTOR), pids)
            alone.call(lambda: engine.embed(rgb, engine.detect(rgb)[0]), [])
            finding.call(lambda: engine.detect(rgb), [])
            measuring.call(lambda: engine.embed(rgb, face), [])
    (value, wall), (baseline, baseline_wall) = whole.middle(), alone.middle()
    ratio = value / baseline
    more = {
        "baseline": round(baseline, 2),
        "ratio": round(ratio, 3),
        "wall": round(wall, 2),
        "baseline_wall": round(baseline_wall, 2),
        "wall_ratio": round(wall / baseline_wall, 3),
        "look": [round(one, 2) for one in once.middle()],
        "look_ratio": round(once.middle()[0] / baseline, 3),
        "detect": [round(one, 2) for one in finding.middle()],
        "embed": [round(one, 2) for one in measuring.middle()],
        "calls": calls,
        "bar": OVERHEAD_BAR,
        "met": ratio <= OVERHEAD_BAR,
    }
    tell("overhead", value, "ms of CPU", **more)
    return ratio <= OVERHEAD_BAR


def verified(enrolled: Vector, pool: Pool, engine: FaceEngine) -> None:
    """One verification. Raises ValueError where the right face is refused."""
    vector = watched(pool).observation.embedding
    if vector is None or not matches(
        enrolled, unit(vector), model=engine.model, strictness=Strictness.STANDARD
    ):
        raise ValueError("not what is to be measured")


async def doors(pool: Pool, count: int, frames: int) -> list[float]:
    """Milliseconds from the last frame to the vector, at so many doors that each ask one after the other."""
    took: list[float] = []

    async def door() -> None:
        for _ in range(frames):
            began = time.perf_counter()
            await verify(pool)
            took.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(door() for _ in range(count)))
    return took


def looks(lanes: int, frames: int) -> float:
    """The engine's part of a door's time: p95 with so many lanes and doors."""
    with Pool(Choice(), lanes=lanes, deadline=PATIENCE) as pool:
        pool.ready(PATIENCE)
        return p95(asyncio.run(doors(pool, lanes, frames)))


def door(lanes: int, frames: int) -> bool:
    """From the last frame to the signed verdict: one lane and door, and a lane per core and as many doors."""
    found = {}
    for count in dict.fromkeys((1, lanes)):
        words = [sys.executable, "-m", "bench.face_door", "--lanes", str(count), "--frames", str(frames)]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
        found[count] = json.loads(done.stdout.splitlines()[-1])
    value = found[lanes]["p95"]
    more = {
        "median": found[lanes]["median"],
        "lanes": lanes,
        "one_lane_p95": found[1]["p95"],
        "one_lane_median": found[1]["median"],
        "engine_p95": round(looks(lanes, frames), 2),
        "verdicts": found[lanes]["verdicts"],
        "busy": found[lanes]["busy"] + found[1]["busy"],
        "bar": DOOR_BAR_MS,
        "met": value <= DOOR_BAR_MS,
    }
    tell("door", value, "ms", **more)
    return bool(value <= DOOR_BAR_MS)


def memory(pid: int) -> dict[str, float]:
    """MiB of a process: all that it maps and has touched, and what it shares with nobody."""
    found = {"Rss": 0.0, "Private_Clean": 0.0, "Private_Dirty": 0.0}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in found:
            found[name] = int(rest.split()[0]) / 1024
    own = found["Private_Clean"] + found["Private_Dirty"]
    return {"resident": round(found["Rss"], 1), "own": round(own, 1)}


async def busy(pool: Pool, at_once: int, seconds: float) -> int:
    """Verifications that were done while so many were always under way."""
    end, done = time.monotonic() + seconds, 0

    async def ask() -> None:
        nonlocal done
        while time.monotonic() < end:
            await verify(pool)
            done += 1

    await asyncio.gather(*(ask() for _ in range(at_once)))
    return done


def capacity(lanes: int, seconds: float) -> float:
    """Verifications a second with a lane per core, and what a process takes."""
    with Pool(Choice(), lanes=lanes, deadline=PATIENCE) as pool:
        pool.ready(PATIENCE)
        before, began = cpu(pool.pids()), time.perf_counter()
        done = asyncio.run(busy(pool, 2 * lanes, seconds))
        took = time.perf_counter() - began
        used = (cpu(pool.pids()) - before) / (took * lanes)
        sizes = [memory(pid) for pid in pool.pids()]
    rate = done / took
    more = {
        "per_core": round(rate / lanes, 2),
        "lanes": lanes,
        "cores_given": round(used, 2),  # what other work on the machine left of each
        "memory_mib": sizes,
    }
    tell("capacity", rate, "verifications/s", **more)
    return rate


@dataclass
class Answers:
    """How many of each, and after how many milliseconds."""

    took: dict[str, list[float]] = field(default_factory=dict)

    async def note(self, work: Callable[[], Awaitable[object]]) -> None:
        """Ask and note what came."""
        began, name = time.perf_counter(), "answered"
        try:
            await work()
        except FaceRefused as refused:
            name = refused.code.value
        self.took.setdefault(name, []).append((time.perf_counter() - began) * 1000)


async def flood(pool: Pool, rate: float, seconds: float) -> Answers:
    """Frames that come whether or not the ones before were answered, at an even pace."""
    answers, asked, began = Answers(), [], time.perf_counter()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        asked.append(asyncio.create_task(answers.note(lambda: verify(pool))))
    await asyncio.gather(*asked)
    return answers


def overload(lanes: int, rate: float, seconds: float) -> bool:
    """Twice as many as can be done: a bounded wait, then `face_busy` at once, and no hanging."""
    with Pool(Choice(), lanes=lanes) as pool:
        pool.ready(PATIENCE)
        took = asyncio.run(flood(pool, 2 * rate, seconds)).took
    counts = Counter({name: len(values) for name, values in took.items()})
    refused = took.get(FaceCode.FACE_BUSY.value, [])
    answered = took.get("answered", [])
    longest = max(max(values) for values in took.values())
    met = bool(refused and answered) and longest <= LATE_BAR_MS and p95(refused) <= 50
    more = {
        "asked_per_s": round(2 * rate, 2),
        "answered_per_s": round(len(answered) / seconds, 2),
        "answered_p95": round(p95(answered), 2) if answered else None,
        "busy_p95": round(p95(refused), 2) if refused else None,
        "counts": dict(counts),
        "bar": LATE_BAR_MS,
        "met": met,
    }
    tell("overload", longest, "ms, the longest wait for any answer", **more)
    return met


def main() -> int:
    """All four, one after the other."""
    options = argparse.ArgumentParser()
    options.add_argument("--lanes", type=int, default=cores())
    options.add_argument("--calls", type=int, default=60)
    options.add_argument("--seconds", type=float, default=10.0)
    told = options.parse_args()
    engine = load(Choice())
    rgb = open_picture(FRAME)
    enrolled = engine.embed(rgb, engine.detect(rgb)[0])
    good = [overhead(engine, enrolled, told.calls), door(told.lanes, told.calls)]
    rate = capacity(told.lanes, told.seconds)
    return 0 if all([*good, overload(told.lanes, rate, told.seconds)]) else 1


if __name__ == "__main__":
    sys.exit(main())
