"""What stands outside and is sent the record: a web server over TLS and a syslog receiver, on loopback."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.vault.stand_in import certificate


def authority_of(pem: Path) -> str:
    """The certificate alone, as an owner would paste it."""
    text = pem.read_text()
    return text[text.index("-----BEGIN CERTIFICATE") :]


def server_tls(pem: Path) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    return tls


class Inbox:
    """Takes what is posted; `status` is its answer, `hang` keeps it from answering at all."""

    def __init__(self, folder: Path) -> None:
        self.pem = certificate(folder)
        self.status = 200
        self.location = ""
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.go = threading.Event()
        self.go.set()
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                inbox.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
                inbox.go.wait(20)
                self.send_response(inbox.status)
                if inbox.location:
                    self.send_header("Location", inbox.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.socket = server_tls(self.pem).wrap_socket(self.server.socket, server_side=True)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server.server_address[1]}/in?key=tulip"

    @property
    def authority(self) -> str:
        return authority_of(self.pem)

    @property
    def said(self) -> list[dict[str, Any]]:
        """The bodies."""
        return [json.loads(body) for _, body in self.taken]

    @property
    def places(self) -> list[tuple[int, int]]:
        """Where in the record the entries that came stand, in the order in which they came."""
        return [(one["position"], one["index"]) for body in self.said for one in body["entries"]]

    def close(self) -> None:
        self.go.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Collector:
    """A syslog receiver of counted octets. `manner` is how it ends: `closes`, `resets`, or `stays`."""

    def __init__(self, pem: Path | None) -> None:
        self.pem = pem
        self.tls = server_tls(pem) if pem else None
        self.manner = "closes"
        self.messages: list[bytes] = []
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.05)
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"{'tls' if self.tls else 'tcp'}://127.0.0.1:{self.socket.getsockname()[1]}"

    def _serve(self) -> None:
        while not self.over.is_set():
            try:
                line, _ = self.socket.accept()
            except TimeoutError:
                continue
            threading.Thread(target=self._take, args=(line,), daemon=True).start()

    def _take(self, line: socket.socket) -> None:
        line.settimeout(20)
        try:
            if self.manner == "resets":
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                line.recv(10)
                line.close()  # with something unread: the kernel resets
                return
            talk = self.tls.wrap_socket(line, server_side=True) if self.tls else line
            data = b""
            while piece := talk.recv(65536):
                data += piece
            self._read(data)
            if self.manner == "stays":
                self.over.wait(20)
            if isinstance(talk, ssl.SSLSocket) and self.manner == "closes":
                talk.unwrap()
            talk.close()
        except OSError:
            line.close()

    def _read(self, data: bytes) -> None:
        while data:
            length, _, rest = data.partition(b" ")
            with self.lock:
                self.messages.append(rest[: int(length)])
            assert len(rest) >= int(length)
            data = rest[int(length) :]

    def close(self) -> None:
        self.over.set()
        self.thread.join()
        self.socket.close()


@contextmanager
def inbox(folder: Path) -> Iterator[Inbox]:
    made = Inbox(folder)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def collector(pem: Path | None) -> Iterator[Collector]:
    made = Collector(pem)
    try:
        yield made
    finally:
        made.close()
