"""Where a stream may lead: to public addresses, by the very address that was looked at."""

import socket
import ssl
import time
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured

from config.settings.streams import networks
from ledger.models import Stream, StreamKind
from ledger.streams import guard
from ledger.streams.failure import StreamFailed
from ledger.streams.line import Line, context
from ledger.streams.services import add_stream
from ledger.streams.target import StreamRefused, target_of
from tenants.context import CompanyRef
from tests.ledger.outside import Inbox, inbox

PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:8.8.8.8", "64:ff9b::808:808")
INSIDE = (
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1"),
    *("::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1"),
    *("", "nonsense", "127.1"),
)
Answers = Callable[[str], None]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert guard.allowed(address)


@pytest.mark.parametrize("address", INSIDE)
def test_everything_else_is_somebodys_inside(address: str) -> None:
    assert not guard.allowed(address)


def test_a_network_that_the_server_names(settings: LazySettings) -> None:
    settings.STREAM_NETWORKS = networks("10.8.0.0/16 fd12::/64")
    assert guard.allowed("10.8.3.4")
    assert guard.allowed("::ffff:10.8.3.4")
    assert guard.allowed("fd12::7")
    assert not guard.allowed("10.9.0.1")
    assert not guard.allowed("169.254.169.254")
    with pytest.raises(ImproperlyConfigured):
        networks("10.8.0.1/16")


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A resolver that gives these answers in turn; what it was asked for."""
    asked: list[str] = []
    rest = list(answers)

    def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in rest.pop(0)]

    monkeypatch.setattr("ledger.streams.guard.socket.getaddrinfo", resolve)
    return asked


def test_one_forbidden_address_forbids_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["93.184.215.14", "127.0.0.1"], [])
    with pytest.raises(StreamFailed, match="place_forbidden"):
        guard.address_of("two.example", 443)
    with pytest.raises(StreamFailed, match="name_unknown"):
        guard.address_of("none.example", 443)


def test_the_name_is_asked_for_once(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    """A name that leads elsewhere the second time (rebinding) is not asked a second time."""
    settings.STREAM_NETWORKS = (ip_network("127.0.0.0/8"),)
    went: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        asked = names(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
        original = socket.create_connection

        def connect(place: tuple[str, int], **options: Any) -> socket.socket:
            went.append(place)
            monkeypatch.undo()
            return original(place, **options)

        monkeypatch.setattr("ledger.streams.line.socket.create_connection", connect)
        with Line("turning.example", port, None):
            assert asked == ["turning.example"]
    assert went == [("127.0.0.1", port)]


@pytest.mark.parametrize(
    ("kind", "address", "code"),
    [
        ("webhook", "https://127.0.0.1/x", "place_forbidden"),
        ("webhook", "https://localhost/x", "place_forbidden"),
        ("webhook", "https://2130706433/x", "place_forbidden"),
        ("webhook", "https://[::1]/x", "place_forbidden"),
        ("webhook", "https://0x7f.1/x", "place_forbidden"),
        ("witness_https", "https://169.254.169.254/latest/meta-data", "place_forbidden"),
        ("syslog", "tcp://127.0.0.1:5432", "place_forbidden"),
        ("webhook", "https://no-such-name.invalid/", "name_unknown"),
        ("webhook", "http://example.com/", "address_wrong"),
        ("webhook", "https://user:word@example.com/", "address_wrong"),
        ("webhook", "https://example.com/#x", "address_wrong"),
        ("webhook", "https://example.com:99999/", "address_wrong"),
        ("webhook", "https://example.com/\r\nHost: x", "address_wrong"),
        ("webhook", "file:///etc/passwd", "address_wrong"),
        ("webhook", "tls://example.com", "address_wrong"),
        ("webhook", "https:///x", "address_wrong"),
        ("webhook", "", "address_wrong"),
        ("webhook", "https://example.com/" + "x" * 500, "address_wrong"),
        ("syslog", "udp://example.com:514", "address_wrong"),
        ("syslog", "tls://example.com/path", "address_wrong"),
    ],
)
def test_addresses_that_are_refused(in_acme: CompanyRef, kind: StreamKind, address: str, code: str) -> None:
    with pytest.raises(StreamRefused, match=code):
        add_stream(kind=StreamKind(kind), address=address, by="operator:1")
    assert not Stream.objects.exists()


def test_what_is_no_certificate(in_acme: CompanyRef, settings: LazySettings) -> None:
    settings.STREAM_NETWORKS = (ip_network("127.0.0.0/8"),)
    with pytest.raises(StreamRefused, match="certificate_refused"):
        add_stream(kind=StreamKind.WEBHOOK, address="https://127.0.0.1/", authority="x", by="operator:1")


def test_what_is_kept_opens_in_its_row_alone(in_acme: CompanyRef, settings: LazySettings) -> None:
    settings.STREAM_NETWORKS = (ip_network("127.0.0.0/8"),)
    first, secret = add_stream(kind=StreamKind.WEBHOOK, address="https://127.0.0.1/a", by="operator:1")
    other, _ = add_stream(kind=StreamKind.WEBHOOK, address="https://127.0.0.1/b", by="operator:1")
    assert target_of(first).secret == secret
    assert len(secret) >= 43
    other.sealed = first.sealed
    with pytest.raises(StreamFailed, match="cannot_open"):
        target_of(other)


def test_a_side_that_answers_a_byte_at_a_time(tmp_path: Path, settings: LazySettings) -> None:
    settings.STREAM_NETWORKS = (ip_network("127.0.0.0/8"),)
    box: Inbox
    with inbox(tmp_path) as box:
        begun = time.monotonic()
        with pytest.raises(StreamFailed, match="timed_out"):
            wait_for_an_answer(box)
        assert time.monotonic() - begun < 5


def wait_for_an_answer(box: Inbox) -> None:
    """Half a request: the server waits for the rest, and each step might take longer than all may."""
    host, port = box.server.server_address[:2]
    with Line(str(host), int(port), context(box.authority), patience=30, deadline=0.4) as line:
        assert isinstance(line.sock, ssl.SSLSocket)
        line.sock.sendall(b"POST / HTTP/1.1\r\n")
        while line.sock.recv(1):
            pass
        raise BrokenPipeError
