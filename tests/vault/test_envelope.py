"""Sealing binds bytes to a key and to a place; root keys wrap and can be replaced."""

import base64
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from vault import envelope, rootkey

BOX = AESGCM(bytes(range(32)))


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_is_sealed_opens_in_its_place_alone(plain: bytes, place: bytes) -> None:
    sealed = envelope.seal(BOX, plain, place)
    assert envelope.open_sealed(BOX, sealed, place) == plain
    assert plain not in sealed or len(plain) < 4
    with pytest.raises(envelope.CannotOpen):
        envelope.open_sealed(BOX, sealed, place + b"x")
    with pytest.raises(envelope.CannotOpen):
        envelope.open_sealed(AESGCM(bytes(32)), sealed, place)


def test_every_flipped_bit_and_every_cut_is_seen() -> None:
    sealed = envelope.seal(BOX, b"secret", b"here")
    for position in range(len(sealed) * 8):
        broken = bytearray(sealed)
        broken[position // 8] ^= 1 << position % 8
        with pytest.raises(envelope.CannotOpen):
            envelope.open_sealed(BOX, bytes(broken), b"here")
    for length in range(len(sealed)):
        with pytest.raises(envelope.CannotOpen):
            envelope.open_sealed(BOX, sealed[:length], b"here")


def test_nonces_differ() -> None:
    assert len({envelope.seal(BOX, b"x", b"") for _ in range(100)}) == 100


def test_places_spell_differently() -> None:
    assert envelope.place("ab", "c") != envelope.place("a", "bc")
    assert envelope.place("a", "") != envelope.place("a")


def test_purposes_get_keys_of_their_own() -> None:
    key = bytes(range(32))
    # The derivation must never move: what is wrapped under it could not be opened again.
    assert (
        envelope.derive(key, "one").hex()
        == "81a55409a9cb5caa9ff8c29c60e2e7bd9f6a23a55f59b38acd621e8eb6806534"
    )
    assert envelope.derive(key, "one") != envelope.derive(key, "two")


def line(number: int, key: bytes) -> str:
    return f"{number}:{base64.b64encode(key).decode()}\n"


def test_an_older_root_key_still_unwraps_and_the_newest_wraps() -> None:
    first, second = os.urandom(32), os.urandom(32)
    old = rootkey.LocalRootKey(rootkey.parse(line(1, first)))
    wrapped = old.wrap(b"company key", b"place")
    both = rootkey.LocalRootKey(rootkey.parse(line(1, first) + line(2, second)))
    assert both.number == 2
    assert both.unwrap(wrapped, b"place", 1) == b"company key"
    with pytest.raises(envelope.CannotOpen):
        both.unwrap(wrapped, b"place", 2)
    with pytest.raises(envelope.CannotOpen):
        both.unwrap(wrapped, b"place", 3)
    assert both.unwrap(both.wrap(b"x", b"p"), b"p", 2) == b"x"


@pytest.mark.parametrize("text", ["", "nonsense", "1:AAAA", "x:" + "A" * 43 + "=", "1:" + "A" * 200])
def test_a_root_key_that_is_none(text: str) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        rootkey.LocalRootKey(rootkey.parse(text))
    assert text == "" or text not in str(error.value)


def test_where_the_root_key_comes_from(tmp_path: Path, settings: Settings) -> None:
    text = rootkey.generate()
    path = tmp_path / "root.key"
    path.write_text(text)
    rootkey.root_key.cache_clear()
    settings.ROOT_KEY, settings.ROOT_KEY_FILE = "", str(path)
    wrapped = rootkey.root_key().wrap(b"x", b"p")
    rootkey.root_key.cache_clear()
    settings.ROOT_KEY, settings.ROOT_KEY_FILE = text.strip(), ""
    assert rootkey.root_key().unwrap(wrapped, b"p", 1) == b"x"
    rootkey.root_key.cache_clear()
    settings.ROOT_KEY, settings.ROOT_KEY_FILE = "", str(tmp_path / "missing")
    with pytest.raises(ImproperlyConfigured):
        rootkey.root_key()
    settings.ROOT_KEY_FILE = ""
    with pytest.raises(ImproperlyConfigured):
        rootkey.root_key()
    rootkey.root_key.cache_clear()


def test_a_root_key_does_not_print_itself() -> None:
    key = os.urandom(32)
    text = repr(rootkey.LocalRootKey({1: key}))
    assert key.hex() not in text
    assert base64.b64encode(key).decode() not in text
