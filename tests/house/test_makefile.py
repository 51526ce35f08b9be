"""Every command that the documentation names does something, and every bench has its target."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
# As commands stand in text: in backticks, or at the start of a line of a code block.
NAMED = re.compile(r"(?:`|^(?: {4}|\$ )?)(?:[A-Z_]+=\S+ )*make ([a-z][a-z-]+)", re.MULTILINE)
PROSE = {"a", "the", "no"}
COMMANDS = sorted({name for page in PAGES for name in NAMED.findall(page.read_text())} - PROSE)
BENCHES = sorted(
    path.stem
    for path in (ROOT / "bench").glob("*.py")
    if "_" not in path.stem and '__name__ == "__main__"' in path.read_text()
)

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="no make here")


def would_run(target: str) -> str:
    """What make would do, without doing it."""
    command = ["make", "--dry-run", "--no-print-directory", target]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_is_something_to_look_at() -> None:
    assert {"demo", "test", "check", "bench-scan", "bench-code"} <= set(COMMANDS)
    assert {"scan", "code", "rotation"} <= set(BENCHES)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_of_the_documentation_runs(name: str) -> None:
    commands = [line for line in would_run(name).splitlines() if "bootstrap.py" not in line]
    assert commands or name in {"setup", "setup-dev"}, f"make {name} does nothing"
    for module in re.findall(r"-m (bench\.[a-z_]+)", "\n".join(commands)):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_has_its_target(name: str) -> None:
    assert f"-m bench.{name}" in would_run(f"bench-{name}")
