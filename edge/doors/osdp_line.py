"""The two-wire line to an OSDP device, and the device's key."""

import secrets
from pathlib import Path
from typing import Final

from osdp import Channel
from serial import Serial, SerialException

from edge.files import private_folder, read_private, write_private

KEY_SIZE: Final = 16  # bytes: AES-128, as OSDP 2.2 has it
# The key every device leaves the factory with; a device that still has it is open to everybody.
DEFAULT_KEY: Final = bytes(range(0x30, 0x40))


class CountedChannel(Channel):
    """A line that counts what came in: who is silent is away, who speaks without security is an alarm."""

    def __init__(self) -> None:
        super().__init__()
        self.received = 0

    def count(self, data: bytes) -> bytes:
        """What was read, counted."""
        self.received += len(data)
        return data


class SerialChannel(CountedChannel):
    """RS-485 at a serial device. A line that has gone reads as silence and is opened again by `again`."""

    def __init__(self, path: str, baud: int) -> None:
        super().__init__()
        self._path = path
        self._baud = baud
        self._serial: Serial | None = None
        self.again()

    def again(self) -> None:
        """Open the line unless it is open. What is absent is silence."""
        if self._serial is None:
            try:
                self._serial = Serial(self._path, baudrate=self._baud, timeout=0, exclusive=True)
            except (SerialException, OSError):
                self._serial = None

    def read(self, max_bytes: int) -> bytes:
        """What is there now."""
        if self._serial is None:
            return b""
        try:
            return self.count(bytes(self._serial.read(max_bytes)))
        except (SerialException, OSError):
            self.close()
            return b""

    def write(self, buf: bytes) -> int:
        """All of it, or what the line takes."""
        if self._serial is None:
            return len(buf)
        try:
            return self._serial.write(bytes(buf)) or 0
        except (SerialException, OSError):
            self.close()
            return len(buf)

    def flush(self) -> None:
        """Forget what waits to be read."""
        while self.read(256):
            pass

    def close(self) -> None:
        """Give the line back."""
        serial, self._serial = self._serial, None
        if serial is not None:
            serial.close()


class DeviceKey:
    """A device's own random key in the state folder: `osdp-7.new` while it is laid in, `osdp-7.key` after."""

    def __init__(self, folder: Path, address: int) -> None:
        private_folder(folder)
        self._laid = folder / f"osdp-{address}.key"
        self._new = folder / f"osdp-{address}.new"

    def laid(self) -> bytes | None:
        """The key that the device has proved to hold; None before it was commissioned.

        Raises ValueError for a file that is no key.
        """
        return read_private(self._laid, KEY_SIZE) if self._laid.exists() else None

    def begun(self) -> bytes:
        """The key to lay in, on the disk before it is sent: an interrupted try goes on with the same one."""
        if not self._new.exists():
            key = secrets.token_bytes(KEY_SIZE)
            while key == DEFAULT_KEY:
                key = secrets.token_bytes(KEY_SIZE)
            write_private(self._new, key)
        return read_private(self._new, KEY_SIZE)

    def settle(self) -> None:
        """The device has shown that it holds the key."""
        write_private(self._laid, read_private(self._new, KEY_SIZE))
        self._new.unlink()
