"""A device file that is read by the loop, and opened again whenever it has gone."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final, Protocol

from edge.source import Seen, SourceState
from edge.sources.handover import Handover

log = logging.getLogger(__name__)

RETRY: Final = 1.0  # seconds between two tries to open a device that is away


class Device(Protocol):
    """An opened device that never blocks."""

    def fileno(self) -> int:
        """What the loop waits on."""
        ...

    def read(self) -> bytes:
        """What is there now; raises OSError when the device has gone."""
        ...

    def close(self) -> None:
        """Give it back."""
        ...


class Reader(Protocol):
    """Bytes in, whole texts out."""

    def feed(self, data: bytes) -> Iterable[str]:
        """The texts that end within `data`."""
        ...


class DeviceSource:
    """A scanner behind a device file. `opener` raises OSError where the device is away or refused."""

    def __init__(
        self, name: str, opener: Callable[[], Device], reader: Callable[[], Reader], *, retry: float = RETRY
    ) -> None:
        self._name = name
        self._opener = opener
        self._new_reader = reader
        self._retry = retry
        self._device: Device | None = None
        self._gone = asyncio.Event()
        self._said = ""

    @property
    def name(self) -> str:
        """As configured."""
        return self._name

    @property
    def state(self) -> SourceState:
        """READY while the device is open."""
        return SourceState.AWAY if self._device is None else SourceState.READY

    async def codes(self) -> AsyncIterator[Seen]:
        """See CodeSource; never ends by itself."""
        handover = Handover()
        keeper = asyncio.create_task(self._keep(handover))
        try:
            async for seen in handover.texts():
                yield seen
        finally:
            keeper.cancel()
            self._let_go()

    async def close(self) -> None:
        """Give the device back."""
        self._let_go()

    async def _keep(self, handover: Handover) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                device = self._opener()
            except OSError as error:
                self._say(f"away: {error.strerror or error}")
            else:
                self._gone.clear()
                self._device = device
                self._say("ready")
                loop.add_reader(device.fileno(), self._readable, device, self._new_reader(), handover)
                await self._gone.wait()
                self._say("away: unplugged")
            await asyncio.sleep(self._retry)

    def _readable(self, device: Device, reader: Reader, handover: Handover) -> None:
        try:
            data = device.read()
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:  # the end of a device that was unplugged
            self._let_go()
            return
        for text in reader.feed(data):
            handover.put(text)

    def _let_go(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            asyncio.get_running_loop().remove_reader(device.fileno())
            device.close()
        self._gone.set()

    def _say(self, what: str) -> None:
        if what != self._said:
            self._said = what
            log.log(
                logging.INFO if what == "ready" else logging.WARNING, "scanner %s is %s", self._name, what
            )
