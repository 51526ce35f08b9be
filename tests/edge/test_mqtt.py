"""A door behind a broker: certificates on both sides, and no order that comes late."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge.door import DoorFailed, DoorState
from edge.doors import mqtt
from edge.doors.mqtt import MqttDoor
from edge.doors.wiring import Broker as Where
from edge.doors.wiring import Shape
from tests.edge.broker import Broker
from tests.edge.certificates import Authority
from tests.edge.seen import until
from tests.edge.signs import Signs


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Who signs for broker and reader."""
    return Authority(tmp_path / "ours", "ours")


@pytest.fixture
def broker(authority: Authority) -> Iterator[Broker]:
    """A running broker."""
    running = Broker(*authority.signed("broker"), authority.ca)
    yield running
    running.end()


@pytest.fixture
def where(broker: Broker, authority: Authority) -> Where:
    """How the reader finds it."""
    certificate, key = authority.signed("reader")
    return Where("127.0.0.1", str(authority.ca), str(certificate), str(key), "doors/7/open", port=broker.port)


async def ready(door: MqttDoor) -> MqttDoor:
    """Once it is connected."""
    await until(lambda: door.state is DoorState.READY, 10)
    return door


async def test_an_order(broker: Broker, where: Where) -> None:
    door = await ready(MqttDoor(where))
    await door.open(2_500)
    await door.close()
    (order,) = broker.published
    assert (order.topic, order.qos, order.retain, order.expires) == ("doors/7/open", 1, False, 2)
    content = json.loads(order.payload)
    assert content["pulse_ms"] == 2_500
    assert len(content["id"]) == 16
    assert broker.clean_starts == [True]
    assert door.state == DoorState.AWAY


async def test_an_order_in_shellys_shape(broker: Broker, where: Where) -> None:
    door = await ready(MqttDoor(replace(where, shape=Shape.SHELLY, switch=2)))
    await door.open(2_500)
    await door.close()
    content = json.loads(broker.published[0].payload)
    assert content["method"] == "Switch.Set"
    assert content["params"] == {"id": 2, "on": True, "toggle_after": 2.5}


async def test_what_was_not_acknowledged_is_not_sent_again(
    broker: Broker, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "PATIENCE", 0.3)
    door = await ready(MqttDoor(where))
    broker.acknowledges = False
    with pytest.raises(DoorFailed, match="acknowledge"):
        await door.open(2_500)
    broker.acknowledges = True
    broker.cut()  # whoever still had the order would bring it with the next connection
    await asyncio.sleep(1.6)
    await ready(door)
    await door.open(1_000)
    await door.close()
    assert [json.loads(order.payload)["pulse_ms"] for order in broker.published] == [2_500, 1_000]
    assert not any(order.duplicate for order in broker.published)


async def test_while_the_broker_is_away_nothing_waits(broker: Broker, where: Where) -> None:
    door = await ready(MqttDoor(where))
    broker.cut()
    await until(lambda: door.state is DoorState.AWAY)
    with pytest.raises(DoorFailed, match="away"):
        await door.open(2_500)
    await ready(door)
    await door.open(1_000)
    await door.close()
    assert [json.loads(order.payload)["pulse_ms"] for order in broker.published] == [1_000]


async def test_contact_and_button(broker: Broker, where: Where) -> None:
    signs = Signs()
    door = await ready(
        MqttDoor(replace(where, contact_topic="doors/7/contact", exit_topic="doors/7/exit"), signs)
    )
    await until(lambda: broker.subscribed == {"doors/7/contact", "doors/7/exit"})
    broker.tell("doors/7/exit", b"1", retain=True)  # pressed some time ago
    broker.tell("doors/7/contact", b"closed", retain=True)
    broker.tell("doors/7/contact", b"\xff\xfe nonsense")
    broker.tell("doors/7/contact", b"OPEN")
    broker.tell("doors/7/exit", b"1")
    broker.tell("doors/7/exit", b"0")
    broker.tell("doors/8/exit", b"1")
    broker.tell("doors/7/contact", b"off")
    await until(lambda: len(signs.told) == 4)
    await door.close()
    assert signs.told == ["shut", "open", "exit", "shut"]


# paho leaves a socket whose handshake failed to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("side", ["client", "broker"])
async def test_certificates_of_others_connect_nothing(
    side: str, broker: Broker, where: Where, tmp_path: Path
) -> None:
    others = Authority(tmp_path / "others", "others")
    certificate, key = others.signed("reader")
    strange = {
        "client": replace(where, certificate=str(certificate), key=str(key)),
        "broker": replace(where, ca=str(others.ca)),
    }[side]
    door = MqttDoor(strange)

    await asyncio.sleep(1.0)
    assert door.state is DoorState.AWAY
    with pytest.raises(DoorFailed, match="away"):
        await door.open(1_000)
    await door.close()
    assert broker.clean_starts == []


def test_without_a_certificate_there_is_no_door(where: Where) -> None:
    with pytest.raises(DoorFailed, match="certificates"):
        MqttDoor(replace(where, certificate="/nowhere.pem"))
