"""`make lock`: writes the .txt files of requirements from their .in files by uv, with hashes."""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "var" / "uv"
OPTIONS = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--quiet")
# The reader program's own come last: they are held to what was tested.
NAMES = (
    "requirements",
    "requirements-dev",
    *(f"edge/requirements{extra}" for extra in ("", "-camera", "-gpio", "-mqtt", "-osdp", "-serial")),
)
# Neither machine paths nor registry hosts belong into the files: the header is our own.
HEADER = "# Locked by `make lock` from {source}. Do not edit.\n"


def uv() -> Path:
    """The locking tool, in a virtual environment of its own."""
    program = TOOL / "bin" / "uv"
    if not program.exists():
        venv.create(TOOL, with_pip=True)
        subprocess.run(
            [TOOL / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"],
            check=True,
        )
    return program


def main() -> int:
    """Lock all files; what is locked already stays unless --upgrade is given."""
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv else []
    for name in NAMES:
        output = ROOT / f"{name}.txt"
        files = ("--no-header", f"{name}.in", "-o", f"{name}.txt")
        command: list[str | Path] = [uv(), "pip", "compile", *OPTIONS, *upgrade, *files]
        subprocess.run(command, cwd=ROOT, check=True, env=dict(os.environ))
        output.write_text(HEADER.format(source=f"{name}.in") + output.read_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
