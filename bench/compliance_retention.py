"""A night's retention over 10^6 events while doors are in use: what a scan then waits.

`python -m bench.compliance_retention [--events N] [--rounds N]`: one JSON line. Rounds alternate between
scans alone and with retention; the load is a steady one, as doors give it: 25 connections send four scans a
second. The value is the time that the night took, the ratio that of the scans' p95. Bar: ratio ≤ 1.2.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import django
import uvloop

from bench import scan_load
from bench.scan_stage import Candidate, Stage

EVENTS = 1_000_000
CONNECTIONS, EVERY = 25, 0.25
SECONDS = 6.0
ROUNDS = 20  # what is not deleted by then is reckoned from the pace so far
BAR = 1.2
WORKER = "import sys, django; django.setup(); from bench.retention_stage import work; work(int(sys.argv[1]))"


def say(text: str) -> None:
    """To the person who watches."""
    print(text, file=sys.stderr, flush=True)


class Paced(scan_load.Client):
    """A connection that waits between two scans."""

    def begin(self) -> None:
        """The next one when its time has come."""
        asyncio.get_running_loop().call_later(EVERY, super().begin)


async def load(requests: list[bytes], port: int, seconds: float) -> scan_load.Outcome:
    """Scans at a steady pace for so long."""
    supply: Iterator[bytes] = iter(requests)
    outcome = scan_load.Outcome(seconds, 0, [])
    loop, ends = asyncio.get_running_loop(), time.perf_counter() + seconds

    def tell(latency: float, status: bytes) -> bool:
        outcome.latencies.append(latency)
        outcome.statuses[status.decode()] += 1
        return time.perf_counter() < ends

    clients = []
    for _ in range(CONNECTIONS):
        made = await loop.create_connection(lambda: Paced(supply, tell), "127.0.0.1", port)
        clients.append(made[1])
        clients[-1].begin()
        await asyncio.sleep(EVERY / CONNECTIONS)
    await asyncio.gather(*(client.closed for client in clients))
    return outcome


class Night:
    """The process that deletes."""

    def __init__(self, company: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(company)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.over, self.gone, self.seconds = False, 0, 0.0

    def begin(self, seconds: float) -> None:
        """Let it work for so long."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """Wait for its word."""
        assert self.process.stdout is not None
        over, gone, took = self.process.stdout.readline().split()
        self.over, self.gone, self.seconds = over == "1", int(gone), self.seconds + float(took)


def line(events: int = EVENTS, rounds: int = ROUNDS) -> dict[str, Any]:
    """Build, delete while scans run, compare."""
    stage = Stage("retention")
    django.setup()
    from bench import retention_stage, scan_town  # noqa: PLC0415 - need Django set up

    say("migrating")
    scan_town.migrate_all()
    (firm,) = scan_town.build(1, readers=CONNECTIONS, people=100, name="main")
    say(f"laying {events} events")
    retention_stage.lay_record(firm.id, events)
    stage.execute("VACUUM ANALYZE")
    signer, candidate = scan_load.Signer(firm), stage.serve("scan", "config.asgi:application")
    night = Night(firm.id)
    _round(signer, candidate)
    alone: list[float] = []
    beside: list[float] = []
    while not night.over and len(beside) < rounds:
        alone.append(_round(signer, candidate))
        night.begin(SECONDS)
        beside.append(_round(signer, candidate))
        night.end()
        say(f"p95 {alone[-1]:.2f} ms alone, {beside[-1]:.2f} ms beside it; {night.gone} gone")
    if night.over and night.gone != events:
        raise SystemExit(f"{night.gone} of {events} went")
    if night.over and len(beside) > 1:  # in the last round it ended somewhere within
        alone.pop(), beside.pop()
    baseline, value = statistics.median(alone), statistics.median(beside)
    return {
        "bench": "retention",
        "measure": f"night over {events} events",
        "value": round(night.seconds * events / night.gone, 1),
        "gone": night.gone,
        "unit": "s",
        "p95_ms": round(value, 2),
        "baseline": round(baseline, 2),
        "ratio": round(value / baseline, 3),
        "bar": BAR,
        "rounds": len(beside),
        "rows_per_s": round(night.gone / night.seconds),
    }


def _round(signer: scan_load.Signer, candidate: Candidate) -> float:
    """The p95 of a round in milliseconds."""
    requests = [signer.request(candidate.port) for _ in range(int(CONNECTIONS * (SECONDS / EVERY + 2)))]
    outcome = uvloop.run(load(requests, candidate.port, SECONDS))
    granted = outcome.statuses.get("200 g", 0)
    if granted < len(outcome.latencies) * 0.999:
        raise SystemExit(f"not every scan was granted: {dict(outcome.statuses)}")
    return outcome.percentile(0.95)


def main() -> int:
    """Print the line; the status says whether the bar is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    figures = line(given.events, given.rounds)
    print(json.dumps(figures), flush=True)
    return 0 if figures["ratio"] <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
