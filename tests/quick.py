"""Bars of wall time on a machine that others use too: what a thing takes is the best of a few tries, what it
costs shows in each of them.
"""

import time
from collections.abc import Callable

TRIES = 4


def best_of(once: Callable[[], object], most: float) -> float:
    """The seconds of the quickest try, the first below `most` being enough."""
    took: list[float] = []
    while len(took) < TRIES and (not took or min(took) >= most):
        began = time.perf_counter()
        once()
        took.append(time.perf_counter() - began)
    return min(took)
