"""Finds a Chromium for the journeys; as a program it tries once to get one: `python -m deploy.chromium`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where a playwright keeps what it has downloaded, and the program below each `chromium-<number>`.
DOWNLOADS = (".cache/ms-playwright", "Library/Caches/ms-playwright")
PROGRAMS = ("chrome-linux*/chrome", "chrome-mac*/*.app/Contents/MacOS/*")
APT = (
    ("apt-get", "update", "-qq"),
    ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"),
)
PLAYWRIGHT = (sys.executable, "-m", "playwright", "install", "chromium")
SECONDS = 180
TRIED = Path(sys.prefix) / "chromium-tried"
LOUD = "NO CHROMIUM FOUND: the browser journeys are skipped. Install one, or set CHROMIUM=/path."


def find() -> str | None:
    """The path of a Chromium: what CHROMIUM names, else one on PATH, else the newest that playwright has."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    return on_path or next((str(path) for path in _downloaded()), None)


def _downloaded() -> Iterator[Path]:
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folders = [Path(chosen)] if chosen else [Path.home() / name for name in DOWNLOADS]
    found = [build for folder in folders for build in folder.glob("chromium-*") if _number(build) > 0]
    for build in sorted(found, key=_number, reverse=True):
        for pattern in PROGRAMS:
            yield from (path for path in build.glob(pattern) if os.access(path, os.X_OK))


def _number(build: Path) -> int:
    number = build.name.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0


def ways() -> list[Sequence[str]]:
    """The commands that bring one here: as root the system's package, then playwright's own download."""
    as_root = os.geteuid() == 0 and shutil.which("apt-get") is not None
    return [*APT, PLAYWRIGHT] if as_root else [PLAYWRIGHT]


def get() -> None:
    """Try one after the other until there is one, within SECONDS each; a failure is one line."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ways():
        print(f"No Chromium yet: {' '.join(command)} …", file=sys.stderr, flush=True)
        try:
            subprocess.run(
                command,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                timeout=SECONDS,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            print(f"That did not work: {error}", file=sys.stderr, flush=True)
        if find():
            return


def main() -> int:
    """Never fails: the tests that need no browser can run. A .venv tries once; CHROMIUM=none tries never."""
    if find() or os.environ.get("CHROMIUM"):
        return 0
    if not TRIED.exists():
        TRIED.touch()
        get()
    if not find():
        print(f"{LOUD} (Remove {TRIED} to have one fetched again.)", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
