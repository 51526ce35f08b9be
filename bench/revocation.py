"""`make bench-revocation`: from the commit of a revocation to the last reader's stored acknowledgement.

A thousand readers hold real sockets to one worker of the product and, in the same run, to one worker of a
bare broadcast; revocations and broadcasts alternate. Times of the product are the commit timestamps that
PostgreSQL itself keeps: of the revoking transaction, and of the last batch of acknowledgements.
"""

import argparse
import base64
import json
import math
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import django
import psycopg
from psycopg import sql

from bench import reconnect
from deploy.local import stack
from deploy.local.files import private_folder, secret
from deploy.local.postgres import Postgres
from deploy.local.processes import free_port, wait_until
from deploy.local.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = 2
MOST_SECONDS = 120
BAR = 3.0
OF_A_STORM = 20  # revocations while the readers are away


def say(text: str) -> None:
    """For people."""
    print(text, file=sys.stderr, flush=True)


@dataclass
class Stage:
    """Servers, the company and its phones, and the driver's own connection."""

    place: stack.Place
    env: dict[str, str]
    product: ModuleType
    company: Any
    devices: list[Any]
    database: psycopg.Connection[tuple[Any, ...]]

    def one(self, query: str, *values: object) -> tuple[Any, ...]:
        """One row."""
        row = self.database.execute(query, values).fetchone()
        assert row is not None
        return row

    def point(self) -> tuple[int, int]:
        """The policy's present number."""
        epoch, seq = self.one("SELECT epoch, seq FROM ledger_policycounter")
        return int(epoch), int(seq)


@contextmanager
def servers(home: Path) -> Iterator[tuple[Postgres, Valkey]]:
    """A durable PostgreSQL that keeps commit timestamps, and a Valkey."""
    postgres, valkey = Postgres(home / "postgres"), Valkey(home / "valkey")
    postgres.start()
    try:
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        postgres.stop()
        postgres.start()
        valkey.start()
        yield postgres, valkey
    finally:
        valkey.stop()
        postgres.remove()


@contextmanager
def staged(readers: int, devices: int) -> Iterator[Stage]:
    """A migrated system with one company, its readers and the phones that will be revoked."""
    home = private_folder(ROOT / "var" / f"bench-{os.getpid()}")
    try:
        with servers(home) as (postgres, valkey):
            postgres.create_database("bench")
            postgres.create_database("bench_keys")
            place = stack.Place(var=home, port=free_port())
            secret(home / "django.key")
            root = home / "root.key"
            root.write_text(f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
            env = stack.environment(
                place,
                database=postgres.url("bench"),
                keys=postgres.url("bench_keys"),
                valkey=valkey.url(),
                root_key=root,
            )
            os.environ.update(env)
            django.setup()
            product = import_module("bench.revocation_stage")  # its models need the settings
            company, phones = product.fill(readers, devices)
            with psycopg.connect(env["SALLYPORT_DATABASE_URL"], autocommit=True) as database:
                database.execute(
                    sql.SQL("SET search_path = {}, public").format(sql.Identifier(company.schema))
                )
                yield Stage(place, env, product, company, phones, database)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def web(place: stack.Place, env: dict[str, str], application: str) -> Iterator[None]:
    """One worker of granian, started as the product starts it."""
    service = stack.web(place, env, workers=1)
    service.command[-1] = application
    service.start()
    try:
        ready = wait_until(lambda: _answers(place), seconds=60, alive=service.alive)
        assert ready, service.log.read_text()[-2000:]
        yield
    finally:
        service.stop()


def _answers(place: stack.Place) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{place.port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class Crew:
    """The client processes of one server."""

    def __init__(self, stage: Stage, place: stack.Place, readers: int, point: tuple[int, int]) -> None:
        share = readers // PROCESSES
        shares = [
            (1 + share * n, share if n < PROCESSES - 1 else readers - share * n) for n in range(PROCESSES)
        ]
        self.processes = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "bench.revocation_readers", str(place.port)),
                    *(stage.company.host, str(stage.company.id), stage.company.uid.hex()),
                    *(str(first), str(count), str(point[0]), str(point[1])),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            for first, count in shares
            if count
        ]

    def wait_ready(self) -> None:
        """Until every reader is up to date."""
        for process in self.processes:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "ready", "a client process failed"

    def ask(self, word: str) -> list[str]:
        """Tell all of them the word at once; their answers."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(f"{word}\n")
            process.stdin.flush()
        answers = []
        for process in self.processes:
            assert process.stdout is not None
            answers.append(process.stdout.readline().strip())
            assert answers[-1], f"a client process failed at {word}"
        return answers

    def finish(self) -> list[dict[str, int]]:
        """End the processes; what each saw."""
        seen = []
        for process in self.processes:
            out, _ = process.communicate(timeout=60)
            seen.append(json.loads(out.splitlines()[-1]))
        return seen

    def kill(self) -> None:
        """Leave nothing behind."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()


def broadcast(place: stack.Place) -> float:
    """One broadcast of the bare server, in milliseconds."""
    request = urllib.request.Request(f"http://127.0.0.1:{place.port}/broadcast", method="POST")
    with urllib.request.urlopen(request, timeout=MOST_SECONDS) as answer:
        return float(json.load(answer)["ms"])


def wait_applied(stage: Stage, point: tuple[int, int], readers: int) -> None:
    """Until every reader's acknowledgement of `point` is stored."""
    until = time.monotonic() + MOST_SECONDS
    query = "SELECT count(*) FROM readers_reader WHERE (applied_epoch, applied_seq) >= (%s, %s)"
    while stage.one(query, *point)[0] < readers:
        if time.monotonic() > until:
            raise SystemExit(f"lost: {stage.one(query, *point)[0]} of {readers} readers at {point}")
        time.sleep(0.02)


def one_revocation(stage: Stage, device: Any, readers: int) -> float:
    """Revoke one phone; milliseconds between the two commits."""
    stage.product.revoke(stage.company, device)
    point = stage.point()
    wait_applied(stage, point, readers)
    (ms,) = stage.one(
        "SELECT extract(epoch FROM (SELECT max(pg_xact_commit_timestamp(xmin)) FROM readers_readerack"
        " WHERE epoch = %s AND seq = %s) - (SELECT max(pg_xact_commit_timestamp(xmin)) FROM"
        " ledger_policychange WHERE seq = %s)) * 1000",
        *point,
        point[1],
    )
    return float(ms)


def burst(stage: Stage, devices: list[Any], readers: int) -> float:
    """Revoke many at once from four threads; seconds until every reader has acknowledged the last."""
    begun = time.monotonic()
    shares = [devices[number::4] for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda share: stage.product.revoke_all(stage.company, share), shares))
    wait_applied(stage, stage.point(), readers)
    return time.monotonic() - begun


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def alternate(stage: Stage, bare: stack.Place, given: argparse.Namespace) -> tuple[list[float], list[float]]:
    """Revocations and broadcasts in turn; the warm-up is left out."""
    product, baseline = [], []
    for number in range(given.warm + given.revocations):
        product.append(one_revocation(stage, stage.devices[number], given.readers))
        baseline.append(broadcast(bare))
        if number % 10 == 0:
            say(f"{number:4}: product {product[-1]:6.1f} ms, bare {baseline[-1]:6.1f} ms")
    return product[given.warm :], baseline[given.warm :]


def run(given: argparse.Namespace) -> tuple[dict[str, Any], dict[str, Any]]:
    """The whole bench; the figures of the revocations and of the storms."""
    with ExitStack() as held:
        say(f"laying out {given.readers} readers")
        revoked = given.warm + given.revocations + given.burst
        stage = held.enter_context(staged(given.readers, revoked + given.storms * OF_A_STORM))
        held.enter_context(web(stage.place, stage.env, "config.asgi:application"))
        bare = replace(stage.place, var=private_folder(stage.place.var / "bare"), port=free_port())
        uid = stage.company.uid.hex()
        held.enter_context(
            web(bare, {**stage.env, "BENCH_COMPANY_UID": uid}, "bench.revocation_baseline:application")
        )
        crew = Crew(stage, stage.place, given.readers, stage.point())
        held.callback(crew.kill)
        crew.wait_ready()
        bare_crew = Crew(stage, bare, given.readers, (1, 0))
        held.callback(bare_crew.kill)
        bare_crew.wait_ready()
        say("all readers are ready")
        product, baseline = alternate(stage, bare, given)
        burst_devices = stage.devices[given.warm + given.revocations : revoked]
        seconds = burst(stage, burst_devices, given.readers) if burst_devices else 0.0
        left = stage.devices[revoked:]
        shares = [left[first : first + OF_A_STORM] for first in range(0, len(left), OF_A_STORM)]
        storm = reconnect.storms(stage, crew, shares, given.readers) if shares else {}
        seen = crew.finish()
        bare_crew.finish()
        _, last = stage.point()
    lost = sum(one["gaps"] for one in seen) + sum(one["lowest"] < last for one in seen)
    told = figure(product, baseline) | {
        "readers": given.readers,
        "revocations": len(product),
        "burst": len(burst_devices),
        "burst_s": round(seconds, 2),
        "lost": lost,
        "alive": sum(one["alive"] for one in seen),
    }
    return told, storm


def figure(product: list[float], baseline: list[float]) -> dict[str, Any]:
    """The figure in the form that all benches print."""
    value, bare = percentile(product, 0.99), percentile(baseline, 0.99)
    return {
        "bench": "revocation",
        "value": round(value, 1),
        "baseline": round(bare, 1),
        "ratio": round(value / bare, 2),
        "unit": "ms",
        "p50": round(percentile(product, 0.5), 1),
        "baseline_p50": round(percentile(baseline, 0.5), 1),
    }


def main() -> int:
    """Run and print the figure; fail when the bar is missed or anything was lost."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--readers", type=int, default=1000)
    options.add_argument("--revocations", type=int, default=100)
    options.add_argument("--burst", type=int, default=500)
    options.add_argument("--warm", type=int, default=5)
    options.add_argument("--no-bar", action="store_true", help="print the figure, whatever it is")
    options.add_argument("--storms", type=int, default=5, help="how often all readers come back at once")
    options.add_argument(
        "--small", action="store_true", help="a fifth of it, for a machine that has other work"
    )
    given = options.parse_args()
    if given.small:
        given.readers, given.revocations, given.burst, given.storms = 200, 20, 50, 3
    told, storm = run(given)
    print(json.dumps(told), flush=True)
    if storm:
        print(json.dumps(storm), flush=True)
    missed = (told["ratio"] > BAR or not storm.get("met", True)) and not given.no_bar
    return 1 if missed or told["lost"] or told["alive"] < given.readers else 0


if __name__ == "__main__":
    raise SystemExit(main())
