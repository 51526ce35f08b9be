"""The relay in the network: what is refused before a word is sent, and what goes over the wire."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from edge.door import DoorFailed, DoorState
from edge.doors.http import HttpDoor
from edge.doors.wiring import Relay, safe_address
from tests.edge.certificates import Authority
from tests.edge.shelly import PASSWORD, Shelly

ADDRESS = "http://relay.test"


def door_at(shelly: Shelly, url: str = ADDRESS, password: str = PASSWORD) -> HttpDoor:
    """A door whose network is the relay."""
    return HttpDoor(Relay(url), password, transport=httpx.MockTransport(shelly.answer))


@pytest.mark.parametrize(
    ("url", "password", "code"),
    [
        ("http://relay.test", True, ""),
        ("https://relay.test:8443/", False, ""),
        ("http://relay.test", False, "plain_http_refused"),
        ("ftp://relay.test", True, "address_malformed"),
        ("relay.test", True, "address_malformed"),
        ("https://u:p@relay.test", True, "address_malformed"),
        ("https://relay.test/rpc", True, "address_malformed"),
        ("https://relay.test:99999", True, "address_malformed"),
        ("https://relay.test?a=1", True, "address_malformed"),
    ],
)
def test_addresses(url: str, password: bool, code: str) -> None:
    assert safe_address(url, password=password) == code


def test_plain_http_never_becomes_a_door() -> None:
    with pytest.raises(DoorFailed, match="plain_http_refused"):
        HttpDoor(Relay(ADDRESS))


async def test_opened_with_digest() -> None:
    shelly = Shelly()
    door = door_at(shelly)
    await door.open(2_500)
    await door.open(3_000)
    assert shelly.pulses == [("0", 2.5), ("0", 3.0)]
    assert door.state is DoorState.READY
    await door.close()


async def test_wrong_password() -> None:
    shelly = Shelly()
    door = door_at(shelly, password="wrong")
    with pytest.raises(DoorFailed, match="401") as failed:
        await door.open(2_500)
    assert "wrong" not in str(failed.value)
    assert shelly.pulses == []


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256-sess", ""])
async def test_less_than_sha256_is_sent_nothing(algorithm: str) -> None:
    """A weaker digest is what an attacker in between asks for; none, and everybody may open the door."""
    shelly = Shelly(algorithm)
    door = door_at(shelly)
    with pytest.raises(DoorFailed):
        await door.open(2_500)
    assert door.state is DoorState.UNSAFE
    assert shelly.pulses == []


async def test_errors_and_redirects_are_no_open_door() -> None:
    shelly = Shelly()
    door = door_at(shelly)
    await door.open(1_000)
    for status in (302, 500, 503):
        shelly.status = status
        with pytest.raises(DoorFailed, match=str(status)):
            await door.open(1_000)
        assert door.state == DoorState.AWAY
    shelly.status = 200
    await door.open(1_000)
    assert door.state is DoorState.READY


async def test_nobody_answers() -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("nobody")

    door = HttpDoor(Relay(ADDRESS), "x", transport=httpx.MockTransport(silent))
    with pytest.raises(DoorFailed, match="ConnectTimeout"):
        await door.open(1_000)


class _Answers(http.server.BaseHTTPRequestHandler):
    paths: list[str] = []

    def do_GET(self) -> None:
        """Take the order."""
        self.paths.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Whom the relay's certificate is from."""
    return Authority(tmp_path / "ours", "ours")


@pytest.fixture
def https_relay(authority: Authority) -> Iterator[str]:
    """A relay behind TLS, for real."""
    certificate, key = authority.signed("relay")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = http.server.HTTPServer(("127.0.0.1", 0), _Answers)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    _Answers.paths.clear()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_https_by_its_certificate(https_relay: str, authority: Authority, tmp_path: Path) -> None:
    door = HttpDoor(Relay(https_relay, switch=1, ca=str(authority.ca)))
    await door.open(1_500)
    await door.close()
    assert _Answers.paths == ["/rpc/Switch.Set?id=1&on=true&toggle_after=1.500"]
    for ca in (str(Authority(tmp_path / "others", "others").ca), ""):
        stranger = HttpDoor(Relay(https_relay, ca=ca))
        with pytest.raises(DoorFailed, match="ConnectError"):
            await stranger.open(1_500)
        await stranger.close()
    assert len(_Answers.paths) == 1
