"""A camera as a source of codes: one thread looks, the loop gets each code once while it stays in view."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator
from typing import Final

from edge.source import Seen, SourceState
from edge.sources.decoder import Sightings, texts_in
from edge.sources.frames import Frames, NoMorePictures, Opener
from edge.sources.handover import Handover

log = logging.getLogger(__name__)

RETRY: Final = 1.0  # seconds between two tries to find a camera that is away


class CameraSource:
    """Looks through whatever the opener gives, and opens it again whenever it has gone."""

    def __init__(self, name: str, opener: Opener, *, retry: float = RETRY) -> None:
        self._name = name
        self._opener = opener
        self._retry = retry
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._sightings = Sightings()
        self._state = SourceState.AWAY

    @property
    def name(self) -> str:
        """As configured."""
        return self._name

    @property
    def state(self) -> SourceState:
        """READY from the first picture until none comes."""
        return self._state

    async def codes(self) -> AsyncIterator[Seen]:
        """See CodeSource. Ends with the recording; a camera never ends."""
        handover = Handover()
        self._thread = threading.Thread(target=self._watch, args=(handover,), name=self._name, daemon=True)
        self._thread.start()
        async for seen in handover.texts():
            yield seen

    async def close(self) -> None:
        """Stop looking; waits for the picture that is being taken, two seconds at most."""
        self._stop.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, 2.0)

    def _watch(self, handover: Handover) -> None:
        try:
            while not self._stop.is_set():
                frames = self._opener()
                if frames is not None:
                    try:
                        self._look(frames, handover)
                    finally:
                        frames.release()
                self._now(SourceState.AWAY)
                self._stop.wait(self._retry)
        except NoMorePictures:
            pass
        finally:
            self._now(SourceState.AWAY)
            handover.end_from_thread()

    def _look(self, frames: Frames, handover: Handover) -> None:
        while not self._stop.is_set():
            picture = frames.read()
            if picture is None:
                return
            self._now(SourceState.READY)
            for text in self._sightings.new(texts_in(picture), time.monotonic()):
                handover.put_from_thread(text)

    def _now(self, state: SourceState) -> None:
        if state is not self._state:
            self._state = state
            log.log(
                logging.INFO if state is SourceState.READY else logging.WARNING,
                "camera %s is %s",
                self._name,
                state,
            )
