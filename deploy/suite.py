"""The whole suite, and what failed of it once more by itself.

The suite's workers share the processors with servers, readers and browsers, and much of it runs against a
real clock: on a machine that stands still for a second, a test may fail of which nothing is wrong. So a
handful of failures are tried again alone, once. A test that fails alone too has failed; more failures than a
handful are no chance. Nothing is hidden: both runs are shown, and what passed only alone is named at the end,
since it wants a look: either the test expects too much of a busy machine, or it has found a race.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
MOST_AGAIN: Final = 6  # of some 11,000; on a machine at half its usual speed five failed that pass alone
ENDS_EARLY: Final = ("-x", "--exitfirst", "--maxfail")
FAILED: Final = 1  # pytest: tests were collected and run, and some of them failed


def suite(arguments: Sequence[str], cache: Path) -> int:
    """Run pytest; its exit code, or that of the failed tests' second run where they were few."""
    keep = ("-o", f"cache_dir={cache}")
    code = _pytest(*keep, "--cache-clear", *arguments)
    # A run that was to end early has not looked at all: nothing of it can be made good.
    whole = not any(one.startswith(ENDS_EARLY) for one in arguments)
    failed = _failed(cache) if code == FAILED and whole else []
    if not 0 < len(failed) <= MOST_AGAIN:
        return code
    print(f"\nFailed beside others, now once more alone: {', '.join(failed)}\n", flush=True)
    code = _pytest(*keep, "-n0", *failed)
    if code == 0:
        print("\nPASSED ONLY ALONE, look at these:", *failed, sep="\n  ", flush=True)
    return code


def _pytest(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode


def _failed(cache: Path) -> list[str]:
    path = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(path.read_text())) if path.exists() else []


if __name__ == "__main__":
    sys.exit(suite(sys.argv[1:], ROOT / ".pytest_cache"))
