"""What a reader does for its own disk: forget what nobody asks for any more, and keep the time."""

import asyncio
import logging
from typing import Final

from edge.chores import Desk
from edge.store import StoreFailed

SWEEP: Final = 3600.0  # seconds
USED_KEPT_MS: Final = 26 * 3_600_000  # no pass lives longer than 24 h
log = logging.getLogger(__name__)


async def sweep(desk: Desk) -> None:
    """Once an hour: forget what nobody will ask for any more. Each minute: keep the time."""
    while True:
        now_ms = desk.clock.now_ms()
        try:
            await desk.disk.run(desk.store.forget_used, now_ms - USED_KEPT_MS)
            await desk.disk.run(desk.journal.forget, now_ms)
        except StoreFailed as error:
            log.error("not swept: %s", error)
        for _ in range(round(SWEEP / desk.pace.keep_time)):
            await asyncio.sleep(desk.pace.keep_time)
            try:
                await desk.disk.run(desk.clock.keep)
            except StoreFailed as error:
                log.error("the time is not kept: %s", error)
