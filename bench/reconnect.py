"""A storm: all readers come back at once, each behind by the same changes, and then fetch their bundles.

Part of `make bench-revocation`, on its servers and with its readers.
"""

import statistics
import time
from collections.abc import Sequence
from typing import Any, Protocol

BAR_S = 10.0  # for 1,000 readers


class Crew(Protocol):
    """The client processes."""

    def ask(self, word: str) -> list[str]:
        """Tell all of them the word at once; their answers."""


class Stage(Protocol):
    """The company whose readers they are."""

    company: Any
    product: Any


def storms(stage: Stage, crew: Crew, shares: Sequence[Sequence[Any]], readers: int) -> dict[str, Any]:
    """One storm for each share of phones, which are revoked while all readers are away.

    Seconds until the last reader was told that it is up to date, which it is when its signed acknowledgement
    of the newest change is stored.
    """
    seconds, fetched, size, again = [], [], 0, 0
    for phones in shares:
        crew.ask("away")
        stage.product.revoke_all(stage.company, list(phones))
        begun = time.monotonic()
        crew.ask("back")
        seconds.append(time.monotonic() - begun)
        begun = time.monotonic()
        answers = crew.ask("bundles")
        fetched.append(time.monotonic() - begun)
        size = sum(int(one.split()[1]) for one in answers) // readers
        again += sum(int(one.split()[2]) for one in answers)
    value = statistics.median(seconds)
    bar = BAR_S * readers / 1000
    return {
        "bench": "reconnect",
        "value": round(value, 2),
        "unit": "s",
        "worst": round(max(seconds), 2),
        "readers": readers,
        "storms": len(seconds),
        "revoked_meanwhile": sum(map(len, shares)),
        "bundles_s": round(statistics.median(fetched), 2),
        "bundle_bytes": size,
        "told_to_come_again": again // len(seconds),
        "bar": bar,
        "met": value <= bar,
    }
