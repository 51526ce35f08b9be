"""The doctor: a verdict for each thing, a hint wherever it is not good, and nothing it could break."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import gpiozero
import httpx
import numpy as np
import pytest
from gpiozero.pins.mock import MockFactory

from edge import cli, doctor, doctor_fit
from edge.config import Config, parse
from edge.doctor import disk, verdicts, waiting
from edge.doctor_fit import decoder_verdict, door_verdict, source_verdict
from edge.doctor_line import Line, asked, clock
from edge.doors.wiring import Device, Pins, Relay, Simulated
from edge.identity import load
from edge.sources.wiring import Camera, Lines, Recording, SerialScanner, Wedge
from edge.verdict import Level, Verdict, bad, good
from tests.edge.fitted import paired, running
from tests.edge.seen import CODE, on_screen
from tests.edge.standin import standing


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A reader with a recording and a simulated door."""
    cv2.imwrite(str(tmp_path / "view.png"), on_screen(CODE))
    found: dict[str, Any] = {
        "source": [{"kind": "recording", "path": str(tmp_path / "view.png")}],
        "door": {"kind": "simulated", "path": str(tmp_path / "door")},
    }
    return parse(found, tmp_path / "state")


async def all_of(config: Config) -> dict[str, Level]:
    """What the doctor says, by what it is about; a hint stands wherever something is not good."""
    found = [verdict async for verdict in verdicts(config, config.state)]
    assert all(bool(one.hint) is (one.level is not Level.GOOD) for one in found)
    return {one.about: one.level for one in found}


async def test_everything_is_good(config: Config) -> None:
    async with standing() as server:
        await paired(server, config.state)
        found = await all_of(replace(config, sources=(Lines(str(config.state / "identity.json")),)))
        assert server.events == {}
        assert server.contacts == []
    assert set(found) == {"pairing", "network", "clock", "journal", "disk", "lines", "door"}
    assert set(found.values()) == {Level.GOOD}


async def test_beside_a_running_reader(config: Config) -> None:
    async with standing() as server, running(server, config.state):
        found = await all_of(config)
    assert found["door"] is Level.GOOD
    assert found["journal"] is Level.GOOD
    assert "recording" not in found  # the reader has it


async def test_the_server_is_away(config: Config) -> None:
    async with standing() as server:
        await paired(server, config.state)
    found = await all_of(config)
    assert found["network"] is Level.BAD
    assert found["clock"] is Level.DOUBT
    assert found["pairing"] is found["door"] is Level.GOOD


def test_not_paired(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(config, config.state) == 1
    lines = capsys.readouterr().out
    assert "✗ pairing" in lines
    assert "→ draw a code in the console" in lines
    assert "✓ door" in lines


def test_the_status_tells_good_from_bad(
    config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def well(_: Config, __: Path) -> Any:
        yield good("door", "ready")

    monkeypatch.setattr(doctor, "verdicts", well)
    assert doctor.main(config, config.state) == 0
    assert capsys.readouterr().out == "✓ door       ready\n"


@pytest.mark.parametrize(
    ("status", "body", "headers", "level"),
    [
        (200, {"counter": 1}, {}, Level.GOOD),
        (401, {"code": "clock_skew", "server_now": 1}, {}, Level.BAD),
        (403, {"code": "reader_suspended"}, {}, Level.BAD),
        (403, {"code": "reader_retired"}, {}, Level.BAD),
        (503, {"code": "server_unavailable"}, {}, Level.BAD),
        (502, None, {}, Level.BAD),
        (200, {"counter": 1}, {"date": "Thu, 01 Jan 2026 00:00:00 GMT"}, Level.GOOD),
        (200, {"counter": 1}, {"date": "nonsense"}, Level.GOOD),
    ],
)
async def test_answers(status: int, body: Any, headers: dict[str, str], level: Level, config: Config) -> None:
    async with standing() as server:
        await paired(server, config.state)

    def answer(request: httpx.Request) -> httpx.Response:
        content = {"text": "<html>"} if body is None else {"json": body}
        return httpx.Response(status, headers=headers, **content)

    line = await asked(*load(config.state), transport=httpx.MockTransport(answer))
    assert line.network.level is level
    if "server_now" in (body or {}):
        assert line.server_s == 1
    elif headers.get("date", "").startswith("Thu"):
        assert line.server_s == 1_767_225_600
    else:
        assert line.server_s is None


WELL = good("network", "answers")


@pytest.mark.parametrize(
    ("line", "behind_ms", "level"),
    [
        (Line(WELL, 1_000.0), 0, Level.GOOD),
        (Line(WELL, 1_020.0), 0, Level.DOUBT),
        (Line(WELL, 1_200.0), 0, Level.BAD),
        (Line(WELL, 700.0), 0, Level.BAD),
        (Line(WELL, 1_000.0), 86_400_000, Level.BAD),
        (Line(WELL, None), 0, Level.GOOD),
        (Line(bad("network", "away", "look"), None), 0, Level.DOUBT),
        (None, 0, Level.DOUBT),
    ],
)
def test_the_clock(line: Line | None, behind_ms: int, level: Level) -> None:
    assert clock(1_000.0, line, behind_ms).level is level


def test_disk_and_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = [10_000_000_000, 100_000_000, 1_000_000]
    monkeypatch.setattr("edge.doctor.shutil.disk_usage", lambda _: type("U", (), {"free": free.pop(0)}))
    folder = tmp_path / "not" / "there"
    assert [disk(folder).level for _ in range(3)] == [Level.GOOD, Level.DOUBT, Level.BAD]
    assert [waiting(n).level for n in (0, 500, 20_000)] == [Level.GOOD, Level.GOOD, Level.DOUBT]


def test_the_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    assert decoder_verdict().level in (Level.GOOD, Level.DOUBT)
    monkeypatch.setattr("edge.sources.decoder.texts_in", lambda picture: [])
    assert decoder_verdict().level is Level.BAD


@pytest.mark.parametrize(
    ("grey", "pictures", "level"),
    [(None, 40, Level.GOOD), (3, 40, Level.DOUBT), (250, 40, Level.DOUBT), (None, 2, Level.DOUBT)],
)
async def test_cameras(
    grey: int | None, pictures: int, level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_fit, "LOOK", 0.5)
    view = on_screen(CODE) if grey is None else np.full((72, 128, 3), grey, np.uint8)
    for number in range(pictures):
        cv2.imwrite(str(tmp_path / f"{number}.png"), view[::8, ::8])
    if pictures < 8:
        verdict = doctor_fit._seen("camera", [view] * pictures, 1.5)
    else:
        verdict = await source_verdict(Recording(str(tmp_path)))
    assert verdict.level is level


@pytest.mark.parametrize(
    "source",
    [Camera("/dev/v4l/by-id/none"), Wedge("/dev/input/none"), SerialScanner("/dev/ttyNONE"), Lines("/none")],
)
async def test_what_is_not_there(source: Any) -> None:
    verdict = await source_verdict(source, wait=0.1)
    assert verdict.level is Level.BAD
    assert verdict.hint


async def test_doors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def said(door: Any) -> Verdict:
        return await door_verdict(door, tmp_path, wait=0.2)

    factory = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    assert (await said(Simulated(str(tmp_path / "door")))).level is Level.GOOD
    assert (await said(Pins(17))).level is Level.GOOD
    assert factory.pin(17).state is False
    assert (tmp_path / "door").read_text() == ""  # nothing was driven
    uncommissioned = await said(Device("/dev/ttyNONE", 3))
    assert uncommissioned.level is Level.BAD
    assert "commission" in uncommissioned.found + uncommissioned.hint
    nobody = await said(Relay("https://127.0.0.1:9"))
    assert nobody.level is Level.BAD
    assert "ConnectError" in nobody.found
    factory.reset()


async def test_a_journal_that_is_broken(config: Config) -> None:
    async with standing() as server:
        await paired(server, config.state)
        (config.state / "journal.db").write_bytes(b"no database" * 100)
        found = await all_of(config)
    assert found["journal"] is Level.BAD


def test_a_wrong_configuration_is_a_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside all that can be said without it."""
    path = tmp_path / "reader.toml"
    path.write_text('[door]\nkind = "gpio"\n')
    assert cli.main(["--state", str(tmp_path), "--config", str(path), "doctor"]) == 1
    lines = capsys.readouterr().out
    assert "✗ config     source: no_source" in lines
    assert "✗ pairing" in lines
    assert "✓ disk" in lines or "! disk" in lines


async def test_a_door_that_asks_for_a_number_has_no_display_here(config: Config) -> None:
    async with standing() as server:
        await paired(server, config.state)
        assert "display" not in await all_of(config)
        server.challenge = True
        assert (await all_of(config))["display"] is Level.BAD
