"""Rotation of every company's keys under a steady load of codes: none may be refused.

`python -m bench.rotation`: one JSON line. A process of its own rotates all companies while this one mints a
code for each credential and opens it in the last second of its life, with the keys as any process holds
them: nobody tells it of the new ones. A company's schema takes some 0.7 s to make, so 1,000 of them do not
fit into minutes: the default is 100, `--companies 1000` where there is time.
"""

import argparse
import base64
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from bench.revocation import servers
from deploy.local import stack
from deploy.local.files import private_folder, secret
from deploy.local.processes import free_port

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 120.0  # the rotation takes over 75 s after it was laid in
ROTATE = """
import json, time, django
django.setup()
from bench.rotation_stage import rotate_all
time.sleep(5)  # some load first
print(json.dumps(rotate_all()))
"""


def prepare(home: Path, database: str, keys: str, valkey: str) -> None:
    """The environment of a system, for this process and the one that rotates."""
    secret(home / "django.key")
    root = home / "root.key"
    root.write_text(f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
    place = stack.Place(var=home, port=free_port())
    os.environ.update(stack.environment(place, database=database, keys=keys, valkey=valkey, root_key=root))
    django.setup()


def measure(companies: int, credentials: int, seconds: float) -> dict[str, Any]:
    """Sign up, load, rotate meanwhile; the figures."""
    stage = import_module("bench.rotation_stage")  # its rooms need the settings
    begun = time.monotonic()
    stage.sign_up_companies(companies)
    signed_up = time.monotonic() - begun
    rotating = subprocess.Popen([sys.executable, "-c", ROTATE], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        load = stage.run_load(credentials, seconds)
    finally:
        told, _ = rotating.communicate(timeout=300)
    handed_over = sum(len(found) > 1 for found in load.key_ids.values())
    return {
        "value": load.refused,
        "unit": "refused codes",
        "opened": load.opened,
        "companies": companies,
        "handed_over": handed_over,
        "credentials": credentials,
        "sign_up_s": round(signed_up, 1),
        **{name: round(value, 3) for name, value in json.loads(told).items()},
    }


def main() -> int:
    """Print one JSON line; the exit code says whether no code was refused and every company rotated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=100)
    parser.add_argument("--credentials", type=int, default=100_000)
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help="of load; below 90 nothing is handed over"
    )
    given = parser.parse_args()
    begun = time.monotonic()
    home = private_folder(ROOT / "var" / f"bench-{os.getpid()}")
    try:
        with servers(home) as (postgres, valkey):
            postgres.create_database("bench")
            postgres.create_database("bench_keys")
            prepare(home, postgres.url("bench"), postgres.url("bench_keys"), valkey.url())
            figures = measure(given.companies, given.credentials, given.seconds)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    whole = {"bench": "rotation", **figures, "seconds": round(time.monotonic() - begun, 1)}
    print(json.dumps(whole), flush=True)
    good = not figures["value"] and figures["handed_over"] == figures["companies"]
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
