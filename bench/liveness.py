"""How often each simulated attack passes a liveness session (APCER), how often a person is refused (BPCER).

`python -m bench.liveness` with FACES=../shared/faces, or any folder with images/<person>/<file>.jpg. ISO/IEC
30107-3 in its terms; everything here is synthetic: persons and attacks are drawn from photographs (see
bench/liveness_scene.py and docs/liveness.md), so the figures say what the rules do, not what a camera sees.
The photographs stay where they are; nothing is written.

A line per kind and plan: "apcer" with the share that passed, how many of how many, the one-sided 95 % bound
and why the others failed; "bpcer" the same for persons. Then "liveness": whether the bars hold. Exits with 1
where they do not: none of replay, injection and swap passes, and at most 5 % of prints.
"""

import argparse
import json
import os
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import comb
from pathlib import Path

import cv2
import numpy as np

from bench import liveness_actors as actors
from bench.in_process import InProcess
from bench.liveness_actors import Actor, Dice, Recorded
from bench.liveness_scene import Picture, Subject, decoded
from biometrics.engine.dlib_engine import DlibEngine
from biometrics.engine.interface import FaceEngine
from biometrics.engine.quality import Quality
from biometrics.liveness.adapter import Arrived
from biometrics.liveness.marks import Mark
from biometrics.liveness.observations import Observation
from biometrics.liveness.session import Ticket, accept, begin, expire, wanted_shape, wants_embedding
from biometrics.liveness.state import Binding, Phase, Session
from biometrics.liveness.steps import Course, Plan
from biometrics.watching import watch

PLANS = {
    "full": Plan(Course.FULL),
    "full, no flash": Plan(Course.FULL, flash=False),
    "door": Plan(Course.DOOR),
}
BARS = {
    "replay": 0.0,
    "replay_anew": 0.0,
    "injection": 0.0,
    "injection_picked": 0.0,
    "swap": 0.0,
    "print": 0.05,
    "print_bent": 0.05,
}
HALVES = {"even": slice(0, None, 2), "odd": slice(1, None, 2), "both": slice(None)}
PERSON = Binding("bench", "holder", "device", "consent")
INTERVAL, LATENCY = (0.17, 0.23), (0.05, 0.11)
LONGEST_FILM = 80


@dataclass
class Stage:
    """The engine and the people."""

    engine: FaceEngine
    people: list[Subject]
    seed: int
    recorded: dict[tuple[str, str, int], tuple[Session, list[Recorded]]] = field(default_factory=dict)

    def dice(self, *words: object) -> Dice:
        return np.random.default_rng([self.seed, zlib.crc32(repr(words).encode())])


def people(folder: Path, engine: FaceEngine, most: int) -> Iterator[Subject]:
    """One photograph of each person: the one whose face looks most straight ahead."""
    for person in sorted((folder / "images").iterdir())[:most]:
        read = (decoded(file.read_bytes()) for file in sorted(person.glob("*.jpg")))
        found = [one for photograph in read if (one := seen_on(person.name, photograph, engine))]
        if found:
            yield min(found, key=lambda one: one[0])[1]


def seen_on(name: str, photograph: Picture, engine: FaceEngine) -> tuple[float, Subject] | None:
    """The person on a photograph, and how far the nose lies aside; None unless there is exactly one face."""
    faces = engine.detect(photograph)
    if len(faces) != 1:
        return None
    points = np.asarray(faces[0].landmarks, dtype=np.float64)
    axis, middle = points[0] - points[2], (points[0] + points[2]) / 2
    aside = abs(float((points[4] - points[2]) @ axis / (axis @ axis)) - 0.5)
    at = (float(middle[0]), float(middle[1]))
    tilt = float(np.arctan2(axis[1], axis[0]))
    return aside, Subject(name, photograph, at, float(np.hypot(*axis)), tilt)


def play(
    stage: Stage, plan: Plan, actor: Actor, dice: Dice, history: Sequence[Mark] = ()
) -> tuple[Session, list[Recorded]]:
    """One session to its end, with the frames that were shown."""
    session = begin(PERSON, plan, now=0.0, session_id="bench", draw=lambda below: int(dice.integers(below)))
    ticket = Ticket(session.id, session.nonce, PERSON)
    film: list[Recorded] = []
    taken, shown = 0.0, session.step
    assert shown is not None
    actor.told(shown, 0.0)
    while session.phase is Phase.RUNNING:
        taken += dice.uniform(*INTERVAL)
        raw, arrives = actor.frame(taken), taken + dice.uniform(*LATENCY)
        film.append(Recorded(raw, shown))
        came = Arrived(raw, len(film) - 1, max(arrives, session.arrived))
        looked = watch(InProcess(stage.engine), came, partial(counts, session), shape=wanted_shape(session))
        seen = looked.observation
        before = session.at
        session = expire(accept(session, ticket, seen, history=history), came.at)
        if session.step is not None and session.at != before:
            shown = session.step
            actor.told(shown, came.at + dice.uniform(0.03, 0.08))
        if len(film) > LONGEST_FILM:
            break
    return session, film


def counts(session: Session, seen: Observation, _: Quality | None) -> bool:
    """Whether the session has use for the face's measure."""
    return wants_embedding(session, seen)


def recorded(stage: Stage, name: str, number: int) -> tuple[Session, list[Recorded]]:
    """A session of this person that passed, for those who replay it; another try where it did not."""
    subject = stage.people[number]
    for again in range(4):
        key = (name, subject.name, again)
        if key not in stage.recorded:
            dice = stage.dice("record", *key)
            stage.recorded[key] = play(stage, PLANS[name], actors.Person(subject, dice), dice)
        if stage.recorded[key][0].phase is Phase.PASSED:
            break
    return stage.recorded[key]


Make = Callable[[Stage, str, int, Dice], tuple[Actor, Sequence[Mark]]]


def _alone(kind: Callable[[Subject, Dice], Actor]) -> Make:
    return lambda stage, name, number, dice: (kind(stage.people[number], dice), ())


def _with_other(kind: Callable[[Subject, Dice, Subject], Actor]) -> Make:
    def make(stage: Stage, name: str, number: int, dice: Dice) -> tuple[Actor, Sequence[Mark]]:
        other = stage.people[(number + 1 + int(dice.integers(len(stage.people) - 1))) % len(stage.people)]
        return kind(stage.people[number], dice, other), ()

    return make


def _swap(stage: Stage, name: str, number: int, dice: Dice) -> tuple[Actor, Sequence[Mark]]:
    kind = actors.SwappedAtDoor if PLANS[name].course is Course.DOOR else actors.Swapped
    return _with_other(kind)(stage, name, number, dice)


def _film(kind: Callable[[Sequence[Recorded], Dice], Actor], *, known: bool) -> Make:
    """From a session that passed. `known`: the server has seen it, and holds its marks."""

    def make(stage: Stage, name: str, number: int, dice: Dice) -> tuple[Actor, Sequence[Mark]]:
        session, film = recorded(stage, name, number)
        return kind(film, dice), session.marks if known else ()

    return make


def _replayed(*, anew: bool) -> Callable[[Sequence[Recorded], Dice], Actor]:
    return lambda film, dice: actors.Replayed(film, dice, anew=anew)


def _injected(*, picked: bool) -> Callable[[Sequence[Recorded], Dice], Actor]:
    return lambda film, dice: actors.Injected(film, dice, picked=picked)


# "aside": filmed by the attacker, never sent to the server, so that nobody knows the frames.
ATTACKS: dict[str, Make] = {
    "print": _alone(actors.Print),
    "print_bent": _alone(actors.BentPrint),
    "cut_out_eyes": _with_other(actors.CutOut),
    "replay": _film(_replayed(anew=False), known=True),
    "replay_anew": _film(_replayed(anew=True), known=True),
    "replay_aside": _film(_replayed(anew=True), known=False),
    "injection": _film(_injected(picked=False), known=True),
    "injection_picked": _film(_injected(picked=True), known=True),
    "injection_picked_aside": _film(_injected(picked=True), known=False),
    "swap": _swap,
    "wrong_colours": _alone(actors.WrongColours),
    "recapture": _alone(actors.Recaptured),
}


def upper(passed: int, of: int) -> float:
    """The one-sided 95 % bound of a share (Clopper and Pearson)."""
    if passed >= of:
        return 1.0
    low, high = passed / of, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        tail = sum(comb(of, k) * middle**k * (1 - middle) ** (of - k) for k in range(passed + 1))
        low, high = (middle, high) if tail > 0.05 else (low, middle)
    return high


def measure(stage: Stage, kind: str, name: str, rounds: int) -> tuple[int, int]:
    """Play a kind with every person; tell a line. Returns passed and of."""
    make = ATTACKS.get(kind, _alone(actors.Person))
    why: Counter[str] = Counter()
    seconds: list[float] = []
    for number in range(len(stage.people)):
        for again in range(rounds):
            dice = stage.dice(kind, name, number, again)
            actor, history = make(stage, name, number, dice)
            session, _ = play(stage, PLANS[name], actor, dice, history)
            why[session.kind.value if session.kind else "passed"] += 1
            if session.phase is Phase.PASSED:
                seconds.append(session.arrived)
    of, passed = sum(why.values()), why.pop("passed", 0)
    counted = passed if kind in ATTACKS else of - passed
    told: dict[str, object] = {"bench": "apcer" if kind in ATTACKS else "bpcer", "kind": kind, "plan": name}
    told |= {
        "value": round(counted / of, 4),
        "count": counted,
        "of": of,
        "upper95": round(upper(counted, of), 4),
    }
    told |= {"why": dict(why.most_common()), "simulated": True}
    if kind not in ATTACKS and seconds:
        told["median_seconds"] = round(float(np.median(seconds)), 1)
    print(json.dumps(told), flush=True)
    return passed, of


def wanted(kind: str, name: str) -> bool:
    """Whether a kind means anything under a plan."""
    return kind != "wrong_colours" or (PLANS[name].flash and PLANS[name].course is Course.FULL)


def main(words: Sequence[str]) -> int:
    """All kinds under all plans; the status says whether the bars hold."""
    parser = argparse.ArgumentParser(prog="make bench-liveness")
    parser.add_argument("--people", type=int, default=16)
    parser.add_argument("--half", choices=HALVES, default="both", help="even: thresholds are from these")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--kinds", nargs="*", default=["person", *ATTACKS])
    parser.add_argument("--plans", nargs="*", default=list(PLANS))
    asked = parser.parse_args(words)
    folder = Path(os.environ.get("FACES", "../shared/faces"))
    if not (folder / "images").is_dir():
        print(json.dumps({"bench": "liveness", "skipped": f"no photographs in {folder}"}), flush=True)
        return 2
    cv2.setNumThreads(1)
    began, engine = time.monotonic(), DlibEngine()
    chosen = list(people(folder, engine, asked.people))[HALVES[asked.half]]
    stage = Stage(engine, chosen, asked.seed)
    totals: dict[str, list[int]] = {}
    for name in asked.plans:
        for kind in asked.kinds:
            if wanted(kind, name):
                passed, of = measure(stage, kind, name, asked.rounds)
                total = totals.setdefault(kind, [0, 0])
                total[0], total[1] = total[0] + passed, total[1] + of
    held = {kind: totals[kind][0] / totals[kind][1] <= bar for kind, bar in BARS.items() if kind in totals}
    told = {"bench": "liveness", "held": held, "people": len(chosen), "half": asked.half, "simulated": True}
    print(json.dumps(told | {"seconds": round(time.monotonic() - began)}), flush=True)
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
