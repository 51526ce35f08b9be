"""What is installed: a locked file for each extra, a core without any of them, a unit that systemd takes."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from config.rooms import ROOT
from edge.config import DOORS, SOURCES, parse

EDGE = ROOT / "edge"
PROJECT = tomllib.loads((EDGE / "pyproject.toml").read_text())
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
LINE = re.compile(r"^([a-z0-9-]+)(?:\[[^]]+\])?==(\S+)", re.MULTILINE)
PIN = re.compile(LINE.pattern + r"(?: ; [^\\\n]+)? \\\n    --hash=sha256:[0-9a-f]{64}", re.MULTILINE)
GUIDE = (ROOT / "docs" / "reader-program.md").read_text()


def names(requirements: list[str]) -> set[str]:
    """Names of packages, without versions and remarks."""
    return {re.split(r"[ <>=#\[]", line)[0] for line in requirements if line[:1].isalpha()}


def pins(path: Path) -> dict[str, str]:
    """Name to version of a locked file; each with a hash."""
    found = PIN.findall(path.read_text())
    assert found == LINE.findall(path.read_text())
    return dict(found)


@pytest.mark.parametrize("extra", ["", *EXTRAS])
def test_each_extra_is_locked_to_what_was_tested(extra: str) -> None:
    wanted = names(EXTRAS[extra] if extra else PROJECT["project"]["dependencies"])
    stem = f"requirements-{extra}" if extra else "requirements"
    assert names((EDGE / f"{stem}.in").read_text().splitlines()) == wanted
    locked = pins(EDGE / f"{stem}.txt")
    assert wanted <= set(locked)
    tested = pins(ROOT / "requirements-dev.txt")
    assert {name: tested.get(name, version) for name, version in locked.items()} == locked


def test_the_core_loads_no_extra() -> None:
    """Nor Django: the command starts on a computer that has neither."""
    code = "import sys, edge.cli, edge.doctor; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"cv2", "numpy", "zxingcpp", "gpiozero", "paho", "osdp", "serial", "django"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = (EDGE / "systemd" / "sallyport-reader.service").read_text()
    here = unit.replace("/opt/sallyport-reader/bin/sallyport-reader", "/bin/true")
    assert here != unit
    path = tmp_path / "sallyport-reader.service"
    path.write_text(here)
    verify = ["systemd-analyze", "verify", str(path)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    path.write_text(here.replace("NoNewPrivileges", "NoNewPrivilege"))
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert "NoNewPrivilege" in done.stderr


def test_the_service_is_nobody_in_particular() -> None:
    unit = (EDGE / "systemd" / "sallyport-reader.service").read_text().splitlines()
    for line in (
        "User=sallyport-reader",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "DevicePolicy=closed",
        "StateDirectoryMode=0700",
        "SupplementaryGroups=video input dialout gpio",
    ):
        assert line in unit


def test_the_guides_example_is_read() -> None:
    example = re.search(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert example is not None
    config = parse(tomllib.loads(example.group(1)))
    assert config.times.held_ms == 30_000


def test_the_guide_names_every_kind_and_drawing() -> None:
    for kind in (*SOURCES, *DOORS):
        assert re.search(rf"\b{kind}\b", GUIDE), kind
    for drawing in re.findall(r"\(img/(\S+)\)", GUIDE):
        assert (ROOT / "docs" / "img" / drawing).exists()
