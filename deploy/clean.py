"""Removes the demo: var/ and the folder outside the checkout that a database run by root may have needed."""

import fcntl
import shutil
import sys
from pathlib import Path

VAR = Path(__file__).resolve().parent.parent / "var"


def main() -> int:
    """Refuse while the demo runs, else remove everything it made."""
    lock = VAR / "lock"
    if lock.exists():
        with lock.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Sallyport: the demo is running; end it first.", file=sys.stderr)
                return 1
    for elsewhere in VAR.glob("**/elsewhere"):
        if elsewhere.is_symlink():
            shutil.rmtree(elsewhere.resolve(), ignore_errors=True)
    shutil.rmtree(VAR, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
