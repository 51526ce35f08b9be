"""Decisions per second against a bare callable, and against an ordinary Django view of the same scan.

`python -m bench.scan [--rounds N] [--seconds S] [--connections C]`: JSON lines on standard output, all else
on standard error. Half of the load is one company's, half is spread over 100. Rounds alternate; a round in
which the server's worker was not at least 90 % busy is void: the load generator was the bottleneck then.
"""

import argparse
import json
import os
import pickle
import statistics
import sys
from dataclasses import dataclass, field

import django
import uvloop

from bench.scan_stage import Candidate, Cost, Stage, metered

COMPANIES = 100
BUSY = 0.9
# The bars of each line: ratios that must be reached, and that must not be exceeded.
LEAST: dict[str, dict[str, float]] = {"scan": {"ratio": 0.6, "cpu_ratio": 0.6}, "contrast": {"ratio": 4.0}}
MOST: dict[str, dict[str, float]] = {"scan": {"p95_ratio": 2.0}, "contrast": {}}


@dataclass
class Figures:
    """What the valid rounds of one candidate brought."""

    rates: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    server_us: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    def median(self, name: str) -> float:
        """The median of one figure over the rounds."""
        figures: list[float] = getattr(self, name)
        return statistics.median(figures)


def say(text: str) -> None:
    """To the person who watches."""
    print(text, file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--companies", type=int, default=COMPANIES)
    parser.add_argument("--only", default="bare,scan,ordinary")
    parser.add_argument("--hold", action="store_true", help="keep the scan server under load, for a profiler")
    return parser.parse_args()


class Bench:
    """The servers, the companies and the rounds."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.stage = Stage("scan")
        django.setup()
        from bench import scan_bare, scan_load, scan_town  # noqa: PLC0415 - need Django set up
        from readers.scanning.setup import conninfo  # noqa: PLC0415 - needs Django set up

        self.load = scan_load
        say("migrating")
        scan_town.migrate_all()
        say("making companies")
        main = scan_town.build(1, readers=100, people=100, name="main")
        others = scan_town.build(given.companies, readers=3, people=5)
        town = self.stage.home / "town.pickle"
        town.write_bytes(pickle.dumps([firm.public() for firm in (*main, *others)]))
        self.stage.execute(scan_bare.TABLE)
        self.stage.execute("VACUUM ANALYZE")
        self.main = scan_load.Signer(main[0])
        self.others = [scan_load.Signer(firm) for firm in others]
        from django.conf import settings  # noqa: PLC0415 - read once Django is set up

        self.bare_env = {"BENCH_TOWN": str(town), "BENCH_CONNINFO": conninfo(settings.DATABASES["default"])}
        self.candidates: dict[str, Candidate] = {}
        self.figures: dict[str, Figures] = {}

    def start(self, name: str) -> None:
        """Start one candidate and warm it."""
        targets = {
            "scan": ("config.asgi:application", {}),
            "bare": ("bench.scan_bare:make", self.bare_env),
            "ordinary": (
                "bench.scan_ordinary_wsgi:application",
                {"DJANGO_SETTINGS_MODULE": "bench.scan_ordinary_settings"},
            ),
        }
        target, env = targets[name]
        self.candidates[name] = self.stage.serve(name, target, **env)
        self.figures[name] = Figures()

    def round(self, name: str, *, count: bool = True) -> None:
        """One round of one candidate."""
        candidate = self.candidates[name]
        most = {"ordinary": 600}.get(name, 4500)
        seconds = self.given.seconds
        requests = self.load.mixed(self.main, self.others, int(most * seconds), candidate.port)
        stop = metered(self.stage, candidate)
        outcome = uvloop.run(
            self.load.fire(requests, candidate.port, connections=self.given.connections, seconds=seconds)
        )
        cost: Cost = stop()
        per = cost.cpu / outcome.answers * 1e6
        say(
            f"{name:9s} {outcome.rate:7.0f}/s p50 {outcome.percentile(0.5):6.1f}"
            f" p95 {outcome.percentile(0.95):6.1f} ms"
            f" cpu {per:5.0f} us (server {cost.server / outcome.answers * 1e6:.0f})"
            f" busy {cost.busy:.2f} {dict(outcome.statuses)}"
        )
        granted = outcome.statuses.get("200 g", 0)
        if not count:
            return
        if granted < outcome.answers * 0.999:
            raise SystemExit(f"{name}: not every scan was granted: {dict(outcome.statuses)}")
        if cost.busy < BUSY:
            say("void: the worker was idle")
            return
        figures = self.figures[name]
        figures.rates.append(outcome.rate)
        figures.p50.append(outcome.percentile(0.5))
        figures.p95.append(outcome.percentile(0.95))
        figures.cpu_us.append(per)
        figures.server_us.append(cost.server / outcome.answers * 1e6)
        figures.busy.append(cost.busy)

    def tell(self, bench: str, name: str, baseline: str) -> bool:
        """One JSON line; whether its bars are met."""
        mine, theirs = self.figures[name], self.figures[baseline]
        if not mine.rates or not theirs.rates:
            raise SystemExit(f"{bench}: every round was void")
        value, base = mine.median("rates"), theirs.median("rates")
        line = {
            "bench": bench,
            "value": round(value),
            "baseline": round(base),
            "ratio": round(value / base, 3),
            "unit": "decisions/s",
            "p50": round(mine.median("p50"), 1),
            "p95": round(mine.median("p95"), 1),
            "p95_ratio": round(mine.median("p95") / theirs.median("p95"), 2),
            "cpu_us": round(mine.median("cpu_us")),
            "cpu_us_baseline": round(theirs.median("cpu_us")),
            "cpu_ratio": round(theirs.median("cpu_us") / mine.median("cpu_us"), 3),
            "server_us": round(mine.median("server_us")),
            "busy": round(min(mine.busy), 2),
            "rounds": len(mine.rates),
            "connections": self.given.connections,
            "least": LEAST[bench],
            "most": MOST[bench],
        }
        print(json.dumps(line), flush=True)
        under = [key for key, bar in LEAST[bench].items() if float(str(line[key])) < bar]
        over = [key for key, bar in MOST[bench].items() if float(str(line[key])) > bar]
        if under or over:
            say(f"{bench}: the bar is missed by {', '.join(under + over)}")
        return not under and not over


def main() -> int:
    """Run the bench; the status says whether the bars are met."""
    given = arguments()
    bench = Bench(given)
    names = given.only.split(",")
    for name in names:
        bench.start(name)
        bench.round(name, count=False)
        bench.round(name, count=False)
    if given.hold:
        say(f"holding: worker {bench.candidates['scan'].pids()}")
        while True:
            bench.round("scan", count=False)
    for number in range(given.rounds):
        for name in names:
            if name != "ordinary" or number < 3:
                bench.round(name)
    pairs = {"scan": ("scan", "bare"), "contrast": ("scan", "ordinary")}
    met = [bench.tell(line, *pair) for line, pair in pairs.items() if {*pair} <= {*names}]
    sys.stdout.flush()
    return 0 if all(met) else 1


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main())
