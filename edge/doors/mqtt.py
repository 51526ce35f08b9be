"""A door behind an MQTT broker: TLS with a certificate on both sides, MQTT 5, by paho.

An order that cannot be delivered at once is not to be delivered at all: nobody stands at the door any more.
So nothing is sent while the broker is away, each order expires after two seconds at the broker too, nothing
is retained, and a client whose order was not acknowledged is thrown away with what it would repeat.
"""

import asyncio
import contextlib
import json
import logging
import secrets
import ssl
import threading
import time
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.door import DoorFailed, DoorState
from edge.doors.wiring import Broker, Shape
from edge.doorstate import DoorSigns

log = logging.getLogger(__name__)

EXPIRES: Final = 2  # seconds
PATIENCE: Final = 1.0  # seconds until the broker has acknowledged
_PROPERTIES: Final[Any] = Properties  # paho leaves its arguments untyped
_OPEN: Final = frozenset({"open", "on", "true", "1"})
_SHUT: Final = frozenset({"closed", "shut", "off", "false", "0"})


class MqttDoor:
    """One door. paho's own thread keeps the connection and opens it again."""

    def __init__(self, broker: Broker, signs: DoorSigns | None = None) -> None:
        """Raises DoorFailed where a certificate or key cannot be read."""
        self._broker = broker
        self._signs = signs
        self._lock = threading.Lock()
        self._connected = False
        try:
            self._tls = ssl.create_default_context(cafile=broker.ca)
            self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
            self._tls.load_cert_chain(broker.certificate, broker.key)
        except (OSError, ssl.SSLError) as error:
            raise DoorFailed(f"certificates: {error.strerror or type(error).__name__}") from error
        self._client: Client
        self._begin()

    @property
    def state(self) -> DoorState:
        """READY while the broker is connected."""
        return DoorState.READY if self._connected else DoorState.AWAY

    async def open(self, pulse_ms: int) -> None:
        """See DoorOutput; returns once the broker has acknowledged. What came of it the contact tells."""
        await asyncio.to_thread(self._publish, self._order(pulse_ms))

    async def close(self) -> None:
        """Disconnect."""
        await asyncio.to_thread(self._end, self._client)

    def _order(self, pulse_ms: int) -> str:
        number = secrets.token_hex(8)
        if self._broker.shape is Shape.PULSE:
            return json.dumps({"id": number, "pulse_ms": pulse_ms, "at_ms": time.time_ns() // 1_000_000})
        order = {"id": self._broker.switch, "on": True, "toggle_after": pulse_ms / 1000}
        return json.dumps({"id": number, "src": "sallyport", "method": "Switch.Set", "params": order})

    def _publish(self, order: str) -> None:
        with self._lock:
            client = self._client
            if not self._connected:
                raise DoorFailed("the broker is away")
            properties = _PROPERTIES(PacketTypes.PUBLISH)
            properties.MessageExpiryInterval = EXPIRES
            try:
                sent = client.publish(self._broker.topic, order, qos=1, properties=properties)
                sent.wait_for_publish(PATIENCE)
                acknowledged = sent.is_published()
            except (ValueError, RuntimeError, OSError) as error:
                log.warning("order not sent: %s", error)
                acknowledged = False
            if not acknowledged:
                self._begin()
                self._end(client)
                raise DoorFailed("the broker did not acknowledge")

    def _begin(self) -> None:
        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
        client.tls_set_context(self._tls)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.reconnect_delay_set(min_delay=1, max_delay=10)
        client.connect_async(self._broker.host, self._broker.port, keepalive=15, clean_start=True)
        self._client, self._connected = client, False
        client.loop_start()

    def _end(self, client: Client) -> None:
        if client is self._client:
            self._connected = False
        with contextlib.suppress(OSError, ValueError):
            client.disconnect()
        client.loop_stop()

    def _on_connect(self, client: Client, data: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:
        if reason.is_failure:
            log.warning("the broker refused: %s", reason)
            return
        topics = [topic for topic in (self._broker.contact_topic, self._broker.exit_topic) if topic]
        if self._signs is not None and topics:
            client.subscribe([(topic, 1) for topic in topics])
        self._connected = client is self._client

    def _on_disconnect(
        self, client: Client, data: Any, flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        if client is self._client:
            self._connected = False
            log.warning("the broker is away: %s", reason)

    def _on_message(self, client: Client, data: Any, message: MQTTMessage) -> None:
        if self._signs is None:
            return
        word = bytes(message.payload[:64]).decode("ascii", "replace").strip().lower()
        if message.topic == self._broker.exit_topic:
            if not message.retain and word not in _SHUT:
                self._signs.exit_button()
        elif message.topic == self._broker.contact_topic and word in _OPEN | _SHUT:
            self._signs.contact(is_open=word in _OPEN)
