"""Sizes of STYLE.md: a module, a function, a test file or a template that grew too long fails here."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.rooms import FLOORS

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = (*FLOORS, "deploy", "edge", "bench")
MODULE_STOP, MODULE_P95, MODULE_MEDIAN = 500, 350, 100
FUNCTION_STOP, FUNCTION_P95, FUNCTION_MEDIAN = 60, 40, 10
TEST_STOP = 400
TEMPLATE_STOP = 150
SCRIPT_STOP = 400


def lines_of(path: Path) -> int:
    """Lines of a text file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def modules() -> list[Path]:
    """Modules of the product; what Django writes as migrations is not measured."""
    return [
        path
        for package in CODE
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length of each function in a module, its decorators not counted."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def too_long(found: list[tuple[str, int]], stop: int) -> list[str]:
    """What is longer than `stop`, for the message."""
    return [f"{name} has {length} lines, {stop} is the end" for name, length in found if length > stop]


def test_modules() -> None:
    found = [(str(path.relative_to(ROOT)), lines_of(path)) for path in modules()]
    lengths = sorted(length for _, length in found)
    assert too_long(found, MODULE_STOP) == []
    assert lengths[int(len(lengths) * 0.95)] <= MODULE_P95
    assert statistics.median(lengths) <= MODULE_MEDIAN


def test_functions() -> None:
    found = [one for path in modules() for one in functions(path)]
    lengths = sorted(length for _, length in found)
    assert too_long(found, FUNCTION_STOP) == []
    assert lengths[int(len(lengths) * 0.95)] <= FUNCTION_P95
    assert statistics.median(lengths) <= FUNCTION_MEDIAN


@pytest.mark.parametrize(
    ("folder", "pattern", "stop"),
    [
        ("tests", "*.py", TEST_STOP),
        ("templates", "*.html", TEMPLATE_STOP),
        ("static/wallet", "*.js", SCRIPT_STOP),
        ("static/reader", "*.js", SCRIPT_STOP),
        ("static/kiosk", "*.js", SCRIPT_STOP),
        ("static/console", "*.js", SCRIPT_STOP),
    ],
)
def test_other_files(folder: str, pattern: str, stop: int) -> None:
    found = [(str(path.relative_to(ROOT)), lines_of(path)) for path in (ROOT / folder).rglob(pattern)]
    assert too_long(found, stop) == []


def test_the_measure_measures(tmp_path: Path) -> None:
    """A check that cannot fail is a defect."""
    assert too_long([("long.py", MODULE_STOP + 1)], MODULE_STOP)
    assert not too_long([("fits.py", MODULE_STOP)], MODULE_STOP)
