"""A broker for MQTT 5 over TLS that lets nobody in without a certificate: as little as a door needs."""

import contextlib
import socket
import ssl
import struct
import threading
from dataclasses import dataclass
from pathlib import Path

CONNECT, PUBLISH, PUBACK, SUBSCRIBE, PINGREQ = 1, 3, 4, 8, 12


@dataclass(frozen=True)
class Published:
    """What a client has published."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    duplicate: bool
    expires: int | None


class Broker:
    """Listens at a free port of this machine. `acknowledges` false: it takes orders and says nothing."""

    def __init__(self, certificate: Path, key: Path, ca: Path) -> None:
        self.acknowledges = True
        self.published: list[Published] = []
        self.subscribed: set[str] = set()
        self.clean_starts: list[bool] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._context.load_verify_locations(ca)
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._clients: list[ssl.SSLSocket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def tell(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish to every client, as quality 0."""
        body = _text(topic) + b"\x00" + payload
        for client in list(self._clients):
            client.sendall(bytes([PUBLISH << 4 | retain, len(body)]) + body)

    def cut(self) -> None:
        """Drop all connections; clients may come again."""
        for client in list(self._clients):
            _shut(client)

    def end(self) -> None:
        """Stop, and wait for it."""
        _shut(self._listening)
        self.cut()
        for thread in self._threads:
            thread.join(5)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(plain,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(20)
        try:
            with self._context.wrap_socket(plain, server_side=True) as client:
                self._clients.append(client)
                try:
                    while self._packet(client):
                        pass
                finally:
                    self._clients.remove(client)
        except OSError:
            plain.close()

    def _packet(self, client: ssl.SSLSocket) -> bool:
        first = client.recv(1)
        if not first:
            return False
        kind, flags = first[0] >> 4, first[0] & 15
        body = _exactly(client, _number(client))
        if kind == CONNECT:
            assert body[:7] == b"\x00\x04MQTT\x05"
            self.clean_starts.append(bool(body[7] & 2))
            client.sendall(b"\x20\x03\x00\x00\x00")
        elif kind == SUBSCRIBE:
            count = self._subscribe(body)
            client.sendall(bytes([0x90, 3 + count]) + body[:2] + b"\x00" + b"\x01" * count)
        elif kind == PUBLISH:
            number = self._publish(body, flags)
            if number and self.acknowledges:
                client.sendall(b"\x40\x02" + number)
        elif kind == PINGREQ:
            client.sendall(b"\xd0\x00")
        return True

    def _subscribe(self, body: bytes) -> int:
        rest, count = body[3 + body[2] :], 0
        while rest:
            size = int.from_bytes(rest[:2], "big")
            self.subscribed.add(rest[2 : 2 + size].decode())
            rest, count = rest[3 + size :], count + 1
        return count

    def _publish(self, body: bytes, flags: int) -> bytes:
        size = int.from_bytes(body[:2], "big")
        topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
        qos, number = flags >> 1 & 3, b""
        if qos:
            number, rest = rest[:2], rest[2:]
        properties, payload = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
        expires = struct.unpack(">I", properties[1:5])[0] if properties[:1] == b"\x02" else None
        self.published.append(Published(topic, payload, qos, bool(flags & 1), bool(flags & 8), expires))
        return number


def _text(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode()


def _number(client: ssl.SSLSocket) -> int:
    """A variable byte integer."""
    value = shift = 0
    while True:
        byte = _exactly(client, 1)[0]
        value |= (byte & 127) << shift
        if byte < 128:
            return value
        shift += 7


def _exactly(client: ssl.SSLSocket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = client.recv(size - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
