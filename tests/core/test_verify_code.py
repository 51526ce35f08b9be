"""The verifier of docs/, which shares no code with this one: it agrees on every vector, and can disagree."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.core.vectors import FOLDER

SCRIPT = FOLDER.parent / "verify_code.py"
KINDS = ("live", "pass", "day_pass")


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    """The script as anybody would start it, apart from this tree (-I): nothing of ours is in reach."""
    command = [sys.executable, "-I", str(SCRIPT), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_it_agrees_on_every_vector() -> None:
    done = verified(FOLDER)
    assert (done.returncode, done.stderr) == (0, "")
    counts = {kind: json.loads((FOLDER / f"{kind}.json").read_text()) for kind in KINDS}
    for kind, held in counts.items():
        count = len(held["good"]) + len(held["bad"])
        assert f"{kind}: {count} of {count} vectors agree\n" in done.stdout


def test_it_is_short_and_imports_nothing_of_ours() -> None:
    source = SCRIPT.read_text()
    assert len(source.splitlines()) <= 150
    names = [
        alias.name if isinstance(node, ast.Import) else node.module or ""
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]
    allowed = {*sys.stdlib_module_names, "cryptography", "nacl"}
    assert {name.split(".")[0] for name in names} <= allowed


def _good_time(held: dict[str, Any]) -> None:
    held["good"][0]["opens_until"] += 1


def _good_text(held: dict[str, Any]) -> None:
    text = held["good"][0]["text"]
    held["good"][0]["text"] = text[:-1] + ("0" if text[-1] != "0" else "1")


def _told(held: dict[str, Any]) -> None:
    held["good"][0]["opened" if "opened" in held["good"][0] else "contents"]["credential"] += 1


def _bad_reason(held: dict[str, Any]) -> None:
    held["bad"][-1]["reason"] = "replayed"


def _bad_is_good(held: dict[str, Any]) -> None:
    held["bad"][-1] |= {"text": held["good"][0]["text"], "now": held["good"][0]["opens_from"]}


def _nothing_bad(held: dict[str, Any]) -> None:
    held["bad"] = []


def _nothing_good(held: dict[str, Any]) -> None:
    held["good"] = []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "spoil", [_good_time, _good_text, _told, _bad_reason, _bad_is_good, _nothing_bad, _nothing_good]
)
def test_it_disagrees_with_a_spoilt_vector(
    kind: str, spoil: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    for name in KINDS:
        held = json.loads((FOLDER / f"{name}.json").read_text())
        if name == kind:
            spoil(held)
        (tmp_path / f"{name}.json").write_text(json.dumps(held))
    assert verified(tmp_path).returncode == 1
