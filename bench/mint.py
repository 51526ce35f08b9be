"""`make bench-mint`: CPU of the server for one live code, from a signed request over HTTP to the answer.

Three in alternation within one run: the product's worker (raw callable in front of Django), another worker
that serves the same request through Django's middleware and view, and the bare cryptography of a code
(Ed25519 signature, AES-SIV seal) as baseline. Every request is signed by a P-256 key and used once. Valkey
is stopped before the first measurement. CPU is what the kernel counts for the worker, PostgreSQL apart.
"""

import argparse
import base64
import http.client
import json
import os
import secrets
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from nacl.signing import SigningKey

from deploy.local import stack
from deploy.local.files import private_folder, secret
from deploy.local.postgres import Postgres
from deploy.local.processes import free_port
from deploy.local.valkey import Valkey
from sallyport.http_signatures import sign_request
from sallyport.keys import P256Signer

ROOT = Path(__file__).resolve().parent.parent
PATH = "/api/v1/wallet/codes"
PHONES = 100
BAR_MS = 3.0
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def say(text: str) -> None:
    """For people."""
    print(text, file=sys.stderr, flush=True)


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def family(pid: int) -> list[int]:
    """The process and those it started."""
    found = [pid]
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                if int(_stat(int(path.name))[1]) in found:
                    found.append(int(path.name))
            except OSError:
                continue
    return found


def cpu_ms(pids: list[int]) -> float:
    """User and system time of these processes."""
    return sum((int(_stat(pid)[11]) + int(_stat(pid)[12])) * TICK_MS for pid in pids)


@dataclass
class Worker:
    """A running server and what one request to it cost, round by round."""

    name: str
    host: str
    port: int
    pids: list[int]
    database: psycopg.Connection[Any]
    cpu: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)
    walls: list[float] = field(default_factory=list)

    def backends(self) -> list[int]:
        """PostgreSQL's processes that serve this system, its background ones left out."""
        rows = self.database.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in rows]

    def round(self, phones: list[P256Signer], keyids: list[str], count: int, *, kept: bool = True) -> None:
        """Ask for `count` codes, each on a fresh signed request."""
        requests = [self._signed(phones[n % len(phones)], keyids[n % len(phones)]) for n in range(count)]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        backends = self.backends()
        before, stored, walls = cpu_ms(self.pids), cpu_ms(backends), []
        for headers in requests:
            begun = time.perf_counter()
            connection.request("POST", PATH, b"{}", headers)
            answer = connection.getresponse()
            told = answer.read()
            walls.append((time.perf_counter() - begun) * 1000)
            assert answer.status == 200, told
        connection.close()
        if kept:
            self.cpu.append((cpu_ms(self.pids) - before) / count)
            self.postgres.append((cpu_ms(backends) - stored) / count)
            self.walls += walls

    def _signed(self, key: P256Signer, keyid: str) -> dict[str, str]:
        signature = sign_request(
            method="POST",
            url=f"http://{self.host}{PATH}",
            body=b"{}",
            key=key,
            keyid=keyid,
            created=int(time.time()),
            nonce=secrets.token_urlsafe(16),
        )
        return {"Host": self.host, "Content-Type": "application/json", **signature}


def bare() -> Callable[[int], float]:
    """CPU ms of one signature and one seal over the bytes of a live code."""
    signing, sealing = SigningKey(os.urandom(32)), AESSIV(os.urandom(64))
    context, contents, associated = os.urandom(45), os.urandom(19), [os.urandom(30)]

    def run(count: int) -> float:
        begun = time.process_time_ns()
        for _ in range(count):
            sealing.encrypt(contents + signing.sign(context + contents).signature, associated)
        return (time.process_time_ns() - begun) / count / 1e6

    return run


@contextmanager
def staged(home: Path) -> Iterator[tuple[stack.Place, dict[str, str], list[P256Signer], list[str]]]:
    """A company with phones; Valkey runs while it is made and is stopped then."""
    postgres, valkey = Postgres(home / "postgres"), Valkey(home / "valkey")
    postgres.start()
    try:
        valkey.start()
        for name in ("bench", "bench_keys"):
            postgres.create_database(name)
        place = stack.Place(var=home, port=free_port())
        secret(home / "django.key")
        (home / "root.key").write_text(f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
        env = stack.environment(
            place,
            database=postgres.url("bench"),
            keys=postgres.url("bench_keys"),
            valkey=valkey.url(),
            root_key=home / "root.key",
        )
        os.environ.update(env)
        django.setup()
        phones = [P256Signer.generate() for _ in range(PHONES)]
        keyids = import_module("bench.mint_stage").fill(phones)
        valkey.stop()
        yield place, env, phones, keyids
    finally:
        valkey.stop()
        postgres.remove()


@contextmanager
def serving(name: str, application: str, home: Path, env: dict[str, str]) -> Iterator[Worker]:
    """One worker of granian, started as the product starts it."""
    place = stack.Place(var=private_folder(home / name), port=free_port())
    told = {**env, "SALLYPORT_PUBLIC_PORT": str(place.port)}
    service = stack.web(place, told, workers=1)
    service.command[-1] = application
    service.start()
    try:
        stack.wait_healthy(place, service)
        assert service.process is not None
        with psycopg.connect(env["SALLYPORT_DATABASE_URL"], autocommit=True) as database:
            host = f"bench.localhost:{place.port}"
            yield Worker(name, host, place.port, family(service.process.pid), database)
    finally:
        service.stop()


def main() -> int:
    """Print one JSON line; the exit code says whether the bar is held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--requests", type=int, default=400, help="per round and worker")
    given = parser.parse_args()
    home = private_folder(ROOT / "var" / f"bench-{os.getpid()}")
    raw, baselines = bare(), []
    try:
        with ExitStack() as held:
            _, env, phones, keyids = held.enter_context(staged(home))
            product = held.enter_context(serving("product", "config.asgi:application", home, env))
            ordinary = held.enter_context(serving("django", "bench.mint_django:ordinary", home, env))
            for worker in (product, ordinary):
                worker.round(phones, keyids, 100, kept=False)
            for number in range(given.rounds):
                product.round(phones, keyids, given.requests)
                ordinary.round(phones, keyids, given.requests // 2)
                baselines.append(raw(2000))
                say(f"round {number + 1}: {product.cpu[-1]:.2f} ms, through Django {ordinary.cpu[-1]:.2f} ms")
    finally:
        shutil.rmtree(home, ignore_errors=True)
    value, baseline = statistics.median(product.cpu), statistics.median(baselines)
    figures = {
        "bench": "mint",
        "value": round(value, 3),
        "baseline": round(baseline, 3),
        "ratio": round(value / baseline, 2),
        "unit": "ms CPU",
        "bar": BAR_MS,
        "postgres": round(statistics.median(product.postgres), 3),
        "django": round(statistics.median(ordinary.cpu), 3),
        "django_postgres": round(statistics.median(ordinary.postgres), 3),
        "p50": round(statistics.median(product.walls), 2),
        "p95": round(statistics.quantiles(product.walls, n=20)[-1], 2),
        "requests": given.rounds * given.requests,
        "valkey": "stopped",
    }
    print(json.dumps(figures), flush=True)
    return 0 if value <= BAR_MS else 1


if __name__ == "__main__":
    sys.exit(main())
