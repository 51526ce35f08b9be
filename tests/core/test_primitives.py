"""The primitives under the formats, held to the vectors of their standards."""

import binascii
import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from sallyport.http_signatures import content_digest
from sallyport.keys import (
    BadKey,
    BadSignature,
    Ed25519Public,
    Ed25519Signer,
    P256Public,
    P256Signer,
    b64url,
    b64url_decode,
    public_key,
    thumbprint,
)

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_aes_siv_of_rfc_5297_appendix_a_1() -> None:
    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    associated = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    sealed = AESSIV(key).encrypt(bytes.fromhex("112233445566778899aabbccddee"), [associated])
    assert sealed.hex() == "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"


def _cmac(key: bytes, data: bytes) -> bytes:
    mac = CMAC(algorithms.AES(key))
    mac.update(data)
    return mac.finalize()


def _double(block: bytes) -> bytes:
    value = int.from_bytes(block, "big") << 1
    return ((value & (2**128 - 1)) ^ (0x87 if value >> 128 else 0)).to_bytes(16, "big")


def siv_by_hand(key: bytes, associated: bytes, plain: bytes) -> bytes:
    """RFC 5297 section 2.4 and 2.6 for one associated string and at least 16 bytes, from CMAC and CTR."""
    mac_key, counter_key = key[:32], key[32:]
    state = _double(_cmac(mac_key, bytes(16)))
    state = bytes(a ^ b for a, b in zip(state, _cmac(mac_key, associated), strict=True))
    tail = bytes(a ^ b for a, b in zip(plain[-16:], state, strict=True))
    siv = _cmac(mac_key, plain[:-16] + tail)
    start = (int.from_bytes(siv, "big") & ~((1 << 63) | (1 << 31))).to_bytes(16, "big")
    cipher = Cipher(algorithms.AES(counter_key), modes.CTR(start)).encryptor()
    return siv + cipher.update(plain)


@given(
    st.binary(min_size=64, max_size=64),
    st.binary(min_size=1, max_size=60),
    st.binary(min_size=16, max_size=140),
)
def test_aes_256_siv_against_the_construction_by_hand(key: bytes, associated: bytes, plain: bytes) -> None:
    assert AESSIV(key).encrypt(plain, [associated]) == siv_by_hand(key, associated, plain)


def test_ed25519_of_rfc_8032_section_7_1_test_2() -> None:
    key = Ed25519Signer(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert key.public.raw.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert key.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_ed25519_of_rfc_9421_appendix_b_2_6() -> None:
    base = (
        b'"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@method": POST\n"@path": /foo\n"@authority": example.com\n'
        b'"content-type": application/json\n"content-length": 18\n'
        b'"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length")'
        b';created=1618884473;keyid="test-key-ed25519"'
    )
    signature = binascii.a2b_base64(
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )
    key = Ed25519Signer(b64url_decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU"))
    assert key.public.raw == b64url_decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs")
    assert key.sign(base) == signature
    key.public.verify(base, signature)


def test_p256_of_rfc_9421_appendix_b_2_4() -> None:
    base = (
        b'"@status": 200\n"content-type": application/json\n"content-digest": '
        b"sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:\n"
        b'"content-length": 23\n'
        b'"@signature-params": ("@status" "content-type" "content-digest" "content-length")'
        b';created=1618884473;keyid="test-key-ecc-p256"'
    )
    signature = binascii.a2b_base64(
        "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw=="
    )
    x = b64url_decode("qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA")
    y = b64url_decode("Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0")
    P256Public(b"\x04" + x + y).verify(base, signature)


def test_thumbprint_of_rfc_8037_appendix_a_3() -> None:
    public = Ed25519Public(b64url_decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_thumbprint_of_a_p256_key_is_that_of_its_jwk() -> None:
    public = P256Signer(bytes(31) + b"\x01").public
    x, y = b64url(public.raw[1:33]), b64url(public.raw[33:])
    jwk = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    assert thumbprint(public) == b64url(hashlib.sha256(jwk.encode()).digest())


def test_content_digest_of_rfc_9530() -> None:
    assert content_digest(b'{"hello": "world"}') == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


@pytest.mark.parametrize("signer", [Ed25519Signer.generate, P256Signer.generate])
@given(message=st.binary(max_size=200), bit=st.integers(0, 511))
def test_a_signature_holds_and_every_bit_of_it_counts(signer: object, message: bytes, bit: int) -> None:
    key = signer()  # type: ignore[operator]
    good = key.sign(message)
    assert len(good) == 64
    key.public.verify(message, good)
    bad = (int.from_bytes(good, "big") ^ (1 << bit)).to_bytes(64, "big")
    for wrong in (bad, good[:-1], good + b"\0", b""):
        with pytest.raises(BadSignature):
            key.public.verify(message, wrong)
    with pytest.raises(BadSignature):
        key.public.verify(message + b"\0", good)


@pytest.mark.parametrize(
    ("r", "s"), [(0, 0), (0, 1), (1, 0), (ORDER, 1), (1, ORDER), (2**256 - 1, 2**256 - 1)]
)
def test_p256_numbers_out_of_range_are_bad_signatures(r: int, s: int) -> None:
    with pytest.raises(BadSignature):
        P256Signer.generate().public.verify(b"", r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def test_both_spellings_of_a_point_are_one_key() -> None:
    public = P256Signer.generate().public
    compressed = bytes((2 + public.raw[-1] % 2,)) + public.raw[1:33]
    assert P256Public(compressed).raw == public.raw
    assert thumbprint(P256Public(compressed)) == thumbprint(public)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"\x04" + bytes(63),
        b"\x04" + bytes(64),
        b"\x04" + b"\xff" * 64,
        b"\x05" + bytes(32),
        b"\x02" + b"\xff" * 32,
        b"\x06" + P256Signer(bytes(31) + b"\x01").public.raw[1:],
    ],
)
def test_what_is_no_point_is_no_key(raw: bytes) -> None:
    with pytest.raises(BadKey):
        public_key("ecdsa-p256-sha256", raw)


def test_other_bad_keys() -> None:
    for algorithm, raw in (("ed25519", bytes(31)), ("rsa-pss-sha512", bytes(32)), ("", b"")):
        with pytest.raises(BadKey):
            public_key(algorithm, raw)
    for scalar in (bytes(32), bytes(31), b"\xff" * 32):
        with pytest.raises(BadKey):
            P256Signer(scalar)
    with pytest.raises(BadKey):
        Ed25519Signer(bytes(33))


def test_private_parts_lead_back_to_the_same_key() -> None:
    ed25519, p256 = Ed25519Signer.generate(), P256Signer.generate()
    assert Ed25519Signer(ed25519.seed).public.raw == ed25519.public.raw
    assert P256Signer(p256.scalar).public.raw == p256.public.raw
    assert public_key("ed25519", ed25519.public.raw).raw == ed25519.public.raw
    assert public_key("ecdsa-p256-sha256", p256.public.raw).raw == p256.public.raw


@given(st.binary(max_size=80))
def test_base64url_goes_round(data: bytes) -> None:
    assert b64url_decode(b64url(data)) == data


@pytest.mark.parametrize("text", ["A", "AB=", "AA==", "A+/A", "AAé", "A A=", "AB", "A\nAA", "AAA\n", "A.AA"])
def test_base64url_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64|decoded|padding|data"):
        b64url_decode(text)
