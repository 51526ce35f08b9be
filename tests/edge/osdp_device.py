"""An OSDP device to test against: libosdp's own peripheral, on a line in memory that can be meddled with."""

import queue
from collections.abc import Callable
from typing import Any

from osdp import Capability, Channel, LibFlag, LogLevel, PDCapabilities, PDInfo, PeripheralDevice

from edge.doors.osdp_line import CountedChannel

ADDRESS = 7
_PDCAP, _SECURITY = 0x46, 9


def crc16(data: bytes) -> int:
    """OSDP's check sum: polynomial 0x1021, begun at 0x1D0F."""
    crc = 0x1D0F
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def without_security(frame: bytes) -> bytes:
    """What somebody on the line makes of a device's capabilities: no security, and the sum is right."""
    start = frame.find(b"\x53")
    if start < 0 or len(frame) < start + 8 or frame[start + 5] != _PDCAP:
        return frame
    end = start + int.from_bytes(frame[start + 2 : start + 4], "little")
    data = bytearray(frame[start + 6 : end - 2])
    for place in range(0, len(data), 3):
        if data[place] == _SECURITY:
            data[place + 1 : place + 3] = b"\x00\x00"
    body = frame[start : start + 6] + bytes(data)
    return frame[:start] + body + crc16(body).to_bytes(2, "little") + frame[end:]


class Wire(CountedChannel):
    """The controller's end of a line in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.to_device: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.from_device: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.cut = False
        self.sent: list[bytes] = []
        self.meddle: Callable[[bytes], bytes] = bytes

    def read(self, max_bytes: int) -> bytes:
        """One write of the device at a time."""
        return self.count(self.meddle(taken(self.from_device)))

    def write(self, buf: bytes) -> int:
        """To the device, unless the line is cut."""
        self.sent.append(bytes(buf))
        if not self.cut:
            self.to_device.put(bytes(buf))
        return len(buf)

    def commands(self) -> set[int]:
        """The codes of all that the controller has sent, as on the wire."""
        codes = set()
        for frame in self.sent:
            start = frame.find(b"\x53")
            block = frame[start + 5] if frame[start + 4] & 8 else 0  # the security block, where there is one
            codes.add(frame[start + 5 + block])
        return codes

    def flush(self) -> None:
        """Forget what waits."""
        while taken(self.from_device):
            pass


class _FarEnd(Channel):
    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def read(self, max_bytes: int) -> bytes:
        return taken(self._wire.to_device)

    def write(self, buf: bytes) -> int:
        if not self._wire.cut:
            self._wire.from_device.put(bytes(buf))
        return len(buf)

    def flush(self) -> None:
        while taken(self._wire.to_device):
            pass


def taken(line: queue.SimpleQueue[bytes]) -> bytes:
    """What waits, or nothing."""
    try:
        return line.get_nowait()
    except queue.Empty:
        return b""


class Peripheral:
    """A device with one output and two inputs; without a key it is in install mode, as from the factory."""

    def __init__(self, channel: Channel, key: bytes | None) -> None:
        self.key = key
        self.orders: list[dict[str, Any]] = []
        self.obeys = True
        capabilities = PDCapabilities(
            [
                (Capability.OutputControl, 1, 1),
                (Capability.ContactStatusMonitoring, 1, 2),
                (Capability.CommunicationSecurity, 1, 1),
            ]
        )
        flags = [LibFlag.EnforceSecure] if key else [LibFlag.InstallMode]
        self._device = PeripheralDevice(
            PDInfo(ADDRESS, channel, scbk=key, flags=flags),
            capabilities,
            log_level=LogLevel.Emergency,
            command_handler=self._obey,
        )
        self._device.start()

    def report(self, kind: int, *values: int) -> None:
        """Say how the inputs, or the case and the power, are."""
        event = {"event": 4, "type": kind, "nr_entries": len(values), "report": bytes(values)}
        self._device.submit_event(event)

    def end(self) -> None:
        """Power off."""
        self._device.stop()

    def _obey(self, command: dict[str, Any]) -> tuple[int, dict[str, Any] | None]:
        if command["command"] == 5:
            self.key = bytes(command["data"])
        self.orders.append(command)
        return (0 if self.obeys else -1), None


def peripheral_on(wire: Wire, key: bytes | None) -> Peripheral:
    """A device at the far end of a wire."""
    return Peripheral(_FarEnd(wire), key)
