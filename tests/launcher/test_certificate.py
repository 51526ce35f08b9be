"""The certificate for the local network: whole, fitting and in time, or made anew."""

import datetime
import ssl
from pathlib import Path

import pytest
from cryptography import x509

from deploy.local import certificate

NOW = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
NAMES = ["localhost", "*.localhost"]
ADDRESS = "127.0.0.1"


def make(folder: Path, address: str = ADDRESS, now: datetime.datetime = NOW) -> bytes:
    """What the leaf's file holds after a start."""
    leaf, key, authority = certificate.make(folder, NAMES, address, now)
    found = x509.load_pem_x509_certificate(leaf.read_bytes())
    found.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.read_bytes()))
    # OpenSSL itself refuses a key that does not belong to the certificate.
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(leaf, key)
    return leaf.read_bytes()


def test_what_is_good_stays(tmp_path: Path) -> None:
    assert make(tmp_path) == make(tmp_path)


@pytest.mark.parametrize("name", ["server.pem", "server.key", "authority.pem", "made-for"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe broken", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_missing_or_damaged_is_made_anew(tmp_path: Path, name: str, content: bytes | None) -> None:
    before = make(tmp_path)
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    after = make(tmp_path)
    assert after != before
    assert make(tmp_path) == after


@pytest.mark.parametrize("name", ["server.pem", "server.key", "authority.pem"])
def test_what_belongs_to_another_is_made_anew(tmp_path: Path, name: str) -> None:
    before = make(tmp_path / "one")
    make(tmp_path / "other")
    (tmp_path / "one" / name).write_bytes((tmp_path / "other" / name).read_bytes())
    assert make(tmp_path / "one") != before


def test_another_address_and_another_year_are_made_anew(tmp_path: Path) -> None:
    first = make(tmp_path)
    moved = make(tmp_path, address="127.0.0.2")
    assert moved != first
    assert make(tmp_path, address="127.0.0.2", now=NOW + certificate.LIFE) != moved


def test_what_leaves_the_machine_is_the_certificate_alone(tmp_path: Path) -> None:
    _, key, authority = certificate.make(tmp_path, NAMES, ADDRESS, NOW)
    pure = authority.read_bytes()
    authority.write_bytes(pure + key.read_bytes())
    assert certificate.public_part(authority)[0] == pure
