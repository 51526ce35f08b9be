"""Whom a reader believes: nobody by plain http, the system's store, an authority of its own."""

import asyncio
import ssl
from pathlib import Path

import httpx
import pytest

from edge import cli
from edge.doctor_line import asked
from edge.door import DoorState
from edge.doors.http import HttpDoor
from edge.doors.wiring import Relay
from edge.identity import load, pair
from edge.trust import TrustRefused, authority, safe_origin
from edge.verdict import Level
from tests.edge.certificates import Authority
from tests.edge.fitted import ready, started, until
from tests.edge.lines import written
from tests.edge.standin import CODE, Standin, standing


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("acme.example.com", "https://acme.example.com"),
        ("https://Acme.Example.com/", "https://acme.example.com"),
        ("https://acme.example.com:443", "https://acme.example.com"),
        ("https://acme.example.com:8443", "https://acme.example.com:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://acme.localhost:8000", "http://acme.localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses_that_are_taken(typed: str, origin: str) -> None:
    assert safe_origin(typed) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "http://acme.example.com",
        "http://192.168.1.7:8000",
        "http://localhost.example.com",
        "http://notlocalhost",
        "http://127.0.0.1.example.com",
    ],
)
def test_plain_http_is_refused_in_one_line(
    typed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    assert cli.main(["--state", str(state), "pair", typed, CODE]) == cli.USAGE
    told = capsys.readouterr().err
    assert told.startswith("sallyport-reader: http is refused")
    assert told.count("\n") == 1
    assert not state.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ftp://acme.example.com",
        "https://",
        "https://a:99999",
        "https://u:p@acme.example.com",
        "https://acme.example.com/reader/",
        "https://acme.example.com?a=1",
    ],
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(TrustRefused):
        safe_origin(typed)


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    """An authority that no store of the system knows."""
    return Authority(tmp_path / "ours", "ours")


@pytest.fixture
def tls(ours: Authority) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(*ours.signed("server"))
    return made


async def paired(server: Standin, folder: Path, ca: str = "") -> None:
    await asyncio.to_thread(pair, folder, server.origin, CODE, ca=ca)


async def test_an_authority_of_its_own_is_believed_from_the_pairing_on(
    tls: ssl.SSLContext, ours: Authority, tmp_path: Path
) -> None:
    """By requests, by the socket, by the doctor, and after a start."""
    async with standing(tls=tls) as server:
        with pytest.raises(httpx.ConnectError):
            await paired(server, tmp_path / "state")
        await paired(server, tmp_path / "state", authority(ours.ca))
        async with started(tmp_path / "state") as reader:
            await ready(reader)
            await until(lambda: reader._socket.open)
            assert not (await reader.decider.present(server.firm.code())).alone
        assert (await asked(*load(tmp_path / "state"))).network.level is not Level.BAD
        await paired(server, tmp_path / "state", authority(ours.ca))  # a second one keeps it too
        assert load(tmp_path / "state")[0].ca == ours.ca.read_text()


async def test_requests_believe_the_systems_store_as_the_socket_does(
    tls: ssl.SSLContext, ours: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.ca))
    async with standing(tls=tls) as server:
        await paired(server, tmp_path / "state")
        async with started(tmp_path / "state") as reader:
            await ready(reader)
            await until(lambda: reader._socket.open)


async def test_a_relay_is_believed_by_the_systems_store(
    tls: ssl.SSLContext, ours: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.ca))
    async with standing(tls=tls) as server:
        door = HttpDoor(Relay(server.origin))
        server.faults.portal = written(200, {})
        assert await door.look() is DoorState.READY
        await door.close()


async def test_another_authority_is_not_believed(tls: ssl.SSLContext, tmp_path: Path) -> None:
    theirs = Authority(tmp_path / "theirs", "theirs")
    async with standing(tls=tls) as server:
        with pytest.raises(httpx.ConnectError):
            await paired(server, tmp_path / "state", authority(theirs.ca))


@pytest.mark.parametrize("content", [b"", b"no certificate", b"\xff\xfe", b"A" * 100_000])
def test_a_file_that_holds_no_certificate_is_one_line(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(content)
    deed = ["pair", "https://acme.example.com", CODE, "--ca", str(path)]
    assert cli.main(["--state", str(tmp_path / "state"), *deed]) == cli.USAGE
    assert "holds no certificates in PEM" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deed = ["pair", "https://acme.example.com", CODE, "--ca", str(tmp_path / "none.pem")]
    assert cli.main(["--state", str(tmp_path / "state"), *deed]) == cli.FAILED
    assert capsys.readouterr().err.count("\n") == 1
