"""The company's key to which kiosks seal sign-ins while there is no network (HPKE, RFC 9180, base mode).

DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; the private key is derived from a secret of the vault.
"""

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vault.models import SecretKey
from vault.services import make_secret_key, secret_key

SUITE: Final = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
ENCAPSULATED: Final = 65  # bytes in front of the ciphertext
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # FIPS 186-5, P-256's n


class CannotOpen(Exception):  # noqa: N818  (named for what happened)
    """It was not sealed to this company, or for another kiosk or another sign-in, or it was changed."""


def seal_key() -> bytes:
    """The public key (uncompressed point, 65 bytes) to which this company's kiosks seal."""
    return _private().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def open_sealed(sealed: bytes, *, info: bytes) -> bytes:
    """What a kiosk sealed: encapsulated key, then ciphertext. Raises CannotOpen."""
    if len(sealed) <= ENCAPSULATED:
        raise CannotOpen
    try:
        return SUITE.decrypt(sealed, _private(), info)
    except (InvalidTag, ValueError):
        raise CannotOpen from None


def _private() -> ec.EllipticCurvePrivateKey:
    secret = secret_key(SecretKey.Purpose.KIOSKS, make_secret_key(SecretKey.Purpose.KIOSKS))
    stretched = HKDF(SHA256(), length=48, salt=None, info=b"sallyport/kiosk-seal-key/1").derive(secret)
    # 384 bits reduced modulo n - 1: uniform but for 2^-128 (FIPS 186-5, A.2.1).
    return ec.derive_private_key(int.from_bytes(stretched, "big") % (_ORDER - 1) + 1, ec.SECP256R1())
