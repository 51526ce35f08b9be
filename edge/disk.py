"""The one thread that touches the disk: a sync never holds up the loop, and writes keep their order."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


class Disk:
    """Runs calls one after the other on a thread of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="disk")

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the call returns or raises. What was begun is carried out, even if nobody waits any more."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, partial(call, *args, **kwargs))

    def begin(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> None:
        """The same for whoever cannot wait, from any thread; what it raises is logged."""

        def told() -> None:
            try:
                call(*args, **kwargs)
            except Exception:
                log.exception("not written")
                raise

        self._pool.submit(told)

    def close(self) -> None:
        """Wait for what was begun."""
        self._pool.shutdown()
