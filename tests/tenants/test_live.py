"""Pushes: fast, best effort, never in anybody's way."""

import asyncio
import socket
import time
from collections.abc import Callable

import pytest
import redis
from pytest_django import Settings

from deploy.local.valkey import Valkey
from tenants import live
from tests.quick import best_of


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something that another process brings about."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
def url(valkey: Valkey, settings: Settings) -> str:
    settings.VALKEY_URL = valkey.url(3)
    return str(settings.VALKEY_URL)


async def test_a_message_reaches_the_listeners_of_its_company_and_topic(url: str) -> None:
    hub = live.Hub(url)
    got: list[object] = []
    later: list[object] = []

    async def slowly(payload: dict[str, object]) -> None:
        later.append(payload)

    hub.listen(1, "policy", got.append)
    hub.listen(1, "policy", slowly)
    hub.listen(2, "policy", lambda p: got.append("another company's"))
    hub.listen(1, "doors", lambda p: got.append("another topic's"))
    async with asyncio.timeout(10):
        await hub.connected.wait()
    assert live.publish(1, "policy", {"seq": 7})
    await until(lambda: bool(got and later))
    assert got == [{"seq": 7}]
    assert later == [{"seq": 7}]
    await hub.close()


async def test_listening_and_ceasing_on_a_running_subscription(url: str) -> None:
    hub = live.Hub(url)
    first: list[object] = []
    second: list[object] = []
    stop = hub.listen(1, "a", first.append)
    await hub.connected.wait()
    hub.listen(1, "b", second.append)
    await until(lambda: live.publish(1, "b", {"n": 1}) and bool(second))
    stop()
    stop()
    live.publish(1, "a", {"n": 2})
    second.clear()
    await until(lambda: live.publish(1, "b", {"n": 3}) and bool(second))
    assert first == []
    await hub.close()


async def test_one_subscription_for_any_number_of_listeners(url: str) -> None:
    hub = live.Hub(url)
    count = [0]

    def hear(payload: dict[str, object]) -> None:
        count[0] += 1

    for _ in range(1000):
        hub.listen(5, "policy", hear)
    await hub.connected.wait()
    with redis.Redis.from_url(url) as client:
        assert client.pubsub_numsub(live.channel(5, "policy", url))[0][1] == 1
    live.publish(5, "policy", {})
    await until(lambda: count[0] == 1000)
    await hub.close()


async def test_a_failing_listener_fails_alone(url: str, caplog: pytest.LogCaptureFixture) -> None:
    hub = live.Hub(url)
    got: list[object] = []

    def fail(payload: dict[str, object]) -> None:
        raise ZeroDivisionError

    async def fail_later(payload: dict[str, object]) -> None:
        raise ZeroDivisionError

    hub.listen(1, "t", fail)
    hub.listen(1, "t", fail_later)
    hub.listen(1, "t", got.append)
    await hub.connected.wait()
    live.publish(1, "t", {"n": 1})
    await until(lambda: len(got) == 1 and caplog.text.count("a live listener failed") == 2)
    await hub.close()


@pytest.mark.parametrize("text", [b"no json", b"[1]", b"\xff"])
async def test_what_is_no_message_is_passed_over(url: str, text: bytes) -> None:
    hub = live.Hub(url)
    got: list[object] = []
    hub.listen(1, "t", got.append)
    await hub.connected.wait()
    with redis.Redis.from_url(url) as client:
        client.publish("1:live:t", text)
    live.publish(1, "t", {"n": 1})
    await until(lambda: bool(got))
    assert got == [{"n": 1}]
    await hub.close()


async def test_a_lost_connection_comes_back_and_tells_of_the_gap(url: str) -> None:
    hub = live.Hub(url, longest_pause=0.1)
    got: list[object] = []
    hub.listen(1, "t", got.append)
    await hub.connected.wait()
    with redis.Redis.from_url(url) as client:
        client.client_kill_filter(_type="pubsub")
    await until(lambda: live.GAP in got)
    live.publish(1, "t", {"n": 1})
    await until(lambda: {"n": 1} in got)
    await hub.close()


async def test_a_hub_without_valkey_waits_for_it() -> None:
    hub = live.Hub(f"redis://127.0.0.1:{free_port()}/0", longest_pause=0.05)
    hub.listen(1, "t", lambda p: None)
    await asyncio.sleep(0)
    assert not hub.connected.is_set()
    await hub.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_publishing_without_valkey_neither_raises_nor_waits() -> None:

    def once() -> None:
        publisher = live.Publisher(f"redis://127.0.0.1:{free_port()}/0")
        assert not any(publisher.publish(1, "t", {}) for _ in range(10_000))

    assert best_of(once, 1) < 1


def test_a_valkey_that_answers_nothing_costs_one_short_wait() -> None:
    """It accepts and is silent: the worst kind of dead. The breaker keeps all but the first away from it."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()

        def once() -> None:
            publisher = live.Publisher(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
            assert not any(publisher.publish(1, "t", {}) for _ in range(1000))

        most = 4 * live.PATIENCE_SECONDS + 0.5
        assert best_of(once, most) < most


def test_the_breaker_closes_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = live.Publisher(url)
    publisher._rest_until = time.monotonic() + 100
    assert not publisher.publish(1, "t", {})
    now = time.monotonic()
    monkeypatch.setattr("tenants.live.time.monotonic", lambda: now + 101)
    assert publisher.publish(1, "t", {})


def test_what_cannot_be_written_as_json_is_dropped(url: str) -> None:
    assert not live.Publisher(url).publish(1, "t", {"x": object()})


async def test_every_process_with_a_hub_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[object] = []
    monkeypatch.setattr(live, "_hubs", {})
    live.everywhere("tested", got.append)
    hub = live.hub()
    assert live.hub() is hub
    await hub.connected.wait()
    assert live.tell_everywhere("tested", {"company": 7})
    await until(lambda: {"company": 7} in got)
    del live._everywhere["tested"]
    await hub.close()
