"""A worker whose broker goes away while it holds a message lives on, and the message is not lost."""

from typing import Any

import pytest
from django.conf import settings
from kombu import Connection, Producer, Queue
from kombu.transport import TRANSPORT_ALIASES, redis

from config import broker

pytestmark = pytest.mark.usefixtures("valkey")
QUEUE = "of-this-test"


def hold_one(transport: type[redis.Transport]) -> tuple[Any, str]:
    """A channel with one message in hand, the connection taken apart beneath it; and the message's tag."""
    connection = Connection(settings.CELERY_BROKER_URL)
    connection.transport_cls = transport
    channel = connection.channel()
    queue = Queue(QUEUE, channel=channel)
    queue.declare()
    queue.purge()
    Producer(channel).publish({"n": 1}, routing_key=QUEUE)
    message = queue.get()
    assert message is not None
    channel._disconnect_pools()  # as kombu does when a connection breaks
    channel.connection.client = None
    return channel, message.delivery_tag


def test_losing_the_connection_with_a_message_in_hand_ends_nobody() -> None:
    channel, tag = hold_one(broker.Transport)
    channel.close()
    channel.close()  # kombu may do so twice
    with Connection(settings.CELERY_BROKER_URL) as again:
        other = again.channel()
        assert other.client.hexists(other.unacked_key, tag), "it is handed out again from here"


def test_without_the_mending_it_would() -> None:
    channel, _ = hold_one(redis.Transport)
    with pytest.raises(AttributeError, match="hostname"):
        channel.close()


def finished_afterwards(transport: type[redis.Transport]) -> None:
    """A task ends when the channel that its message came by is closed and has been replaced."""
    channel, tag = hold_one(transport)
    channel.do_restore = False
    channel.connection = None
    channel.basic_ack(tag)


def test_a_task_that_ends_after_the_connection_was_lost_is_handed_out_again() -> None:
    with pytest.raises(ConnectionError):
        finished_afterwards(broker.Transport)  # what Celery logs and lives on with


def test_without_the_mending_it_ends_the_worker() -> None:
    with pytest.raises(AttributeError, match="client"):
        finished_afterwards(redis.Transport)


def test_the_application_uses_it() -> None:
    assert TRANSPORT_ALIASES["redis"] == f"{broker.__name__}:Transport"
