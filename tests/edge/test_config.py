"""The configuration: what is read, what is refused and by which code, and what comes of it."""

import importlib
import stat
from pathlib import Path
from typing import Any

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from edge.config import ConfigWrong, load, parse
from edge.door import DoorFailed, DoorState
from edge.doors.wiring import Broker, Device, Pins, Relay, Shape, Simulated
from edge.doorstate import DoorKind, DoorTimes
from edge.doorwatch import DoorWatch
from edge.fitting import FittingFailed, part, secret_in
from edge.sources.wiring import Camera, Folder, Lines, Recording, SerialScanner, Wedge

WHOLE = """
[[source]]
kind = "camera"
device = "/dev/v4l/by-id/usb-camera-index0"

[[source]]
kind = "wedge"
device = "/dev/input/by-id/usb-scanner-event-kbd"

[[source]]
kind = "serial"
device = "/dev/serial/by-id/usb-scanner"
baud = 115200

[door]
kind = "gpio"
relay = 17
contact = 27
exit_button = 22

[times]
held_ms = 60000
"""
LINES = {"kind": "lines", "path": "/tmp/codes"}
GPIO = {"kind": "gpio", "relay": 17}


def test_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "reader.toml"
    path.write_text(WHOLE)
    config = load(path, tmp_path)
    assert config.sources == (
        Camera("/dev/v4l/by-id/usb-camera-index0"),
        Wedge("/dev/input/by-id/usb-scanner-event-kbd"),
        SerialScanner("/dev/serial/by-id/usb-scanner", 115_200),
    )
    assert config.door == Pins(17, contact=27, exit_button=22)
    assert config.times == DoorTimes(held_ms=60_000)
    assert config.state == tmp_path


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ({"kind": "camera", "device": 0, "width": 640, "height": 480}, Camera(0, 640, 480)),
        ({"kind": "recording", "path": "a.avi", "pause": 1}, Recording("a.avi", 1.0)),
        ({"kind": "folder", "path": "a"}, Folder("a")),
        (LINES, Lines("/tmp/codes")),
    ],
)
def test_sources(source: dict[str, Any], made: object) -> None:
    assert parse({"source": [source], "door": GPIO}).sources == (made,)


@pytest.mark.parametrize(
    ("door", "made"),
    [
        ({"kind": "http", "url": "https://relay.example"}, Relay("https://relay.example")),
        (
            {"kind": "http", "url": "http://relay.example", "password_file": "/etc/relay"},
            Relay("http://relay.example", password_file="/etc/relay"),
        ),
        (
            {"kind": "mqtt", "host": "b", "ca": "c", "certificate": "d", "key": "e", "topic": "t"}
            | {"shape": "shelly"},
            Broker("b", "c", "d", "e", "t", shape=Shape.SHELLY),
        ),
        ({"kind": "osdp", "device": "/dev/ttyUSB0", "address": 7}, Device("/dev/ttyUSB0", 7)),
        ({"kind": "simulated", "path": "/tmp/door"}, Simulated("/tmp/door")),
    ],
)
def test_doors(door: dict[str, Any], made: object) -> None:
    assert parse({"source": [LINES], "door": door}).door == made


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"reader": {}}, "unknown_field", "reader"),
        ({"source": []}, "no_source", "source"),
        ({"source": LINES}, "wrong_type", "source"),
        ({"source": [LINES, "camera"]}, "wrong_type", "source[2]"),
        ({"source": [{"kind": "telescope"}]}, "unknown_kind", "source[1].kind"),
        ({"source": [{"path": "a"}]}, "unknown_kind", "source[1].kind"),
        ({"source": [{"kind": "camera"}]}, "missing_field", "source[1].device"),
        ({"source": [{"kind": "camera", "device": True}]}, "wrong_type", "source[1].device"),
        ({"source": [{"kind": "lines", "path": " "}]}, "missing_field", "source[1].path"),
        ({"door": None}, "wrong_type", "door"),
        ({"door": {"kind": "gpio", "relay": "17"}}, "wrong_type", "door.relay"),
        ({"door": {"kind": "gpio", "relay": -1}}, "out_of_range", "door.relay"),
        ({"door": {"kind": "gpio", "relay": 17, "contakt": 3}}, "unknown_field", "door.contakt"),
        ({"door": {"kind": "gpio", "relay": 17, "contact": 17}}, "used_twice", "door"),
        ({"door": {"kind": "osdp", "device": "a", "address": 127}}, "out_of_range", "door.address"),
        (
            {"door": {"kind": "osdp", "device": "a", "address": 1, "contact": 0, "exit_button": 0}},
            "used_twice",
            "door.contact",
        ),
        ({"door": {"kind": "http", "url": "http://relay.example"}}, "plain_http_refused", "door.url"),
        ({"door": {"kind": "http", "url": "relay"}}, "address_malformed", "door.url"),
        ({"door": {"kind": "mqtt", "host": "b", "topic": "t"}}, "missing_field", "door.ca"),
        ({"times": {"held_ms": 1.5}}, "wrong_type", "times.held_ms"),
        ({"times": {"held_ms": 5}}, "out_of_range", "times.held_ms"),
        ({"times": []}, "wrong_type", "times"),
    ],
)
def test_what_is_refused(change: dict[str, Any], code: str, where: str) -> None:
    with pytest.raises(ConfigWrong) as wrong:
        parse({"source": [LINES], "door": GPIO} | change)
    assert (wrong.value.code, wrong.value.where) == (code, where)
    assert str(wrong.value).startswith(f"{where}: {code}")


def test_without_a_door() -> None:
    with pytest.raises(ConfigWrong, match="no_door"):
        parse({"source": [LINES]})


@pytest.mark.parametrize(
    ("content", "code"), [(None, "file_missing"), (b"[door", "not_toml"), (b"\xff\xfe", "not_toml")]
)
def test_files_that_are_none(content: bytes | None, code: str, tmp_path: Path) -> None:
    path = tmp_path / "reader.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigWrong) as wrong:
        load(path)
    assert wrong.value.code == code


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["source", "door", "times", "x"]), st.sampled_from(["kind", "relay", "device"]), JSON)
def test_anything_is_read_or_refused(table: str, name: str, value: object) -> None:
    found: dict[str, Any] = {"source": [LINES], "door": GPIO, "times": {}}
    found[table] = [{"kind": "camera", name: value}] if table == "source" else {**GPIO, name: value}
    try:
        parse(found)
        parse({**found, table: value})
    except ConfigWrong:
        pass


def test_a_library_that_is_missing_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name="paho")

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(FittingFailed, match=r"install sallyport-reader\[mqtt\]"):
        part("edge.doors.mqtt")


def test_passwords(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("open sesame\n")
    path.chmod(0o640)
    assert secret_in(str(path)) == "open sesame"
    path.chmod(0o644)
    with pytest.raises(FittingFailed, match="chmod"):
        secret_in(str(path))
    path.chmod(0o600)
    path.write_text("")
    with pytest.raises(FittingFailed, match="empty"):
        secret_in(str(path))
    with pytest.raises(FittingFailed, match="FileNotFoundError"):
        secret_in(str(tmp_path / "absent"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_fitted_door_tells_its_watch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The whole way: configured, held, opened, its contact told, a relay that refuses."""
    factory = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    door = {"kind": "gpio", "relay": 17, "contact": 27, "bounce_ms": 0}
    fittings = parse({"source": [LINES], "door": door}, tmp_path).fittings()
    factory.pin(27).drive_low()  # shut, before anybody watches
    told: list[tuple[str, int, int | None]] = []
    assert fittings.watch is not None
    watch = fittings.watch(lambda: 5_000, lambda *event: told.append(event))
    watch.granted(8, 1_000)
    await fittings.door.open(1_000)
    factory.pin(27).drive_high()
    assert told == [("opened", 5_000, 8)]
    factory.pin(27).drive_low()
    await fittings.door.close()
    watch.granted(9, 1_000)
    with pytest.raises(DoorFailed):
        await fittings.door.open(1_000)
    assert isinstance(watch, DoorWatch)
    watch.contact(is_open=True)
    assert [kind for kind, _, _ in told[1:]] == [
        DoorKind.CLOSED,
        DoorKind.NOT_OPENED,
        DoorKind.FORCED,
    ]
    assert fittings.door.state is DoorState.AWAY
    factory.reset()


def test_a_door_that_cannot_be_had(tmp_path: Path) -> None:
    door = {"kind": "osdp", "device": str(tmp_path / "ttyUSB0"), "address": 3}
    with pytest.raises(FittingFailed, match="commission it first"):
        parse({"source": [LINES], "door": door}, tmp_path).fittings()
