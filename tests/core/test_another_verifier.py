"""A second verifier, written from docs/code-format.md alone, over other libraries where there are any."""

import json
import struct
from typing import Any

import pytest
import qrcode
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.core.test_primitives import siv_by_hand
from tests.core.vectors import FOLDER

LIVE: dict[str, Any] = json.loads((FOLDER / "live.json").read_text())
KEYS = {one["key_id"]: one for one in LIVE["keys"]}
FOREIGN = {one["key_id"] for one in LIVE["foreign_keys"]}


def unsealed(key: bytes, associated: bytes, sealed: bytes) -> bytes | None:
    siv = sealed[:16]
    start = (int.from_bytes(siv, "big") & ~((1 << 63) | (1 << 31))).to_bytes(16, "big")
    plain = Cipher(algorithms.AES(key[32:]), modes.CTR(start)).decryptor().update(sealed[16:])
    return plain if siv_by_hand(key, associated, plain) == sealed else None


def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def data_of(text: str) -> bytes | None:
    if len(text) != 252 or any(character not in "0123456789" for character in text) or text[:3] != "101":
        return None
    number = int(text[3:])
    return number.to_bytes(103, "big") if number < 2**824 else None


def outcome(text: str, now: int) -> str:
    data = data_of(text)
    if data is None:
        return "malformed"
    key_id = int.from_bytes(data[:4], "big")
    if key_id not in KEYS:
        return "wrong_company" if key_id in FOREIGN else "unknown_key"
    key = {name: bytes.fromhex(KEYS[key_id][name]) for name in ("company", "seal_key", "verify_key")}
    binding = b"\1\1" + key["company"] + data[:4]
    plain = unsealed(key["seal_key"], b"sallyport/code/seal/1\0" + binding, data[4:])
    if plain is None:
        return "bad_seal"
    if not signed(key["verify_key"], plain[19:], b"sallyport/code/sign/1\0" + binding + plain[:19]):
        return "bad_signature"
    flags, issued = struct.unpack_from(">BI", plain, 10)
    begins, ends = KEYS[key_id]["not_before"], KEYS[key_id]["not_after"]
    if flags & 0xFE:
        return "malformed"
    if issued < begins or (ends is not None and issued > ends):
        return "unknown_key"
    if now < issued - 2:
        return "not_yet_valid"
    return "expired" if now > issued + LIVE["life"] + 2 else "opened"


@pytest.mark.parametrize("vector", LIVE["good"], ids=lambda vector: vector["name"])
def test_good_vectors(vector: dict[str, Any]) -> None:
    begins, ends = vector["opens_from"], vector["opens_until"]
    assert [outcome(vector["text"], now) for now in (begins, ends)] == ["opened", "opened"]
    assert outcome(vector["text"], begins - 1) == "not_yet_valid"
    assert outcome(vector["text"], ends + 1) == "expired"


@pytest.mark.parametrize("vector", LIVE["bad"], ids=lambda vector: vector["name"])
def test_bad_vectors(vector: dict[str, Any]) -> None:
    assert outcome(vector["text"], vector["now"]) == vector["reason"]


@pytest.mark.parametrize(("digits", "version"), [(252, 6), (504, 10)])
def test_the_pictures_have_the_size_the_format_says(digits: int, version: int) -> None:
    picture = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    picture.add_data("9" * digits)
    picture.make(fit=True)
    assert picture.version == version
