"""What compliance takes: access, erasure, verification of the record, retention. One JSON line each.

`python -m bench.compliance [NAME ...]`: of `access erase verify retention` those named, or all. Each in a
process of its own, so that none warms caches for the next. Bars: access to 10,000 events ≤ 10 s; erasure over
10^6 events ≤ 5 s and flat; verification ≥ 50,000 entries/s/core; retention over 10^6 rows, scans' p95 ≤ 1.2.
"""

import argparse
import subprocess
import sys

NAMES = ("access", "erase", "verify", "retention")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="which lines; all by default")
    wanted = parser.parse_args().names or NAMES
    codes = [
        subprocess.run([sys.executable, "-m", f"bench.compliance_{name}"], check=False).returncode
        for name in wanted
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
