"""How long an erasure takes, from the officer's word to the signed certificate, in a company of 10^6 events.

`python -m bench.compliance_erase`: one JSON line. `value` is the median of some persons' erasures, each with
a phone, an invitation and 1,000 door events of their own; the one reader confirms at once.
The baseline is the same in the same company while it held 1,000 events in all: the ratio shows growth.
"""

import argparse
import json
import shutil
import statistics
import sys
import time
from importlib import import_module
from typing import Any

from bench.revocation import servers
from bench.rotation import ROOT, prepare
from deploy.local.files import private_folder

BAR = 5.0
FLAT = 1.5  # of the same erasure in a small company
SMALL, LARGE, PERSONS = 1_000, 1_000_000, 5


def measure(events: int, persons: int) -> dict[str, Any]:
    """Erase some in a company that is small, then as many once it is large."""
    import_module("bench.rotation_stage").sign_up_companies(1)
    stage = import_module("bench.compliance_erase_stage")
    context = import_module("tenants.context")
    found = import_module("tenants.celery").active_companies()
    (company,) = [one for one in found if one.subdomain.startswith("bench-")]
    with context.enter(company):
        stage.prepare(2 * persons + 1)
        stage.lay(SMALL)
        stage.erase(0)  # whatever is loaded only once
        small = [stage.erase(number) for number in range(1, persons + 1)]
        stage.lay(events)
        large = [stage.erase(number) for number in range(persons + 1, 2 * persons + 1)]
        held = stage.events()
    value, baseline = statistics.median(large), statistics.median(small)
    return {
        "value": round(value, 3),
        "unit": "s",
        "bar": BAR,
        "baseline": round(baseline, 3),
        "ratio": round(value / baseline, 2),
        "slowest": round(max(large), 3),
        "events": held,
        "persons": persons,
    }


def line(events: int = LARGE, persons: int = PERSONS) -> dict[str, Any]:
    """The figures of a system of its own."""
    home = private_folder(ROOT / "var" / f"bench-erase-{time.time_ns()}")
    try:
        with servers(home) as (postgres, valkey):
            postgres.create_database("bench")
            postgres.create_database("bench_keys")
            prepare(home, postgres.url("bench"), postgres.url("bench_keys"), valkey.url())
            return {"bench": "erase", **measure(events, persons)}
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    """Print one JSON line; the exit code says whether the bars were kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=LARGE)
    parser.add_argument("--persons", type=int, default=PERSONS)
    given = parser.parse_args()
    made = line(given.events, given.persons)
    print(json.dumps(made), flush=True)
    return 0 if made["value"] <= BAR and made["ratio"] <= FLAT else 1


if __name__ == "__main__":
    sys.exit(main())
