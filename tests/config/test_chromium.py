"""Which Chromium the journeys take, and how one is fetched."""

from pathlib import Path

import pytest

from deploy import chromium


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any."""
    for name in ("CHROMIUM", "PLAYWRIGHT_BROWSERS_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(chromium, "TRIED", tmp_path / "tried")
    monkeypatch.setattr(chromium, "PLAYWRIGHT", ("playwright", "install", "chromium"))


def put(path: Path, content: str = "#!/bin/sh\n") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(0o755)
    return str(path)


def test_one_on_the_path_comes_before_a_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert chromium.find() is None
    downloaded = put(tmp_path / ".cache/ms-playwright/chromium-1255/chrome-linux64/chrome")
    assert chromium.find() == downloaded
    installed = put(tmp_path / "bin/google-chrome")
    assert chromium.find() == installed
    monkeypatch.setenv("CHROMIUM", "none")
    assert chromium.find() is None


def test_the_newest_whole_download_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "browsers"
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(folder))
    put(folder / "chromium-999/chrome-linux/chrome")
    wanted = put(folder / "chromium-1001/chrome-linux/chrome")
    (folder / "chromium-1200/chrome-linux64").mkdir(parents=True)
    put(folder / "chromium_headless_shell-1300/chrome-linux/headless_shell")
    assert chromium.find() == wanted


@pytest.mark.parametrize(
    ("uid", "apt", "tried"),
    [
        (0, True, ["apt-get", "apt-get", "playwright"]),
        (1000, True, ["playwright"]),
        (0, False, ["playwright"]),
    ],
)
def test_the_ways_to_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uid: int, apt: bool, tried: list[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: uid)
    if apt:
        put(tmp_path / "bin/apt-get")
    assert [command[0] for command in chromium.ways()] == tried


def test_it_is_fetched_once_and_then_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    put(tmp_path / "bin/playwright", f"#!/bin/sh\n: > {tmp_path}/downloaded\n")
    target = tmp_path / "bin/chromium"
    put(
        tmp_path / "bin/apt-get",
        f'#!/bin/sh\n[ "$1" = update ] || {{ : > {target}; /bin/chmod 755 {target}; }}\n',
    )
    assert chromium.main() == 0
    assert chromium.find() == str(target)
    assert not (tmp_path / "downloaded").exists()


def test_what_cannot_be_fetched_is_said_and_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    calls = tmp_path / "calls"
    put(tmp_path / "bin/apt-get", f'#!/bin/sh\necho "$@" >> {calls}\nexit 100\n')
    for _ in range(2):
        assert chromium.main() == 0
        assert chromium.LOUD in capfd.readouterr().err
    assert [line.split()[0] for line in calls.read_text().splitlines()] == ["update", "install"]


def test_one_that_hangs_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(chromium, "SECONDS", 0.2)
    put(tmp_path / "bin/apt-get", "#!/bin/sh\nexec /bin/sleep 60\n")
    assert chromium.main() == 0
    said = capfd.readouterr().err
    assert "timed out" in said
    assert chromium.LOUD in said


def test_a_named_one_that_is_missing_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "none")
    put(tmp_path / "bin/apt-get", f"#!/bin/sh\n: > {tmp_path}/called\n")
    assert chromium.main() == 0
    assert not (tmp_path / "called").exists()
