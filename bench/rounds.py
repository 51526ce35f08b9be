"""Rounds of CPU time that alternate between a piece of work and its baseline.

The best round of each counts: other work on the machine can only make a round slower.
"""

import json
import time
from collections.abc import Callable

ROUNDS, CALLS = 40, 500


def micros(work: Callable[[], object], calls: int = CALLS) -> float:
    """Microseconds of CPU a call takes in one round."""
    begun = time.process_time_ns()
    for _ in range(calls):
        work()
    return (time.process_time_ns() - begun) / calls / 1000


def compare(*works: Callable[[], object]) -> list[float]:
    """Best rounds of each, in alternation."""
    rounds = [[micros(work) for work in works] for _ in range(ROUNDS)]
    return [min(column) for column in zip(*rounds, strict=True)]


def tell(bench: str, value: float, baseline: float, unit: str = "us", **more: object) -> None:
    """One JSON line."""
    figures: dict[str, object] = {"bench": bench, "value": round(value, 2), "baseline": round(baseline, 2)}
    figures |= {"ratio": round(value / baseline, 3), "unit": unit} | more
    print(json.dumps(figures), flush=True)
