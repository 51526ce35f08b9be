"""A relay at a pin of this computer, with a door contact and an exit button if wired, by gpiozero.

The relay stands on the secure side of the wall: who can reach this computer or its wires can open the door.
"""

import asyncio
import contextlib
import threading
import time

from gpiozero import DigitalInputDevice, DigitalOutputDevice
from gpiozero.exc import GPIOZeroError

from edge.door import DoorFailed, DoorState
from edge.doors.wiring import Pins
from edge.doorstate import DoorSigns


class GpioDoor:
    """Drives the relay from a thread of its own: a loop that hangs must not leave a door released."""

    def __init__(self, pins: Pins, signs: DoorSigns | None = None) -> None:
        """Raises DoorFailed where the pins cannot be had."""
        self._until = 0.0  # monotonic second at which the pulse ends
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._inputs: list[DigitalInputDevice] = []
        self._state = DoorState.READY
        try:
            self._relay = DigitalOutputDevice(pins.relay, active_high=pins.active_high, initial_value=False)
            if signs is not None:
                self._listen(pins, signs)
        except (GPIOZeroError, OSError) as error:
            raise DoorFailed(f"pins: {type(error).__name__}: {error}") from error

    @property
    def state(self) -> DoorState:
        """READY until the pins refuse."""
        return self._state

    async def open(self, pulse_ms: int) -> None:
        """See DoorOutput. Pulses that overlap end with the later one."""
        try:
            with self._lock:
                self._until = max(self._until, time.monotonic() + pulse_ms / 1000)
                self._relay.on()
                self._lock_later()
        except (GPIOZeroError, OSError) as error:
            self._state = DoorState.AWAY
            raise DoorFailed(f"relay: {type(error).__name__}: {error}") from error
        self._state = DoorState.READY

    async def close(self) -> None:
        """Lock, and give the pins back."""
        await asyncio.to_thread(self._close)

    def _lock_later(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(max(0.0, self._until - time.monotonic()), self._lock_again)
            self._timer.daemon = True
            self._timer.start()

    def _lock_again(self) -> None:
        with self._lock:
            self._timer = None
            if time.monotonic() < self._until:  # somebody else was let in meanwhile
                self._lock_later()
            else:
                self._relay.off()

    def _close(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            with contextlib.suppress(GPIOZeroError, OSError):
                self._relay.off()
            for device in (*self._inputs, self._relay):
                device.close()
            self._state = DoorState.AWAY

    def _listen(self, pins: Pins, signs: DoorSigns) -> None:
        if pins.contact is not None:
            contact = self._input(pins.contact, pins.bounce_ms)
            shut_is_active = pins.contact_closed_is_shut

            def tell() -> None:
                signs.contact(is_open=bool(contact.is_active) is not shut_is_active)

            contact.when_activated = tell
            contact.when_deactivated = tell
            tell()
        if pins.exit_button is not None:
            self._input(pins.exit_button, pins.bounce_ms).when_activated = signs.exit_button

    def _input(self, pin: int, bounce_ms: int) -> DigitalInputDevice:
        device = DigitalInputDevice(pin, pull_up=True, bounce_time=bounce_ms / 1000 if bounce_ms else None)
        self._inputs.append(device)
        return device
