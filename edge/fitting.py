"""Takes hold of what is configured. A door's or scanner's library is loaded only where it is fitted."""

import importlib
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from edge.door import DoorFailed, DoorOutput, DoorState, SimulatedDoor
from edge.doors.wiring import Broker, Device, Pins, Relay, Simulated
from edge.doorstate import DoorEvent, DoorKind, DoorMachine, DoorSigns, DoorTimes
from edge.doorwatch import DoorWatch
from edge.run import Fittings, Tell
from edge.source import CodeSource, LineSource
from edge.sources.wiring import Camera, Folder, Lines, Recording, SerialScanner, Wedge

EXTRAS: Final = {
    "gpiozero": "gpio",
    "paho": "mqtt",
    "osdp": "osdp",
    "serial": "serial",
    "cv2": "camera",
    "numpy": "camera",
    "zxingcpp": "camera",
}


class FittingFailed(Exception):  # noqa: N818 - named for what happened
    """Something that is configured cannot be had here. The message says what to do and holds no secret."""


class Signs:
    """Stands between a door that is there already and a watch that comes once the reader's clock runs.

    Until then only the contact's last word is kept: what happened before is nobody's event.
    """

    def __init__(self) -> None:
        self.watch: DoorWatch | None = None
        self._contact: bool | None = None

    def attach(self, watch: DoorWatch) -> None:
        """From now on everything goes there."""
        self.watch = watch
        if self._contact is not None:
            watch.contact(is_open=self._contact)

    def contact(self, *, is_open: bool) -> None:
        """See DoorSigns."""
        self._contact = is_open
        if self.watch is not None:
            self.watch.contact(is_open=is_open)

    def exit_button(self) -> None:
        """See DoorSigns."""
        if self.watch is not None:
            self.watch.exit_button()

    def alarm(self, kind: DoorKind) -> None:
        """See DoorSigns."""
        if self.watch is not None:
            self.watch.alarm(kind)


class WatchedDoor:
    """A door whose watch learns whether it obeyed."""

    def __init__(self, door: DoorOutput, signs: Signs) -> None:
        self._door = door
        self._signs = signs

    @property
    def state(self) -> DoorState:
        """The door's own."""
        return self._door.state

    async def open(self, pulse_ms: int) -> None:
        """See DoorOutput."""
        done = False
        try:
            await self._door.open(pulse_ms)
            done = True
        finally:
            if self._signs.watch is not None:
                self._signs.watch.driven(done=done)

    async def look(self) -> None:
        """Ask a door that does not tell by itself how it is. Raises DoorFailed."""
        look = getattr(self._door, "look", None)
        if look is not None:
            await look()

    async def close(self) -> None:
        """See DoorOutput."""
        await self._door.close()


def fitted(sources: Sequence[Any], door: Any, times: DoorTimes, state: Path) -> Fittings:
    """Sources, door and watch. Raises FittingFailed."""
    signs = Signs()
    watched = WatchedDoor(door_of(door, state, signs), signs)

    def watch(now_ms: Callable[[], int], tell: Tell) -> DoorWatch:
        def told(event: DoorEvent) -> None:
            tell(event.kind.value, event.at_ms, event.counter)

        machine = DoorMachine(times, has_contact=has_contact(door))
        made = DoorWatch(machine, now_ms=now_ms, tell=told)
        signs.attach(made)
        return made

    made = tuple(source_of(source) for source in sources)
    cameras = tuple(
        one for one, source in zip(made, sources, strict=True) if isinstance(source, Camera | Recording)
    )
    decodes = any(isinstance(source, Camera | Recording | Folder) for source in sources)
    return Fittings(made, watched, cameras, decoder="ready" if decodes else "", watch=watch)


def has_contact(door: Any) -> bool:
    """Whether anybody tells if the door was opened."""
    if isinstance(door, Broker):
        return bool(door.contact_topic)
    return getattr(door, "contact", None) is not None


def door_of(door: Any, state: Path, signs: DoorSigns | None = None) -> DoorOutput:
    """One door. Raises FittingFailed."""
    try:
        return _door_of(door, state, signs)
    except (DoorFailed, OSError) as error:
        raise FittingFailed(f"the door: {error}") from error


def _door_of(door: Any, state: Path, signs: DoorSigns | None) -> DoorOutput:
    made: DoorOutput
    if isinstance(door, Pins):
        made = part("edge.doors.gpio").GpioDoor(door, signs)
    elif isinstance(door, Relay):
        made = part("edge.doors.http").HttpDoor(door, secret_in(door.password_file))
    elif isinstance(door, Broker):
        made = part("edge.doors.mqtt").MqttDoor(door, signs)
    elif isinstance(door, Device):
        line = part("edge.doors.osdp_line").SerialChannel(door.device, door.baud)
        made = part("edge.doors.osdp").OsdpDoor(door, line, state, signs)
    elif isinstance(door, Simulated):
        made = SimulatedDoor(Path(door.path))
    else:
        raise FittingFailed(f"no such door: {type(door).__name__}")
    return made


def commission(device: Device, state: Path) -> None:
    """Lay a key of its own into an OSDP device that is in install mode. Blocks. Raises FittingFailed."""
    line = part("edge.doors.osdp_line").SerialChannel(device.device, device.baud)
    try:
        part("edge.doors.osdp").commission(device, line, state)
    except (DoorFailed, OSError, ValueError) as error:
        raise FittingFailed(f"the door: {error}") from error
    finally:
        line.close()


def source_of(source: Any) -> CodeSource:
    """One source. Raises FittingFailed."""
    made: CodeSource
    if isinstance(source, Camera | Recording):
        frames, camera = part("edge.sources.frames"), part("edge.sources.camera")
        if isinstance(source, Camera):
            opener = frames.camera(source.device, width=source.width, height=source.height)
            made = camera.CameraSource(str(source.device), opener)
        else:
            made = camera.CameraSource(source.path, frames.recording(Path(source.path), pause=source.pause))
    elif isinstance(source, Wedge):
        made = part("edge.sources.wedge").wedge(source.device)
    elif isinstance(source, SerialScanner):
        made = part("edge.sources.serial").serial_scanner(source.device, baud=source.baud)
    elif isinstance(source, Folder):
        made = part("edge.sources.folder").FolderSource(Path(source.path))
    elif isinstance(source, Lines):
        made = LineSource(Path(source.path), follow=True)
    else:
        raise FittingFailed(f"no such source: {type(source).__name__}")
    return made


def part(name: str) -> Any:
    """A module whose library is an extra. Raises FittingFailed with the extra's name."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").split(".")[0])
        if extra is None:
            raise
        raise FittingFailed(f"install sallyport-reader[{extra}]: {error.name} is missing") from error


def secret_in(path: str) -> str:
    """A password's file, first line. Raises FittingFailed where everybody may read it."""
    if not path:
        return ""
    try:
        with Path(path).open(encoding="utf-8") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o007:
                raise FittingFailed(f"{path} can be read by everybody: chmod 0640 it")
            secret = file.readline().rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise FittingFailed(f"{path} cannot be read: {type(error).__name__}") from error
    if not secret:
        raise FittingFailed(f"{path} is empty")
    return secret
