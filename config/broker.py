"""The broker's client, mended in one place: a worker survives the loss of its connection.

When the connection breaks while a message is in hand, kombu 5.7 gives the message back over the connection it
has just taken apart; and a task that ends then is answered for on the channel it came by, that has none.
Both fail with an AttributeError, which Celery takes for a fault of its own: the worker ends, or lives on
without taking a task.
"""

from kombu.transport import TRANSPORT_ALIASES, redis


class Channel(redis.Channel):
    """Leaves messages in hand where they are when the connection is gone.

    They stay among the unacknowledged in Valkey and are handed out again after the visibility timeout.
    """

    def close(self) -> None:
        # Closed a second time, as kombu does on its way down, it has no connection left at all.
        if self.connection is not None and self.connection.client is None:
            self.do_restore = False
        super().close()

    @property
    def pool(self) -> object:
        if self.connection is None or self.connection.client is None:
            # One of the errors that Celery knows: it is logged, and the message is handed out again.
            raise ConnectionError("this channel's connection is gone")
        return super().pool


class Transport(redis.Transport):
    """The transport of addresses that begin with redis://."""

    Channel = Channel


def install() -> None:
    """Have kombu take this transport from now on."""
    TRANSPORT_ALIASES["redis"] = f"{__name__}:Transport"
