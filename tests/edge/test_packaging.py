"""What is installed: a locked file for each extra, a core without any of them, a unit that systemd takes."""

import asyncio
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from config.rooms import ROOT
from edge import cli
from edge.config import DOORS, SOURCES, parse
from tests.edge.standin import CODE, standing

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
        "WorkingDirectory=%S/sallyport-reader",  # lgpio lays a pipe there, and everything else is read-only
        "Environment=GPIOZERO_PIN_FACTORY=lgpio",  # no fallback that nobody notices
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


UNIT = dict(
    line.split("=", 1)
    for line in (EDGE / "systemd" / "sallyport-reader.service").read_text().splitlines()
    if "=" in line and not line.startswith("#")
)


def rows(name: str) -> list[list[str]]:
    """Lines of a file for systemd, without its remarks, in words."""
    text = (EDGE / "systemd" / f"sallyport-reader.{name}").read_text()
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def test_the_user_is_in_the_units_groups_without_the_unit() -> None:
    """Else `sudo -u sallyport-reader … doctor` sees no camera, scanner or pin."""
    groups = UNIT["SupplementaryGroups"].split()
    members = [(row[1], row[2]) for row in rows("sysusers") if row[0] == "m"]
    assert members == [(UNIT["User"], group) for group in groups]
    assert {row[1] for row in rows("sysusers") if row[0] == "g"} == set(groups)


def test_the_folder_is_there_before_the_service() -> None:
    """As the unit would make it; pairing comes first."""
    (row,) = rows("tmpfiles")
    assert row[:5] == [
        "d",
        f"/var/lib/{UNIT['StateDirectory']}",
        UNIT["StateDirectoryMode"],
        UNIT["User"],
        UNIT["Group"],
    ]


def commands() -> list[list[str]]:
    """What the guide has whoever installs it type, in its order."""
    blocks = re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL)
    return [shlex.split(line[2:]) for block in blocks for line in block.splitlines() if line[:2] == "# "]


def made_in(root: Path, words: list[str]) -> bool:
    """Have done in a root of its own what the guide says; whether that can be done here."""
    if words[0] == "install":
        assert words[1:4] == ["-D", "-m", "0644"]
        target = root / words[5].lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / words[4], target)
    elif words[0] in ("systemd-sysusers", "systemd-tmpfiles"):
        subprocess.run([words[0], f"--root={root}", *words[1:]], check=True, capture_output=True)
    else:
        return False
    return True


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="no systemd here")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes users")
async def test_the_guide_can_be_followed_up_to_the_service(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, done = tmp_path / "var" / "lib" / "sallyport-reader", []
    async with standing() as server:
        for words in commands():
            if words[:2] == ["systemctl", "enable"]:
                break
            if made_in(tmp_path, words):
                done.append(words[0])
            elif words[0] == "sudo" and words[4] == "pair":
                _owned(tmp_path, state)
                deed = ["--state", str(state), "pair", server.origin, CODE]
                assert await asyncio.to_thread(cli.main, deed) == 0
                done.append("pair")
    assert "Paired: this is Front" in capsys.readouterr().out
    assert done == [*["install", "systemd-sysusers", "install", "systemd-tmpfiles", "install"], "pair"]
    assert (state / "identity.json").exists()


def _owned(root: Path, state: Path) -> None:
    """As the reader's user needs it, in that root's own user list."""
    users = [line.split(":") for line in (root / "etc" / "passwd").read_text().splitlines()]
    (user,) = [int(one[2]) for one in users if one[0] == UNIT["User"]]
    found = state.stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (user, 0o700)
    groups = [line.split(":") for line in (root / "etc" / "group").read_text().splitlines()]
    of_user = {one[0] for one in groups if UNIT["User"] in one[3].split(",")}
    assert of_user == set(UNIT["SupplementaryGroups"].split())


def test_what_the_guide_installs_is_there() -> None:
    for words in commands():
        for word in words:
            if word.startswith(("edge/", "./edge")):
                assert (ROOT / word).exists(), word


DEEDS = (["pair", "https://acme.example.com", CODE], ["run"], ["commission"], ["status"])


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed[0])
@pytest.mark.parametrize("allowed", [True, False])
def test_a_folder_that_cannot_be_had_is_one_line(
    deed: list[str],
    allowed: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No traceback, and a status: before the folder was made, or as another user."""
    path, state = tmp_path / "reader.toml", tmp_path / "file" / "state"
    door = '[door]\nkind = "osdp"\ndevice = "/dev/none"\naddress = 1\n'
    path.write_text(f'[[source]]\nkind = "lines"\npath = "{tmp_path}/lines"\n{door}')
    (tmp_path / "file").touch()
    if not allowed:
        monkeypatch.setattr(Path, "mkdir", _refused)
    status = cli.main(["--state", str(state), "--config", str(path), *deed])
    told = capsys.readouterr().err
    assert status in (cli.FAILED, cli.USAGE)
    assert told.startswith("sallyport-reader: ")
    assert told.count("\n") == 1


def test_the_doctor_says_that_it_is_the_wrong_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not that the reader were not paired."""
    monkeypatch.setattr(Path, "read_text", _refused)
    assert cli.main(["--state", str(tmp_path), "doctor"]) == 1
    told = capsys.readouterr().out
    assert "sudo -u sallyport-reader" in told
    assert "not paired" not in told


def _refused(self: Path, *_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied", str(self))
