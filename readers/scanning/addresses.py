"""From the Host of a request to its company, without a query on the way of a scan.

All hosts in use are checked again by one statement every few seconds, so that a suspended company is refused
soon, however many companies there are. Nothing is believed that could not be checked for long.
"""

import asyncio
import logging
from typing import Final

import psycopg

from readers.scanning.policies import Policies
from readers.scanning.reading import active_hosts
from readers.scanning.scan import Unavailable
from tenants import hosts
from tenants.refs import CompanyRef
from tenants.turns import NOBODY

CHECK_SECONDS: Final = 5.0
BELIEVE_SECONDS: Final = 15.0
MOST_HOSTS: Final = 20_000

logger = logging.getLogger(__name__)


class Addresses:
    """Hosts as they were sent, port and case included: the spellings that readers use. One event loop's."""

    def __init__(self, conninfo: str, policies: Policies) -> None:
        self._conninfo = conninfo
        self._policies = policies
        self._held: dict[str, CompanyRef] = {}
        self._loop = asyncio.get_running_loop()
        self._checked = 0.0
        self._checker: asyncio.Task[None] | None = None

    def held(self, host: str) -> CompanyRef | None:
        """The active company of a host that is in use; None says nothing."""
        return self._held.get(host)

    async def find(self, host: str) -> CompanyRef | None:
        """The active company of any host, or None. Raises Unavailable."""
        ref = await self._policies.beside(lambda: hosts.lookup(host))
        if ref is None or not ref.active:
            return None
        if len(self._held) >= MOST_HOSTS:
            self._held.clear()
        if not self._held:
            self._checked = self._loop.time()
        self._held[host] = ref
        if self._checker is None or self._checker.done():
            self._checker = self._loop.create_task(self._keep_checking())
        return ref

    async def close(self) -> None:
        """Stop checking."""
        if self._checker is not None:
            self._checker.cancel()
            await asyncio.gather(self._checker, return_exceptions=True)

    async def _keep_checking(self) -> None:
        while self._held:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                await self.check()
            except (psycopg.Error, Unavailable) as error:
                logger.warning("hosts could not be checked: %s", type(error).__name__)
                if self._loop.time() - self._checked > BELIEVE_SECONDS:
                    self._held.clear()

    async def check(self) -> None:
        """Drop every host that leads to another company now, or to none that is active."""
        asked = dict(self._held)
        names = {host: hosts.normalise(host) or "" for host in asked}
        found = await self._policies.in_thread(
            NOBODY, lambda: active_hosts(self._conninfo, set(names.values()))
        )
        for host, ref in asked.items():
            if found.get(names[host]) != ref.id:
                self._held.pop(host, None)
        self._checked = self._loop.time()
