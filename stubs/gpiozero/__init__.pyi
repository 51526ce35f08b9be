from collections.abc import Callable

class Device:
    pin_factory: object
    pin: object
    def close(self) -> None: ...

class DigitalOutputDevice(Device):
    value: int
    def __init__(self, pin: int, *, active_high: bool = ..., initial_value: bool | None = ...) -> None: ...
    def on(self) -> None: ...
    def off(self) -> None: ...

class DigitalInputDevice(Device):
    is_active: bool
    when_activated: Callable[[], None] | None
    when_deactivated: Callable[[], None] | None
    def __init__(self, pin: int, *, pull_up: bool | None = ..., bounce_time: float | None = ...) -> None: ...
