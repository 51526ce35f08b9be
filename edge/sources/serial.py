"""A scanner at a serial line (RS-232, USB-CDC): lines of text, by pyserial."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from serial import Serial, SerialException

from edge.source import LONGEST
from edge.sources.device import DeviceSource

AT_ONCE: Final = 4096


@dataclass(slots=True)
class LineReader:
    """Bytes to lines ended by CR, LF or both. Cut after `LONGEST` bytes; what is no ASCII is `?`."""

    _line: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> Iterator[str]:
        """The lines that end within `data`, without blanks around them; empty ones are passed over."""
        for byte in data:
            if byte not in b"\r\n":
                if len(self._line) < LONGEST:
                    self._line.append(byte if byte < 128 else ord("?"))
                continue
            text = self._line.decode("ascii").strip()
            self._line.clear()
            if text:
                yield text


class _Line:
    def __init__(self, path: str, baud: int) -> None:
        try:
            self._serial = Serial(path, baudrate=baud, timeout=0, exclusive=True)
        except SerialException as error:
            raise OSError(error.errno or 0, str(error)) from error

    def fileno(self) -> int:
        return int(self._serial.fileno())

    def read(self) -> bytes:
        try:
            return bytes(self._serial.read(AT_ONCE))
        except SerialException as error:
            raise OSError(error.errno or 0, str(error)) from error

    def close(self) -> None:
        self._serial.close()


def serial_scanner(path: str, *, baud: int = 9600) -> DeviceSource:
    """The scanner at /dev/serial/by-id/…, eight bits, no parity, held exclusively."""
    return DeviceSource(path, lambda: _Line(path, baud), LineReader)
