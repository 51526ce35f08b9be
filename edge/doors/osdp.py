"""A door at an OSDP device (IEC 60839-11-5): this program is the controller, by libosdp.

The secure channel is enforced with the device's own key. A device that answers without it, with another key,
or says that it has no security, is an alarm and never a fallback: it is sent nothing. Install mode, in which
a key can be laid in, exists in `commission` alone, which an installer starts by hand at the device.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from osdp import (
    Command,
    CompletionStatus,
    ControlPanel,
    Event,
    EventNotification,
    LibFlag,
    LogLevel,
    PDInfo,
    StatusReportType,
)

from edge.door import DoorFailed, DoorState
from edge.doors.osdp_line import CountedChannel, DeviceKey, SerialChannel
from edge.doors.wiring import Device
from edge.doorstate import DoorKind, DoorSigns

log = logging.getLogger(__name__)

ATTEMPT: Final = 5.0  # seconds that one try at a secure channel may take
PATIENCE: Final = 1.0  # seconds until the device has confirmed an order
LOOK: Final = 0.1
_TEMPORARY_ON: Final = 5  # output control code: on for timer_count x 100 ms, then as before
_OWN_KEY, _DEFAULT_KEY = 0, 1  # what a notification says about the channel's key


class Link:
    """One try at a device: a control panel of libosdp, and what it has told."""

    def __init__(self, device: Device, channel: CountedChannel, key: bytes, flags: list[int]) -> None:
        self.device = device
        self.silent_since = time.monotonic()  # since when there is no secure channel
        self.secure = False  # under the device's own key
        self.confirmed = threading.Event()
        self.failed = False
        self.mute = (
            False  # an order was never confirmed: its word may still come, and must not count for another
        )
        self.signs: DoorSigns | None = None
        self._bytes_before = channel.received
        self._channel = channel
        channel.flush()
        info = PDInfo(device.address, channel, scbk=key, flags=[*flags, LibFlag.EnableNotification])
        self._panel = ControlPanel(
            [info],
            log_level=LogLevel.Emergency,
            event_handler=self._on_event,
            command_completion_handler=self._on_completed,
        )
        self._panel.start()

    @property
    def spoke(self) -> bool:
        """Whether the device said anything since there is no secure channel."""
        return self._channel.received > self._bytes_before

    def mark(self) -> None:
        """The channel is secure now: what is said from here on is what `spoke` is about."""
        self.silent_since = time.monotonic()
        self._bytes_before = self._channel.received

    def drive(self, pulse_ms: int) -> bool:
        """Order the pulse and wait until the device has confirmed it."""
        self.confirmed.clear()
        order = {
            "command": Command.Output,
            "output_no": self.device.output,
            "control_code": _TEMPORARY_ON,
            "timer_count": min(0xFFFF, max(1, round(pulse_ms / 100))),
        }
        if not self.secure or not self._panel.submit_command(self.device.address, order):
            return False
        self.mute = not self.confirmed.wait(PATIENCE)
        done = not self.mute and not self.failed
        if not done:
            self._panel.flush_commands(self.device.address)  # it must not come when nobody stands there
        return done

    def end(self) -> None:
        """Stop libosdp's thread."""
        self.secure = False
        self._panel.stop()

    def _on_completed(self, address: int, command: Mapping[str, Any], status: int) -> None:
        if command.get("command") == Command.Output:
            self.failed = status != CompletionStatus.Ok
            self.confirmed.set()

    def _on_event(self, number: int, event: dict[str, Any]) -> int:
        if event["event"] == Event.Notification:
            self._on_notification(event)
        elif event["event"] == Event.Status and self.secure and self.signs is not None:
            self._on_status(event, self.signs)
        return 0

    def _on_notification(self, event: Mapping[str, Any]) -> None:
        if event["type"] == EventNotification.SecureChannelStatus:
            self.secure = event["arg0"] == 1 and event["arg1"] == _OWN_KEY
        elif event["type"] == EventNotification.PeripheralDeviceStatus and event["arg0"] != 1:
            self.secure = False

    def _on_status(self, event: Mapping[str, Any], signs: DoorSigns) -> None:
        report = bytes(event["report"])
        if event["type"] == StatusReportType.Local:  # tamper, power
            if report[:1] == b"\x01":
                signs.alarm(DoorKind.TAMPERED)
        elif event["type"] == StatusReportType.Input:
            contact, button = self.device.contact, self.device.exit_button
            if contact is not None and contact < len(report):
                signs.contact(is_open=bool(report[contact]) is self.device.contact_active_is_open)
            if button is not None and button < len(report) and report[button]:
                signs.exit_button()


class OsdpDoor:
    """One device on its line. A thread of ours watches the channel and begins it anew when it has gone."""

    def __init__(
        self,
        device: Device,
        channel: CountedChannel,
        folder: Path,
        signs: DoorSigns | None = None,
        *,
        attempt: float = ATTEMPT,
    ) -> None:
        """Raises DoorFailed where the device was never commissioned."""
        try:
            key = DeviceKey(folder, device.address).laid()
        except (OSError, ValueError) as error:
            raise DoorFailed(f"the device's key cannot be read: {error}") from error
        if key is None:
            raise DoorFailed("the device has no key yet: commission it first")
        self._device, self._channel, self._key, self._signs = device, channel, key, signs
        self._attempt = attempt
        self._alarmed = False
        self._stop = threading.Event()
        self._ordering = threading.Lock()
        self._state = DoorState.AWAY
        self._link = self._begin()
        self._thread = threading.Thread(target=self._watch, name="osdp", daemon=True)
        self._thread.start()

    @property
    def state(self) -> DoorState:
        """READY under the secure channel, UNSAFE where the device speaks without it, AWAY where mute."""
        return DoorState.READY if self._link.secure else self._state

    async def open(self, pulse_ms: int) -> None:
        """See DoorOutput; the device ends the pulse by itself, in steps of 100 ms."""
        await asyncio.to_thread(self._open, pulse_ms)

    async def close(self) -> None:
        """End the channel; the device has locked or locks by itself."""
        self._stop.set()
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._link.end)

    def _open(self, pulse_ms: int) -> None:
        with self._ordering:
            if not self._link.secure:
                raise DoorFailed(f"no secure channel: the device is {self._state}")
            if not self._link.drive(pulse_ms):
                if self._link.mute:
                    self._state = DoorState.AWAY
                    self._again()
                raise DoorFailed("the device did not confirm")

    def _begin(self) -> Link:
        if isinstance(self._channel, SerialChannel):
            self._channel.again()
        link = Link(self._device, self._channel, self._key, [LibFlag.EnforceSecure])
        link.signs = self._signs
        return link

    def _again(self) -> None:
        """A try of its own, in which nothing of the last one is heard any more; `_ordering` is held."""
        self._link.end()
        self._link = self._begin()

    def _watch(self) -> None:
        while not self._stop.wait(LOOK):
            if self._link.secure:
                self._alarmed = False
                self._link.mark()
            elif time.monotonic() - self._link.silent_since > self._attempt:
                self._judge(spoke=self._link.spoke)
                with self._ordering:
                    self._again()

    def _judge(self, *, spoke: bool) -> None:
        """A try without a secure channel is over."""
        self._state = DoorState.UNSAFE if spoke else DoorState.AWAY
        if spoke and not self._alarmed:
            self._alarmed = True
            log.error("OSDP device %d answers without a secure channel", self._device.address)
            if self._signs is not None:
                self._signs.alarm(DoorKind.NO_SECURE_CHANNEL)


def commission(device: Device, channel: CountedChannel, folder: Path, *, patience: float = 15.0) -> None:
    """Lay a new random key into a device that is in its install mode; blocks. Then install mode is off here.

    Raises DoorFailed when the device has no security, keeps another key, or is silent. What was begun goes on
    with the same key at the next try.
    """
    keys = DeviceKey(folder, device.address)
    key = keys.begun()
    # First with the new key alone: an earlier try may have been cut off after the device took it.
    for flags in ([LibFlag.EnforceSecure], [LibFlag.InstallMode], [LibFlag.EnforceSecure]):
        link = Link(device, channel, key, flags)
        try:
            done, spoke = _until_secure(link, patience / 3), link.spoke
        finally:
            link.end()
        if done and flags == [LibFlag.EnforceSecure]:
            keys.settle()
            return
    raise DoorFailed(
        "the device answers, but takes no key: set it to install mode" if spoke else "the device is silent"
    )


def _until_secure(link: Link, patience: float) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if link.secure:
            return True
        time.sleep(LOOK)
    return False
