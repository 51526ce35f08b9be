"""A handful of failures are tried again alone, loudly; whatever fails alone fails, and so do many."""

from pathlib import Path

import pytest

from deploy import suite

CHANCE = """
import pathlib
def test_{name}():
    seen = pathlib.Path(__file__).with_suffix(".{name}")
    if not seen.exists():
        seen.touch()
        assert False, "the machine stood still"
"""
GOOD = "def test_good(): pass\n"
BAD = "def test_bad(): assert False\n"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def ran(house: Path, *tests: str) -> int:
    (house / "test_it.py").write_text("\n".join(tests))
    return suite.suite(["-q"], house / "cache")


def test_what_fails_by_chance_passes_and_is_named(house: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert ran(house, GOOD, CHANCE.format(name="one"), CHANCE.format(name="two")) == 0
    said = capfd.readouterr().out
    assert said.count("the machine stood still") >= 2
    assert "PASSED ONLY ALONE, look at these:\n  test_it.py::test_one\n  test_it.py::test_two" in said


def test_what_fails_alone_fails(house: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert ran(house, GOOD, BAD, CHANCE.format(name="one")) == 1
    assert "PASSED ONLY ALONE" not in capfd.readouterr().out


def test_many_are_no_chance(house: Path) -> None:
    many = [CHANCE.format(name=f"number_{number}") for number in range(suite.MOST_AGAIN + 1)]
    assert ran(house, *many) == 1
    assert ran(house, *many) == 0  # they are in order by now: it was not tried again


def test_what_failed_in_an_earlier_run_is_not_looked_at(house: Path) -> None:
    assert ran(house, BAD) == 1
    assert ran(house, GOOD) == 0


def test_nothing_is_tried_again_where_nothing_ran(house: Path) -> None:
    assert ran(house, "import no_such_module\n") == 2
    assert ran(house) == 5


@pytest.mark.parametrize("early", ["-x", "--maxfail=1"])
def test_a_run_that_ends_early_is_not_made_good(house: Path, early: str) -> None:
    (house / "test_it.py").write_text(CHANCE.format(name="one") + BAD)
    assert suite.suite(["-q", early], house / "cache") == 1
