"""The relay at a pin, on gpiozero's mock pins."""

import asyncio
import time
from collections.abc import Iterator

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from edge.door import DoorFailed, DoorState
from edge.doors.gpio import GpioDoor
from edge.doors.wiring import Pins
from tests.edge.seen import until
from tests.edge.signs import Signs

RELAY, CONTACT, BUTTON = 17, 27, 22


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    """A computer with pins."""
    factory = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    yield factory
    factory.reset()


@pytest.mark.parametrize("active_high", [True, False])
async def test_a_pulse(pins: MockFactory, active_high: bool) -> None:
    door = GpioDoor(Pins(RELAY, active_high=active_high))
    pin = pins.pin(RELAY)
    assert pin.state is not active_high
    await door.open(60)
    assert pin.state is active_high
    await until(lambda: pin.state is not active_high, 1)
    await door.close()


async def test_the_relay_falls_though_the_loop_hangs(pins: MockFactory) -> None:
    door = GpioDoor(Pins(RELAY))
    await door.open(60)

    time.sleep(0.2)  # nothing of the loop runs here
    assert pins.pin(RELAY).state is False
    await door.close()


@pytest.mark.parametrize("pulses", [(400, 50), (50, 400)])
async def test_the_later_pulse_ends_it(pins: MockFactory, pulses: tuple[int, int]) -> None:
    door, pin = GpioDoor(Pins(RELAY)), pins.pin(RELAY)
    for pulse in pulses:
        await door.open(pulse)
    await asyncio.sleep(0.2)
    assert pin.state is True
    await until(lambda: pin.state is False, 1)
    await door.close()


async def test_closing_locks(pins: MockFactory) -> None:
    door, pin = GpioDoor(Pins(RELAY)), pins.pin(RELAY)
    await door.open(60_000)
    await door.close()
    assert pin.state is False
    assert door.state is DoorState.AWAY


async def test_contact_and_button(pins: MockFactory) -> None:
    signs = Signs()
    door = GpioDoor(Pins(RELAY, contact=CONTACT, exit_button=BUTTON, bounce_ms=0), signs)
    assert signs.told == ["open"]  # pulled up: the contact is open
    pins.pin(CONTACT).drive_low()
    pins.pin(BUTTON).drive_low()
    pins.pin(BUTTON).drive_high()
    pins.pin(CONTACT).drive_high()
    assert signs.told == ["open", "shut", "exit", "open"]
    await door.close()


async def test_a_contact_that_opens_when_shut(pins: MockFactory) -> None:
    signs = Signs()
    door = GpioDoor(Pins(RELAY, contact=CONTACT, contact_closed_is_shut=False, bounce_ms=0), signs)
    pins.pin(CONTACT).drive_low()
    assert signs.told == ["shut", "open"]
    await door.close()


async def test_a_pin_that_is_taken(pins: MockFactory) -> None:
    door = GpioDoor(Pins(RELAY))
    with pytest.raises(DoorFailed, match="GPIOPinInUse"):
        GpioDoor(Pins(RELAY))
    await door.close()
