"""The doctor and the hardware: each source opened for a look, the door asked how it is and never driven."""

import asyncio
import time
from pathlib import Path
from typing import Any, Final

from edge.door import DoorFailed, DoorOutput, DoorState
from edge.doors.wiring import Broker, Device, Pins, Relay, Simulated
from edge.fitting import FittingFailed, door_of, part, source_of
from edge.source import CodeSource, SourceState
from edge.sources.wiring import Camera, Folder, Lines, Recording, SerialScanner, Wedge
from edge.verdict import Verdict, bad, doubt, good

LOOK: Final = 1.5  # seconds of pictures
WAIT: Final = 8.0  # seconds until a door or a scanner is ready
DARK, BRIGHT = 25, 235  # mean of a picture's grey: below and above no code can be read
SLOW: Final = 8.0  # pictures a second
_NAMES: Final = {
    Camera: "camera",
    Recording: "recording",
    Wedge: "scanner",
    SerialScanner: "scanner",
    Folder: "folder",
    Lines: "lines",
}
_KINDS: Final = {Pins: "gpio", Relay: "http", Broker: "mqtt", Device: "osdp", Simulated: "simulated"}
_FIXES: Final = {
    Camera: "plug it in, add the user to the group video, compare the path with ls /dev/v4l/by-id",
    Wedge: "plug it in, add the user to the group input, compare the path with ls /dev/input/by-id",
    SerialScanner: "plug it in, add the user to the group dialout, compare with ls /dev/serial/by-id",
}


def decoder_verdict() -> Verdict:
    """Whether a code that is drawn here is read here."""
    try:
        decoder = part("edge.sources.decoder")
    except FittingFailed as error:
        return bad("decoder", "is not installed", str(error))
    if not decoder.works():
        return bad("decoder", "does not read a code that it drew itself", "install the camera extra again")
    seconds = decoder.seconds_for(decoder.example())
    found = f"reads a code in {seconds * 1000:.0f} ms"
    if seconds > 1 / SLOW:
        return doubt("decoder", found, "this computer is slow for 1280 x 720: set width and height to less")
    return good("decoder", found)


async def source_verdict(source: Any, *, wait: float = WAIT) -> Verdict:
    """How one source is. It must not be in use."""
    name = _NAMES[type(source)]
    try:
        if isinstance(source, Camera | Recording):
            return await asyncio.to_thread(_looked, source, name)
        return await _waited(source, name, wait)
    except FittingFailed as error:
        return bad(name, "cannot be used", str(error))


def _looked(source: Camera | Recording, name: str) -> Verdict:
    frames = part("edge.sources.frames")
    if isinstance(source, Camera):
        opener = frames.camera(source.device, width=source.width, height=source.height)
    else:
        opener = frames.recording(Path(source.path))
    opened = opener()
    where = source.device if isinstance(source, Camera) else source.path
    fix = _FIXES.get(type(source), "look at the path")
    if opened is None:
        return bad(name, f"{where} is not there", fix)
    pictures: list[Any] = []
    began = time.monotonic()
    try:
        while time.monotonic() - began < LOOK:
            picture = opened.read()
            if picture is None:
                break
            pictures.append(picture)
    except frames.NoMorePictures:
        pass
    finally:
        opened.release()
    if not pictures:
        return bad(name, f"{where} gives no pictures", fix)
    return _seen(name, pictures, time.monotonic() - began)


def _seen(name: str, pictures: list[Any], seconds: float) -> Verdict:
    last = pictures[-1]
    rate, grey = len(pictures) / max(seconds, 0.001), float(last.mean())
    found = f"sees {last.shape[1]} x {last.shape[0]}, {min(rate, 99):.0f} pictures a second"
    if grey < DARK:
        return doubt(name, f"{found}, nearly black", "take off its cap, or give the place some light")
    if grey > BRIGHT:
        return doubt(name, f"{found}, nearly white", "turn it away from the sun or a lamp")
    if rate < SLOW:
        return doubt(name, found, "too few to read a phone in passing: another USB port or less width")
    return good(name, found)


async def _waited(source: Any, name: str, wait: float) -> Verdict:
    made = source_of(source)
    where = getattr(source, "device", None) or source.path
    looking = asyncio.create_task(_first(made))
    try:
        ready = await _until(lambda: made.state is SourceState.READY, wait if name == "scanner" else 0.2)
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await made.close()
    if ready:
        return good(name, f"{where} is there")
    return bad(name, f"{where} is away", _FIXES.get(type(source), "look at the path"))


async def _first(source: CodeSource) -> None:
    """Have it opened; what it sees meanwhile is nobody's."""
    async for _ in source.codes():
        pass


async def door_verdict(door: Any, state: Path, *, wait: float = WAIT) -> Verdict:
    """How the door output is; it is not driven. It must not be in use."""
    try:
        made = door_of(door, state)
    except FittingFailed as error:
        return bad("door", "cannot be had", str(error))
    try:
        return await _asked(made, door, wait)
    finally:
        await made.close()


async def _asked(made: DoorOutput, door: Any, wait: float) -> Verdict:
    kind = _KINDS[type(door)]
    look = getattr(made, "look", None)
    if look is not None:
        try:
            await look()
        except DoorFailed as error:
            return bad("door", f"{kind}: {error}", "look at address, password and certificate")
    if await _until(lambda: made.state is not DoorState.AWAY, wait) and made.state is DoorState.READY:
        return good("door", f"{kind}: ready (it was not driven)")
    if made.state is DoorState.UNSAFE:
        hint = "somebody may have exchanged the device: look at it before you commission it again"
        return bad("door", f"{kind}: answers without a secure channel", hint)
    hint = (
        "look at power, wires A and B, address and speed"
        if isinstance(door, Device)
        else "look at its network"
    )
    return bad("door", f"{kind}: no answer", hint)


async def _until(what: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        await asyncio.sleep(0.05)
    return bool(what())
