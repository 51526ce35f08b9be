"""OSDP against libosdp's own peripheral: commissioning, orders, what comes back, and who pretends."""

import asyncio
import os
import pty
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from osdp import Command, CompletionStatus, Event, EventNotification, StatusReportType

from edge.door import DoorFailed, DoorState
from edge.doors import osdp
from edge.doors.osdp import OsdpDoor, commission
from edge.doors.osdp_line import DEFAULT_KEY, CountedChannel, DeviceKey, SerialChannel
from edge.doors.wiring import Device
from edge.doorstate import DoorKind
from tests.edge.osdp_device import ADDRESS, Peripheral, Wire, peripheral_on, without_security
from tests.edge.seen import until
from tests.edge.signs import Signs

DEVICE = Device("", ADDRESS, output=0, contact=0, exit_button=1)
# Who are you, what can you do, prove that you hold the key: no poll, no order, no key.
ASKING = {0x61, 0x62, 0x76}
Began = Callable[[bytes | None], Peripheral]


@pytest.fixture
def wire() -> Wire:
    """A line."""
    return Wire()


@pytest.fixture
def began(wire: Wire) -> Iterator[Began]:
    """Puts devices on the line, and takes them off at the end."""
    devices: list[Peripheral] = []

    def begin(key: bytes | None) -> Peripheral:
        devices.append(peripheral_on(wire, key))
        return devices[-1]

    yield begin
    for device in devices:
        device.end()


@pytest.fixture
def key(tmp_path: Path) -> bytes:
    """A device's key, as commissioning leaves it."""
    keys = DeviceKey(tmp_path, ADDRESS)
    key = keys.begun()
    keys.settle()
    return key


def outputs(device: Peripheral) -> list[tuple[int, int, int]]:
    """Output, control code and tenths of a second of each order."""
    return [
        (order["output_no"], order["control_code"], order["timer_count"])
        for order in device.orders
        if order["command"] == Command.Output
    ]


async def test_commissioned_then_opened(wire: Wire, began: Began, tmp_path: Path) -> None:
    device = began(None)
    commission(DEVICE, wire, tmp_path, patience=9)
    key = DeviceKey(tmp_path, ADDRESS).laid()
    assert key == device.key
    assert key is not None
    assert key != DEFAULT_KEY
    assert not list(tmp_path.glob("*.new"))
    assert (tmp_path / f"osdp-{ADDRESS}.key").stat().st_mode & 0o777 == 0o600
    door = OsdpDoor(DEVICE, wire, tmp_path)
    await until(lambda: door.state is DoorState.READY)
    await door.open(3_000)
    await door.close()
    assert outputs(device) == [(0, 5, 30)]


async def test_two_devices_have_two_keys(tmp_path: Path) -> None:
    assert DeviceKey(tmp_path, 1).begun() != DeviceKey(tmp_path, 2).begun()


async def test_interrupted_commissioning_goes_on(wire: Wire, began: Began, tmp_path: Path) -> None:
    """The device took the key, the power went before it was settled here."""
    device = began(DeviceKey(tmp_path, ADDRESS).begun())
    commission(DEVICE, wire, tmp_path, patience=6)
    assert DeviceKey(tmp_path, ADDRESS).laid() == device.key


def test_a_device_that_keeps_another_key_is_not_commissioned(
    wire: Wire, began: Began, tmp_path: Path
) -> None:
    began(os.urandom(16))
    with pytest.raises(DoorFailed, match="install mode"):
        commission(DEVICE, wire, tmp_path, patience=4)
    assert DeviceKey(tmp_path, ADDRESS).laid() is None


def test_a_silent_line_is_not_commissioned(wire: Wire, tmp_path: Path) -> None:
    with pytest.raises(DoorFailed, match="silent"):
        commission(DEVICE, wire, tmp_path, patience=1.5)


async def test_without_commissioning_there_is_no_door(wire: Wire, began: Began, tmp_path: Path) -> None:
    began(None)
    with pytest.raises(DoorFailed, match="commission it first"):
        OsdpDoor(DEVICE, wire, tmp_path)
    assert wire.sent == []


@pytest.mark.parametrize("kind", ["factory", "exchanged", "meddled"])
async def test_no_secure_channel_is_an_alarm_and_no_fallback(
    kind: str, wire: Wire, began: Began, tmp_path: Path, key: bytes
) -> None:
    """A device as from the factory, one with another key, and a line on which security is denied."""
    if kind == "meddled":
        wire.meddle = without_security
    device = began({"factory": None, "exchanged": os.urandom(16), "meddled": key}[kind])
    signs = Signs()
    door = OsdpDoor(DEVICE, wire, tmp_path, signs, attempt=1.0)
    await until(lambda: door.state is DoorState.UNSAFE)
    await until(lambda: signs.told == [DoorKind.NO_SECURE_CHANNEL])
    with pytest.raises(DoorFailed, match="unsafe"):
        await door.open(3_000)
    device.report(StatusReportType.Input, 1, 1)
    sent = len(wire.sent)
    await until(lambda: len(wire.sent) > sent + 2)  # the next try, and it is still one alarm
    await door.close()
    assert signs.told == [DoorKind.NO_SECURE_CHANNEL]
    assert device.orders == []
    assert wire.commands() <= ASKING


async def test_contact_button_and_tamper(wire: Wire, began: Began, tmp_path: Path, key: bytes) -> None:
    device, signs = began(key), Signs()
    door = OsdpDoor(DEVICE, wire, tmp_path, signs)
    await until(lambda: door.state is DoorState.READY)
    device.report(StatusReportType.Input, 1, 0)
    await until(lambda: signs.told == ["open"])
    device.report(StatusReportType.Input, 0, 1)
    await until(lambda: signs.told == ["open", "shut", "exit"])
    device.report(StatusReportType.Local, 1, 0)
    await until(lambda: signs.told[-1] == DoorKind.TAMPERED)
    await door.close()


async def test_cut_and_back(wire: Wire, began: Began, tmp_path: Path, key: bytes) -> None:
    device, signs = began(key), Signs()
    door = OsdpDoor(DEVICE, wire, tmp_path, signs, attempt=1.0)
    await until(lambda: door.state is DoorState.READY)
    wire.cut = True
    await until(lambda: door.state is DoorState.AWAY, 15)
    with pytest.raises(DoorFailed, match="away"):
        await door.open(3_000)
    wire.cut = False
    await until(lambda: door.state is DoorState.READY, 15)
    await door.open(500)
    await door.close()
    assert outputs(device) == [(0, 5, 5)]  # what was ordered meanwhile does not come later
    assert signs.told == []


async def test_a_device_that_does_not_obey(wire: Wire, began: Began, tmp_path: Path, key: bytes) -> None:
    device = began(key)
    door = OsdpDoor(DEVICE, wire, tmp_path)
    await until(lambda: door.state is DoorState.READY)
    device.obeys = False
    with pytest.raises(DoorFailed, match="confirm"):
        await door.open(3_000)
    await door.close()


class _Scripted:
    """A control panel of libosdp that confirms what the test says, when it says so."""

    made: list["_Scripted"] = []

    def __init__(self, info: object, *, completes: Callable[..., None], tells: Callable[..., int]) -> None:
        self.completes, self.tells, self.running = completes, tells, False
        self.orders = 0
        self.made.append(self)

    def start(self) -> None:
        self.running = True
        told = {"type": EventNotification.SecureChannelStatus, "arg0": 1, "arg1": 0}
        self.tells(0, {"event": Event.Notification, **told})

    def submit_command(self, address: int, order: dict[str, object]) -> bool:
        self.orders += 1
        return True

    def flush_commands(self, address: int) -> None:
        return

    def stop(self) -> None:
        self.running = False

    def confirms(self) -> None:
        """The device has obeyed some order."""
        if self.running:
            self.completes(ADDRESS, {"command": Command.Output}, CompletionStatus.Ok)


async def test_a_late_word_confirms_no_other_order(
    wire: Wire, tmp_path: Path, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device obeyed too late for the one; whether it obeys the next is not known by that."""
    made: list[_Scripted] = []
    monkeypatch.setattr(_Scripted, "made", made)
    monkeypatch.setattr(osdp, "PATIENCE", 0.3)
    monkeypatch.setattr(
        osdp,
        "ControlPanel",
        lambda info, log_level, event_handler, command_completion_handler: _Scripted(
            info, completes=command_completion_handler, tells=event_handler
        ),
    )
    door = OsdpDoor(DEVICE, wire, tmp_path)
    with pytest.raises(DoorFailed, match="confirm"):
        await door.open(3_000)
    first, opening = made[0], asyncio.create_task(door.open(3_000))
    await until(lambda: sum(one.orders for one in made) == 2)
    first.confirms()
    with pytest.raises(DoorFailed, match="confirm"):
        await opening
    opening = asyncio.create_task(door.open(3_000))
    await until(lambda: sum(one.orders for one in made) == 3)
    made[-1].confirms()
    await opening
    await door.close()


class _Pty(CountedChannel):
    """The device's end of a pseudo terminal."""

    def __init__(self, file: int) -> None:
        super().__init__()
        self._file = file

    def read(self, max_bytes: int) -> bytes:
        try:
            return os.read(self._file, max_bytes)
        except BlockingIOError:
            return b""

    def write(self, buf: bytes) -> int:
        return os.write(self._file, buf)

    def flush(self) -> None:
        while self.read(256):
            pass


async def test_over_a_serial_line(tmp_path: Path, key: bytes) -> None:
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    device = Peripheral(_Pty(ours), key)
    channel = SerialChannel(os.ttyname(theirs), 115_200)
    door = OsdpDoor(DEVICE, channel, tmp_path)
    await until(lambda: door.state is DoorState.READY)
    await door.open(1_000)
    await door.close()
    device.end()
    channel.close()
    os.close(ours)
    os.close(theirs)
    assert outputs(device) == [(0, 5, 10)]


def test_a_serial_line_that_is_absent_is_silence(tmp_path: Path) -> None:
    channel = SerialChannel(str(tmp_path / "ttyUSB0"), 9_600)
    assert channel.read(64) == b""
    assert channel.write(b"abc") == 3
    channel.flush()
    channel.close()
