"""A reader with what is configured: a picture goes in, the relay moves, the server hears what came of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import cv2
import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from edge import cli
from edge.config import ConfigWrong, commissioned, parse
from edge.run import Reader
from tests.edge.fitted import QUICK, paired, ready, until
from tests.edge.seen import picture
from tests.edge.standin import Standin, standing


@asynccontextmanager
async def fitted_reader(server: Standin, folder: Path, door: dict[str, Any]) -> AsyncIterator[Reader]:
    """Paired and running, with a folder for pictures and the door as configured."""
    await paired(server, folder / "state")
    (folder / "pictures").mkdir()
    source = {"kind": "folder", "path": str(folder / "pictures")}
    config = parse({"source": [source], "door": door}, folder / "state")
    reader = Reader(folder / "state", config.fittings(), QUICK)
    task = asyncio.create_task(reader.run())
    try:
        await ready(reader)
        yield reader
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await reader.close()


def show(folder: Path, name: str, code: str) -> None:
    """Hold a code before the camera."""
    cv2.imwrite(str(folder / "pictures" / f".{name}.png"), picture(code))
    (folder / "pictures" / f".{name}.png").rename(folder / "pictures" / f"{name}.png")


async def test_from_picture_to_relay_to_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pins = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", pins)
    door = {"kind": "gpio", "relay": 17, "contact": 27, "exit_button": 22, "bounce_ms": 0}
    async with standing() as server, fitted_reader(server, tmp_path, door):
        pins.pin(27).drive_low()  # it stood open at the start
        show(tmp_path, "a", server.firm.code())
        await until(lambda: pins.pin(17).state)
        pins.pin(27).drive_high()
        pins.pin(27).drive_low()
        pins.pin(22).drive_low()
        await until(lambda: len(server.door) >= 4)
        show(tmp_path, "b", "12345")  # no code of ours: the relay is not driven for it
        await until(lambda: len(server.events) == 2)
        told = [(event["kind"], event["counter"]) for event in server.door]
        assert told == [("closed", None), ("opened", 1), ("closed", None), ("exit_button", None)]
        assert [event["number"] for event in server.door] == [1, 2, 3, 4]
    assert pins.pin(17).state is False
    pins.reset()


async def test_without_a_contact_driven_is_opened(tmp_path: Path) -> None:
    door = {"kind": "simulated", "path": str(tmp_path / "door")}
    async with standing() as server, fitted_reader(server, tmp_path, door):
        show(tmp_path, "a", server.firm.code())
        await until(lambda: server.door)
        assert [(event["kind"], event["counter"]) for event in server.door] == [("opened", 1)]
    assert len((tmp_path / "door").read_text().splitlines()) == 1


async def test_a_door_that_fails_is_told_once(tmp_path: Path) -> None:
    door = {"kind": "http", "url": "https://127.0.0.1:9"}
    async with standing() as server, fitted_reader(server, tmp_path, door):
        show(tmp_path, "a", server.firm.code())
        await until(lambda: server.door)
        await asyncio.sleep(0.4)
        assert [(event["kind"], event["counter"]) for event in server.door] == [("not_opened", 1)]


def test_only_osdp_is_commissioned(tmp_path: Path) -> None:
    door = {"kind": "simulated", "path": str(tmp_path / "door")}
    config = parse({"source": [{"kind": "lines", "path": "a"}], "door": door}, tmp_path)
    with pytest.raises(ConfigWrong, match="only osdp"):
        commissioned(config)


@pytest.mark.parametrize("deed", ["run", "commission"])
def test_a_wrong_configuration_is_one_line(
    deed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "reader.toml"
    path.write_text('[[source]]\nkind = "lines"\npath = "a"\n[door]\nkind = "http"\nurl = "http://relay"\n')
    assert cli.main(["--state", str(tmp_path), "--config", str(path), deed]) == cli.USAGE
    assert capsys.readouterr().err.startswith("sallyport-reader: door.url: plain_http_refused")


def test_a_device_that_cannot_be_commissioned_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "reader.toml"
    door = f'[door]\nkind = "osdp"\ndevice = "{tmp_path}/none"\naddress = 1\n'
    path.write_text(f'[[source]]\nkind = "lines"\npath = "a"\n{door}')
    assert cli.main(["--state", str(tmp_path), "--config", str(path), "commission"]) == cli.USAGE
    assert "silent" in capsys.readouterr().err
