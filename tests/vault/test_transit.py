"""The root key in a key service: its protocol, and that everything but a good answer is refused."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.vault.stand_in import TOKEN, Engine, certificate
from vault import envelope, rootkey
from vault.transit import RootKeyAway, TransitKey, TransitPlace


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def engine(pem: Path) -> Iterator[Engine]:
    engine = Engine(pem)
    yield engine
    engine.close()


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> TransitPlace:
    token = tmp_path / "token"
    token.write_text(f"{TOKEN}\n")
    return TransitPlace(url=engine.url, name="sallyport", token_file=str(token), ca_file=str(engine.pem))


def test_it_wraps_and_unwraps_by_the_protocol(engine: Engine, place: TransitPlace) -> None:
    key = TransitKey(place)
    wrapped = key.wrap(b"company key", b"place")
    assert wrapped.startswith(b"vault:v1:")
    assert key.unwrap(wrapped, b"place") == b"company key"
    assert [path for path, _ in engine.asked] == [
        "/v1/transit/encrypt/sallyport",
        "/v1/transit/decrypt/sallyport",
    ]
    assert set(engine.asked[0][1]) == {"plaintext"}
    assert engine.asked[1][1] == {"ciphertext": wrapped.decode()}


def test_a_value_of_another_place_is_refused(place: TransitPlace) -> None:
    key = TransitKey(place)
    with pytest.raises(envelope.CannotOpen):
        key.unwrap(key.wrap(b"company key", b"acme"), b"globex")


@pytest.mark.parametrize(
    "wrapped", [b"", b"vault:v1:AAAA", b"vault:v1:!", b"nonsense", b"\xff\xfe", b"vault:v9:" + b"A" * 80]
)
def test_what_is_no_ciphertext_does_not_open(place: TransitPlace, wrapped: bytes) -> None:
    with pytest.raises(envelope.CannotOpen):
        TransitKey(place).unwrap(wrapped, b"place")


def test_one_bit_changed_does_not_open(place: TransitPlace) -> None:
    key = TransitKey(place)
    wrapped = bytearray(key.wrap(b"company key", b"place"))
    wrapped[40] = ord("A") if wrapped[40] != ord("A") else ord("B")
    with pytest.raises(envelope.CannotOpen):
        key.unwrap(bytes(wrapped), b"place")


@pytest.mark.parametrize("verb", ["wrap", "unwrap"])
def test_a_refused_token(place: TransitPlace, verb: str) -> None:
    good = TransitKey(place).wrap(b"x", b"p")
    Path(place.token_file).write_text("hvs.another")
    with pytest.raises(RootKeyAway, match="refuses our token"):
        getattr(TransitKey(place), verb)(good, b"p")


@pytest.mark.parametrize("verb", ["wrap", "unwrap"])
def test_a_sealed_vault(engine: Engine, place: TransitPlace, verb: str) -> None:
    good = TransitKey(place).wrap(b"x", b"p")
    engine.sealed = True
    with pytest.raises(RootKeyAway, match="sealed"):
        getattr(TransitKey(place), verb)(good, b"p")
    engine.sealed = False
    assert TransitKey(place).unwrap(good, b"p") == b"x"


def test_a_missing_key(place: TransitPlace) -> None:
    with pytest.raises(RootKeyAway, match="no such key"):
        TransitKey(replace(place, name="other")).wrap(b"x", b"p")


def test_one_that_does_not_answer_in_time(engine: Engine, place: TransitPlace) -> None:
    engine.slow = 1.0
    with pytest.raises(RootKeyAway, match="does not answer"):
        TransitKey(replace(place, timeout=0.2)).wrap(b"x", b"p")


def test_one_that_is_gone(engine: Engine, place: TransitPlace) -> None:
    with pytest.raises(RootKeyAway, match="does not answer"):
        TransitKey(replace(place, url="https://127.0.0.1:1")).wrap(b"x", b"p")


def test_a_certificate_that_nobody_vouches_for(engine: Engine, place: TransitPlace) -> None:
    with pytest.raises(RootKeyAway, match="certificate"):
        TransitKey(replace(place, ca_file="")).wrap(b"x", b"p")
    with pytest.raises(RootKeyAway, match="certificate"):
        TransitKey(replace(place, url=engine.url.replace("127.0.0.1", "localhost"))).wrap(b"x", b"p")
    assert engine.asked == [], "nothing was told to whom we do not believe"


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"not json"),
        (200, b"[]"),
        (200, b'{"data": null}'),
        (200, b'{"data": {"ciphertext": 7}}'),
        (200, b'{"data": {"ciphertext": "plain"}}'),
        (302, b""),
        (500, b'{"errors": ["internal error"]}'),
        (429, b'{"errors": []}'),
    ],
)
def test_an_answer_that_is_none(engine: Engine, place: TransitPlace, answer: tuple[int, bytes]) -> None:
    engine.answer = answer
    with pytest.raises(RootKeyAway):
        TransitKey(place).wrap(b"x", b"p")


@pytest.mark.parametrize("body", [b'{"data": {}}', b'{"data": {"plaintext": "%"}}'])
def test_an_empty_opening_opens_nothing(engine: Engine, place: TransitPlace, body: bytes) -> None:
    engine.answer = (200, body)
    with pytest.raises(envelope.CannotOpen):
        TransitKey(place).unwrap(b"vault:v1:AAAA", b"p")


def test_no_secret_stands_in_an_error(engine: Engine, place: TransitPlace) -> None:
    engine.answer = (500, b'{"errors": ["plaintext was secret-words"]}')
    with pytest.raises(RootKeyAway) as away:
        TransitKey(place).wrap(b"secret-words", b"p")
    assert "secret" not in str(away.value)
    assert TOKEN not in str(away.value)


@pytest.mark.parametrize("text", ["", "\n", "a\nb"])
def test_a_token_that_is_none(place: TransitPlace, text: str) -> None:
    Path(place.token_file).write_text(text)
    with pytest.raises(RootKeyAway, match="token"):
        TransitKey(place).wrap(b"x", b"p")


@pytest.mark.parametrize(
    "wrong",
    [{"url": "http://127.0.0.1"}, {"url": "vault"}, {"name": ""}, {"token_file": ""}, {"ca_file": "/no"}],
)
def test_a_place_that_is_none(place: TransitPlace, wrong: dict[str, Any]) -> None:
    with pytest.raises(ImproperlyConfigured):
        TransitKey(replace(place, **wrong))


def test_the_highest_number_wraps_and_each_unwraps_its_own(place: TransitPlace) -> None:
    local = rootkey.LocalRootKey({1: os.urandom(32)})
    old = local.wrap(b"key", b"p")
    both = rootkey.RootKeys(local, 2, TransitKey(place))
    assert both.number == 2
    fresh = both.wrap(b"key", b"p")
    assert fresh.startswith(b"vault:")
    assert [both.unwrap(old, b"p", 1), both.unwrap(fresh, b"p", 2)] == [b"key", b"key"]
    back = rootkey.RootKeys(rootkey.LocalRootKey({3: os.urandom(32)}), 2, TransitKey(place))
    assert not back.wrap(b"key", b"p").startswith(b"vault:")
    with pytest.raises(envelope.CannotOpen):
        rootkey.RootKeys(None, 2, TransitKey(place)).unwrap(old, b"p", 1)
    with pytest.raises(ImproperlyConfigured):
        rootkey.RootKeys(local, 1, TransitKey(place))
