"""Synchronous units of work for sockets: each enters its company explicitly, on threads of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from channels.db import DatabaseSyncToAsync

from tenants.context import enter
from tenants.refs import CompanyRef

Params = ParamSpec("Params")
Result = TypeVar("Result")

# Few threads, so that a thousand readers that come back at once queue here and not at the database.
THREADS = 4
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="reader-sockets")


async def in_company(
    ref: CompanyRef, func: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs
) -> Result:
    """Run `func` on a worker thread with the company entered for exactly this call."""
    unit = partial(func, *args, **kwargs)
    outcome: Result = await DatabaseSyncToAsync(_entered, thread_sensitive=False, executor=_pool)(ref, unit)
    return outcome


def _entered(ref: CompanyRef, unit: Callable[[], Result]) -> Result:
    with enter(ref):
        return unit()
