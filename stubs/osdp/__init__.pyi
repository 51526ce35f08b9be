import abc
import threading
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

class Channel(abc.ABC):
    @abc.abstractmethod
    def read(self, max_bytes: int) -> bytes: ...
    @abc.abstractmethod
    def write(self, buf: bytes) -> int: ...
    @abc.abstractmethod
    def flush(self) -> None: ...

class LibFlag:
    EnforceSecure: ClassVar[int]
    InstallMode: ClassVar[int]
    EnableNotification: ClassVar[int]

class LogLevel:
    Emergency: ClassVar[int]
    Critical: ClassVar[int]

class Command:
    Output: ClassVar[int]
    Keyset: ClassVar[int]

class Event:
    Status: ClassVar[int]
    Notification: ClassVar[int]

class EventNotification:
    SecureChannelStatus: ClassVar[int]
    PeripheralDeviceStatus: ClassVar[int]

class StatusReportType:
    Local: ClassVar[int]
    Input: ClassVar[int]

class CompletionStatus:
    Ok: ClassVar[int]

class Capability:
    ContactStatusMonitoring: ClassVar[int]
    OutputControl: ClassVar[int]
    CommunicationSecurity: ClassVar[int]

class PDInfo:
    def __init__(
        self,
        address: int,
        channel: Channel,
        scbk: bytes | None = ...,
        name: str | None = ...,
        flags: Sequence[int] = ...,
    ) -> None: ...

class PDCapabilities:
    def __init__(self, cap_list: Sequence[tuple[int, int, int]] = ...) -> None: ...

class ControlPanel:
    lock: threading.Lock | None
    def __init__(
        self,
        pd_info_list: Sequence[PDInfo],
        log_level: int = ...,
        event_handler: Callable[[int, dict[str, Any]], int] | None = ...,
        command_completion_handler: Callable[[int, dict[str, Any], int], None] | None = ...,
    ) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def is_sc_active(self, address: int) -> bool: ...
    def submit_command(self, address: int, cmd: dict[str, Any]) -> bool: ...
    def flush_commands(self, address: int) -> int: ...
    def check_capability(self, address: int, cap: int) -> tuple[int, int]: ...

class PeripheralDevice:
    def __init__(
        self,
        pd_info: PDInfo,
        pd_cap: PDCapabilities,
        log_level: int = ...,
        command_handler: Callable[[dict[str, Any]], tuple[int, dict[str, Any] | None]] | None = ...,
    ) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def submit_event(self, event: dict[str, Any]) -> None: ...
    def is_sc_active(self) -> bool: ...
