"""Pushes between processes through Valkey: best effort, ids only. What must not be lost is in PostgreSQL."""

import asyncio
import contextlib
import json
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit

import redis
import redis.asyncio
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

Payload = dict[str, Any]
Callback = Callable[[Payload], Awaitable[None] | None]
Unsubscribe = Callable[[], None]

PATIENCE_SECONDS: Final = 0.2
# After a failure nobody tries again for so long: a dead Valkey costs one short wait, not one per request.
REST_SECONDS: Final = 2.0
HUB: Final = "0:live:hub"  # nobody speaks here
GAP: Final[Payload] = {"gap": True}


def channel(company_id: int, topic: str, url: str) -> str:
    """The channel of a company's topic; like every key it begins with the company's id.

    Valkey's channels know no databases: two systems on one server, each in a database of its own, would hear
    each other's companies of the same number. So the channel names the database.
    """
    return f"{company_id}:live:{topic}:{urlsplit(url).path.strip('/') or '0'}"


class Publisher:
    """Publishes with short timeouts behind a circuit breaker. Never raises."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._client: redis.Redis | None = None
        self._rest_until = 0.0

    def publish(self, company_id: int, topic: str, payload: Payload) -> bool:
        """Whether the message was handed to Valkey."""
        if time.monotonic() < self._rest_until:
            return False
        try:
            self._connected().publish(
                channel(company_id, topic, self._url), json.dumps(payload, separators=(",", ":"))
            )
        except (RedisError, OSError, ValueError, TypeError) as error:
            self._rest_until = time.monotonic() + REST_SECONDS
            logger.warning("no live push for %.0f s: %s", REST_SECONDS, type(error).__name__)
            return False
        return True

    def _connected(self) -> redis.Redis:
        with self._lock:
            if self._client is None:
                self._client = redis.Redis.from_url(
                    self._url,
                    socket_timeout=PATIENCE_SECONDS,
                    socket_connect_timeout=PATIENCE_SECONDS,
                    retry=Retry(NoBackoff(), 1),
                )
            return self._client


_publishers: dict[str, Publisher] = {}


def publish(company_id: int, topic: str, payload: Payload) -> bool:
    """Tell every process that listens to this topic of this company. Best effort, never raises, ids only."""
    url = settings.VALKEY_URL
    publisher = _publishers.get(url)
    if publisher is None:
        publisher = _publishers.setdefault(url, Publisher(url))
    return publisher.publish(company_id, topic, payload)


class Hub:
    """One subscription for the process, any number of listeners. Belongs to one event loop.

    A listener is called in the loop with the payload; it may be a coroutine function, which runs as a task of
    its own. After a reconnection, when messages may have been missed, each listener gets GAP.
    """

    def __init__(self, url: str | None = None, *, longest_pause: float = 2.0) -> None:
        self._url = url
        self._longest_pause = longest_pause
        self._listeners: dict[str, dict[int, Callback]] = {}
        self._next = 0
        self._runner: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self.connected = asyncio.Event()

    def listen(self, company_id: int, topic: str, callback: Callback) -> Unsubscribe:
        """Call `callback(payload)` for each message from now on; returns what ends it."""
        name = channel(company_id, topic, self._address)
        self._next += 1
        number = self._next
        self._listeners.setdefault(name, {})[number] = callback
        self._wake()

        def unsubscribe() -> None:
            listeners = self._listeners.get(name, {})
            listeners.pop(number, None)
            if not listeners:
                self._listeners.pop(name, None)
                self._wake()

        return unsubscribe

    @property
    def _address(self) -> str:
        return self._url or settings.VALKEY_URL

    async def close(self) -> None:
        """End the subscription and all listeners."""
        self._listeners.clear()
        runner, self._runner = self._runner, None
        for task in [*self._tasks, *([runner] if runner else [])]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _wake(self) -> None:
        self._changed.set()
        if self._listeners and (self._runner is None or self._runner.done()):
            self._runner = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        pause, first = 0.05, True
        while True:
            try:
                await self._serve(gap=not first)
            except (TimeoutError, RedisError, OSError) as error:
                if self.connected.is_set():
                    pause = 0.05
                    logger.warning("the live subscription was lost: %s", type(error).__name__)
            self.connected.clear()
            first = False
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._longest_pause)

    async def _serve(self, *, gap: bool) -> None:
        client = redis.asyncio.Redis.from_url(
            self._address,
            socket_connect_timeout=2.0,
            socket_keepalive=True,
            health_check_interval=10,
        )
        try:
            async with client.pubsub() as pubsub:
                # Also without listeners: a subscription of one's own keeps the connection readable.
                subscribed = {HUB}
                await pubsub.subscribe(*subscribed)
                await self._follow(pubsub, subscribed)
                self.connected.set()
                if gap:
                    for name in list(self._listeners):
                        self._deliver(name, GAP)
                await self._until_lost(pubsub, subscribed)
        finally:
            await client.aclose()

    async def _until_lost(self, pubsub: redis.asyncio.client.PubSub, subscribed: set[str]) -> None:
        halves = {
            asyncio.create_task(self._read(pubsub)),
            asyncio.create_task(self._keep_following(pubsub, subscribed)),
        }
        try:
            done, _ = await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
            for half in done:
                half.result()
        finally:
            for half in halves:
                half.cancel()
            await asyncio.gather(*halves, return_exceptions=True)

    async def _read(self, pubsub: redis.asyncio.client.PubSub) -> None:
        while True:
            # Comes up now and then so that the client's health check finds a connection that died silently.
            message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=5.0)
            if message is not None:
                self._receive(message)

    async def _keep_following(self, pubsub: redis.asyncio.client.PubSub, subscribed: set[str]) -> None:
        while True:
            await self._changed.wait()
            await self._follow(pubsub, subscribed)

    async def _follow(self, pubsub: redis.asyncio.client.PubSub, subscribed: set[str]) -> None:
        self._changed.clear()
        wanted = {HUB, *self._listeners}
        if new := wanted - subscribed:
            await pubsub.subscribe(*new)
        if gone := subscribed - wanted:
            await pubsub.unsubscribe(*gone)
        subscribed.clear()
        subscribed.update(wanted)

    def _receive(self, message: dict[str, Any]) -> None:
        name, data = message["channel"], message["data"]
        try:
            payload = json.loads(data)
        except ValueError:
            logger.warning("a live message is not JSON")
            return
        if isinstance(payload, dict):
            self._deliver(name.decode() if isinstance(name, bytes) else str(name), payload)

    def _deliver(self, name: str, payload: Payload) -> None:
        for callback in list(self._listeners.get(name, {}).values()):
            try:
                result = callback(payload)
            except Exception:
                logger.exception("a live listener failed")
                continue
            if result is not None:
                task = asyncio.ensure_future(result)
                self._tasks.add(task)
                task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            logger.error("a live listener failed", exc_info=task.exception())


_everywhere: dict[str, Callback] = {}
_hubs: dict[int, Hub] = {}


def everywhere(topic: str, callback: Callback) -> None:
    """Have `callback` called in every process that has a hub for what `tell_everywhere` says, and for GAP."""
    _everywhere[topic] = callback


def tell_everywhere(topic: str, payload: Payload) -> bool:
    """Tell every process something that concerns what it holds in memory. Best effort: holds also run out."""
    return publish(0, topic, payload)


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    found = _hubs.get(id(loop))
    if found is None:
        found = _hubs[id(loop)] = Hub()
        for topic, callback in _everywhere.items():
            found.listen(0, topic, callback)
    return found


async def close_hub() -> None:
    """End the hub of the running event loop, where it has one."""
    found = _hubs.pop(id(asyncio.get_running_loop()), None)
    if found is not None:
        await found.close()
