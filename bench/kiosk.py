"""`make bench-kiosk`: what visitors wait for at a kiosk, and what twenty kiosks at once cost each other.

Two lines. `kiosk`: a real Chromium before the real server goes through both flows, typing and pointing at a
person's pace; the value is the seconds it waits for the machine (from the last touch to the next screen) in
the slower flow, its baseline the same number of signed requests that ask for nothing. Judged with it: the
whole visit in 120 s (expected) and 180 s (not announced), and nine screens at most. `kiosks`: twenty kiosks
take in expected visitors at once, a person's pause between two steps; the value is the p95 over all steps,
beside it that of the slowest kind of step, its baseline the p95 of a signed request that asks for nothing,
each kiosk in alternation. Faces apart. `held` in each line says which bars are.
"""

import argparse
import base64
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from playwright.sync_api import sync_playwright

from bench.kiosk_many import together
from bench.kiosk_walks import walks
from deploy.chromium import find
from deploy.local import stack
from deploy.local.files import private_folder, secret
from deploy.local.postgres import Postgres
from deploy.local.processes import free_port
from deploy.local.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


def say(text: str) -> None:
    """For people."""
    print(text, file=sys.stderr, flush=True)


class Aside:
    """Calls the stage in a thread of its own: the browser's driver holds this one's event loop."""

    def __init__(self, name: str) -> None:
        self._stage, self._thread = import_module(name), ThreadPoolExecutor(1)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        deed = getattr(self._stage, name)
        return lambda *given: self._thread.submit(deed, *given).result()


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, int, Any]]:
    """The product's web process with two workers, and the stage; host and port."""
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
        stage = Aside("bench.kiosk_stage")
        house = stage.lay()
        web = stack.web(place, env, workers=2)
        worker = stack.worker(place, env)
        web.start()
        try:
            stack.wait_healthy(place, web)
            worker.start()
            yield f"bench.localhost:{place.port}", place.port, (stage, house)
        finally:
            worker.stop()
            web.stop()
    finally:
        valkey.stop()
        postgres.remove()


def main() -> int:
    """Print two JSON lines; the exit code says whether all bars are held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="visitors of each flow")
    parser.add_argument("--visits", type=int, default=5, help="visitors at each of the twenty kiosks")
    parser.add_argument("--pause", type=float, default=3.0, help="seconds of a person between two steps")
    given = parser.parse_args()
    chromium = find()
    if chromium is None:
        say("There is no Chromium here: `make test` installs one.")
        return 2
    home = private_folder(ROOT / "var" / f"bench-{os.getpid()}")
    try:
        with serving(home) as (host, port, laid):
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                alone = walks(browser, host, laid, given.rounds)
                browser.close()
            held = together(host, port, laid, given.visits, given.pause) and alone
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
