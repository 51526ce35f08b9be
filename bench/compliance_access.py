"""How long it takes to answer an access request of somebody with 10,000 events, asked until the file is made.

`python -m bench.compliance_access`: one JSON line. Every room is asked, the rows are sealed, opened again,
written as a page, JSON and tables, and locked. `--others` are events of somebody else between the person's:
the time must not grow with them. The baseline reads the person's events and does nothing with them.
"""

import argparse
import json
import shutil
import sys
import time
from importlib import import_module
from typing import Any

from bench.revocation import servers
from bench.rotation import ROOT, prepare
from deploy.local.files import private_folder

BAR = 10.0
EVENTS, OTHERS, ROUNDS = 10_000, 200_000, 3


def measure(events: int, others: int) -> dict[str, Any]:
    """The best of some rounds, each with a request of its own."""
    import_module("bench.rotation_stage").sign_up_companies(1)
    stage = import_module("bench.compliance_access_stage")  # its rooms need the settings
    enter = import_module("tenants.context").enter
    company = stage.company()
    with enter(company):
        holder = stage.lay(events, others)
        taken, least, size, rows = float("inf"), float("inf"), 0, 0
        for _ in range(ROUNDS):
            case = stage.ask(holder)
            begun = time.monotonic()
            size = stage.answer(company, case)
            taken = min(taken, time.monotonic() - begun)
            rows = stage.rows_of(case)
            begun = time.monotonic()
            if stage.bare(holder) != events:
                raise RuntimeError("not all events were found")
            least = min(least, time.monotonic() - begun)
    if rows < events:
        raise RuntimeError("not all events were told")
    return {
        "value": round(taken, 2),
        "unit": "s",
        "bar": BAR,
        "baseline": round(least, 3),
        "ratio": round(taken / least, 1),
        "events": events,
        "others": others,
        "rows": rows,
        "bytes": size,
    }


def line(events: int = EVENTS, others: int = OTHERS) -> dict[str, Any]:
    """The figures of a system of its own."""
    home = private_folder(ROOT / "var" / f"bench-access-{time.time_ns()}")
    try:
        with servers(home) as (postgres, valkey):
            postgres.create_database("bench")
            postgres.create_database("bench_keys")
            prepare(home, postgres.url("bench"), postgres.url("bench_keys"), valkey.url())
            return {"bench": "access", **measure(events, others)}
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    """Print one JSON line; the exit code says whether the bar was kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--others", type=int, default=OTHERS)
    given = parser.parse_args()
    made = line(given.events, given.others)
    print(json.dumps(made), flush=True)
    return 0 if made["value"] <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
