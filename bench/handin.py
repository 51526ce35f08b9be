"""The hand-in of a journal over HTTP to one worker, and what live scans notice of it.

`python -m bench.handin [--large N] [--rounds N] [--seconds S]`: one JSON line. `value` is the median of
rounds of 1,000 events in two requests; the baseline inserts the same rows in bulk, in alternation, and looks
at none of them. Then `--large` events are handed in while live scans go on at a steady pace; stretches with
and without hand-in alternate.
"""

import argparse
import http.client
import json
import secrets
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from bench.scan_stage import Stage
from sallyport.http_signatures import sign_request

PATH = "/api/v1/readers/journal"
MOST_S, MOST_LARGE_S, MOST_P95 = 2.0, 120.0, 1.5
PAUSE = 0.04  # seconds between two live scans


def say(text: str) -> None:
    """To the person who watches."""
    print(text, file=sys.stderr, flush=True)


@dataclass
class Hands:
    """Sends the bodies of a journal one after the other, as one reader does."""

    journal: Any
    port: int

    def send(self, paths: list[Path]) -> float:
        """Seconds until all are answered as recorded."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        seconds = 0.0
        for path in paths:
            body = path.read_bytes()
            begun = time.perf_counter()
            connection.request("POST", PATH, body, self._headers(body))
            answer = connection.getresponse()
            told = answer.read()
            seconds += time.perf_counter() - begun
            if answer.status != 200 or told.count(b'"recorded"') != body.count(b'"position"'):
                raise SystemExit(f"{answer.status}: {told[:300]!r}")
            path.unlink()
        connection.close()
        return seconds

    def _headers(self, body: bytes) -> dict[str, str]:
        host = f"{self.journal.firm.host}:{self.port}"
        signature = sign_request(
            method="POST",
            url=f"http://{host}{PATH}",
            body=body,
            key=self.journal.key,
            keyid=f"reader:{self.journal.firm.id}:{self.journal.handle}",
            created=int(time.time()),
            nonce=secrets.token_urlsafe(16),
        )
        return {"Host": host, "Content-Type": "application/json", **signature}


@dataclass
class Live:
    """Scans at a steady pace from the other readers; latencies in ms."""

    signer: Any
    port: int
    latencies: list[float] = field(default_factory=list)

    def run(self, until: threading.Event) -> list[float]:
        """Scan until told to stop; the latencies of this stretch."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.connect()
        found = []
        while not until.wait(PAUSE):
            request = self.signer.request(self.port)
            begun = time.perf_counter()
            assert connection.sock is not None
            connection.sock.sendall(request)
            told = b""
            while b'"sig"' not in told:
                piece = connection.sock.recv(65536)
                if not piece:
                    raise SystemExit(f"a live scan was not answered: {told[:200]!r}")
                told += piece
            found.append((time.perf_counter() - begun) * 1000)
            if b'"granted":true' not in told:
                raise SystemExit(f"a live scan was refused: {told[:400]!r}")
        connection.close()
        return found


class Bench:
    """The server, one company, its journal, and the rounds."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.stage = Stage("handin")
        django.setup()
        town, load = import_module("bench.scan_town"), import_module("bench.scan_load")
        self.own = import_module("bench.handin_stage")
        town.migrate_all()
        (self.firm,) = town.build(1, readers=5, people=100)
        self.own.prepare_bare(self.firm)
        self.journal = self.own.cut_off(self.firm)
        self.port = self.stage.serve("product", "config.asgi:application").port
        self.hands = Hands(self.journal, self.port)
        signer = load.Signer(self.firm)
        signer.readers = signer.readers[1:]
        self.live = Live(signer, self.port)

    def bodies(self, count: int) -> list[Path]:
        """So many entries, written beforehand."""
        return list(self.journal.batches(count, self.stage.home))

    def thousands(self) -> tuple[list[float], list[float]]:
        """Seconds for 1,000 events and for their bare insertion, round by round."""
        self.hands.send(self.bodies(500))  # the worker loads what it needs
        values, baselines = [], []
        for number in range(self.given.rounds):
            first = self.journal.position + 1
            values.append(self.hands.send(self.bodies(1000)))
            baselines.append(self.own.bare(self.firm, self.journal.handle, first, first + 999))
            say(f"round {number + 1}: {values[-1]:.2f} s, bare {baselines[-1]:.3f} s")
        return values, baselines

    def beside(self) -> dict[str, float]:
        """The large journal beside live scans, in two halves, each after a stretch of scans alone."""
        alone: list[float] = []
        meanwhile: list[float] = []
        seconds = 0.0
        for half in range(2):
            paths = self.bodies(self.given.large // 2)
            alone += self._stretch(lambda: time.sleep(self.given.seconds))
            begun = time.perf_counter()
            meanwhile += self._stretch(lambda paths=paths: self.hands.send(paths))
            seconds += time.perf_counter() - begun
            say(f"half {half + 1}: {seconds:.1f} s so far")
        p95, p95_alone = _p95(meanwhile), _p95(alone)
        return {
            "large": self.given.large,
            "large_s": round(seconds, 2),
            "scan_p95": round(p95, 2),
            "scan_p95_alone": round(p95_alone, 2),
            "scan_p95_ratio": round(p95 / p95_alone, 2),
            "scans": len(meanwhile),
        }

    def _stretch(self, work: Any) -> list[float]:
        ended, found = threading.Event(), []
        thread = threading.Thread(target=lambda: found.extend(self.live.run(ended)))
        thread.start()
        try:
            work()
        finally:
            ended.set()
            thread.join()
        return found


def _p95(latencies: list[float]) -> float:
    return statistics.quantiles(latencies, n=20)[-1]


def main() -> int:
    """Print one JSON line; the exit code says whether the bars are held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="of 1,000 events")
    parser.add_argument("--large", type=int, default=100_000, help="events beside live scans")
    parser.add_argument("--seconds", type=float, default=15.0, help="of live scans alone, twice")
    given = parser.parse_args()
    bench = Bench(given)
    values, baselines = bench.thousands()
    beside = bench.beside()
    if bench.own.recorded(bench.firm, bench.journal.handle) != bench.journal.position:
        raise SystemExit("not every entry is one event")
    value, baseline = statistics.median(values), statistics.median(baselines)
    figures = {
        "bench": "handin",
        "value": round(value, 3),
        "baseline": round(baseline, 3),
        "ratio": round(value / baseline, 2),
        "unit": "s for 1,000",
        "bar": MOST_S,
        **beside,
        "large_bar": MOST_LARGE_S * given.large / 100_000,
    }
    print(json.dumps(figures), flush=True)
    good = value <= MOST_S and beside["large_s"] <= figures["large_bar"]
    return 0 if good and beside["scan_p95_ratio"] <= MOST_P95 else 1


if __name__ == "__main__":
    sys.exit(main())
