"""How long a person waits at a face door: from the last frame to the signed verdict.

`python -m bench.face_door --lanes 2`: one JSON line. A system of its own (PostgreSQL, a company, readers, an
enrolled person), as many doors at once as there are lanes; each shows a code, sends its frame, asks for the
verdict, one after the other. What is timed begins when the frame is handed over and ends with the verdict:
engine, match, decision, commit and signature, through the real callable. No network, no camera.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
from importlib import import_module
from pathlib import Path

from bench.revocation import servers
from bench.rotation import prepare
from deploy.local.files import private_folder

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lanes", type=int, default=1)
    parser.add_argument("--frames", type=int, default=40, help="at each door")
    given = parser.parse_args()
    home = private_folder(ROOT / "var" / f"bench-{os.getpid()}")
    os.environ["SALLYPORT_FACE_LANES"] = str(given.lanes)
    try:
        with servers(home) as (postgres, valkey):
            postgres.create_database("bench")
            postgres.create_database("bench_keys")
            prepare(home, postgres.url("bench"), postgres.url("bench_keys"), valkey.url())
            stage = import_module("bench.face_stage")  # its rooms need the settings
            took, busy = asyncio.run(stage.measure(given.lanes, given.frames))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    p95 = sorted(took)[int(len(took) * 0.95)]
    told = {"p95": round(p95, 1), "median": round(statistics.median(took), 1), "verdicts": len(took)}
    print(json.dumps(told | {"busy": busy, "lanes": given.lanes}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
