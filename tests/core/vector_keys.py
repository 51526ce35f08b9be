"""Keys of the vectors and of the core's tests: made from labels, none is secret, good for nothing else."""

import hashlib
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from sallyport.codes import MintingKeys, OpeningKeys
from sallyport.codes.layout import CodeFormat, associated_data
from sallyport.keys import Ed25519Signer, P256Signer

ISSUED = 1_772_000_000
LIFE = 30
KEY_ID, RETIRED_ID, FOREIGN_ID, COMING_ID, UNKNOWN_ID = 7, 8, 9, 10, 4_000_000_000


def derived(label: str, size: int) -> bytes:
    """Key material for the vectors alone."""
    return hashlib.shake_256(f"sallyport vectors: {label}".encode()).digest(size)


COMPANY = derived("company", 16)
OTHER_COMPANY = derived("other company", 16)


def _set(
    key_id: int, company: bytes, label: str, not_after: int | None = None, not_before: int = ISSUED - 86_400
) -> dict[str, Any]:
    seed = derived(f"{label} sign", 32)
    return {
        "key_id": key_id,
        "company": company.hex(),
        "seal_key": derived(f"{label} seal", 64).hex(),
        "sign_seed": seed.hex(),
        "verify_key": Ed25519Signer(seed).public.raw.hex(),
        "not_before": not_before,
        "not_after": not_after,
    }


KEY_SETS = {
    "in_use": _set(KEY_ID, COMPANY, "in use"),
    "retired": _set(RETIRED_ID, COMPANY, "retired", ISSUED - 3600),
    "foreign": _set(FOREIGN_ID, OTHER_COMPANY, "foreign"),
    "coming": _set(COMING_ID, COMPANY, "coming", not_before=ISSUED + 86_400),
}


def minting(name: str = "in_use") -> MintingKeys:
    """The minting keys of a key set above."""
    one = KEY_SETS[name]
    return MintingKeys(
        one["key_id"],
        bytes.fromhex(one["company"]),
        bytes.fromhex(one["seal_key"]),
        bytes.fromhex(one["sign_seed"]),
    )


def opening(name: str = "in_use") -> OpeningKeys:
    """The opening keys of a key set above."""
    one = KEY_SETS[name]
    return OpeningKeys(
        one["key_id"],
        bytes.fromhex(one["company"]),
        bytes.fromhex(one["seal_key"]),
        bytes.fromhex(one["verify_key"]),
        one["not_before"],
        one["not_after"],
    )


def sealed(
    format_: CodeFormat,
    inner: bytes,
    *,
    key_id: int = KEY_ID,
    company: bytes = COMPANY,
    seal: bytes | None = None,
) -> bytes:
    """Key id and seal around any inside, as somebody who holds the sealing key could make it."""
    key = AESSIV(seal or bytes.fromhex(KEY_SETS["in_use"]["seal_key"]))
    return key_id.to_bytes(4, "big") + key.encrypt(inner, [associated_data(format_, key_id, company)])


def signed_inside(contents: bytes, context: bytes, label: str = "in use sign") -> bytes:
    """Contents and a signature over them in any context, by any key."""
    return contents + Ed25519Signer(derived(label, 32)).sign(context + contents)


class RepeatableSigner(P256Signer):
    """Signs by RFC 6979, so that vectors come out the same each time."""

    __slots__ = ()

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature r||s."""
        made = self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(made)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


PHONE = RepeatableSigner(derived("phone", 32))
OTHER_PHONE = RepeatableSigner(derived("other phone", 32))


def point(key: P256Signer) -> bytes:
    """The compressed public point, 33 bytes."""
    raw = key.public.raw
    return bytes((2 + raw[64] % 2,)) + raw[1:33]
