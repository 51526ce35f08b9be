"""Opening codes against their raw signatures, what fails before a signature, and how large codes are.

`python -m bench.code`: one JSON line each for "live", "pass_proof", "hostile" and "size" on standard output;
exits with 1 where a bar is missed. Nothing is cached between openings but what a key set is made of.
"""

import os
import sys
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from nacl.bindings import crypto_sign_open
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_NUMBER, QRData

from bench.rounds import compare, tell
from sallyport.codes import (
    CodeRefused,
    DayPassContents,
    LiveContents,
    MintingKeys,
    OpeningKeys,
    PassContents,
    mint_day_pass,
    mint_live,
    open_code,
    prove,
    seal_pass,
    unlock_flags,
)
from sallyport.codes.daypass import DAY_PASS
from sallyport.codes.layout import LIVE, Layout, to_text
from sallyport.codes.passes import PASS
from sallyport.keys import Ed25519Signer, P256Signer

NOW, LIFE, FOREIGN = 1_772_000_000, 30, 9
RATIO_BAR, HOSTILE_BAR_US = 1.3, 20.0
LIVE_BYTES, PASS_BYTES_BAR = 103, 210
LIVE_VERSION, PASS_VERSION_BAR = 6, 10
COMPANY, SEAL, SEED = os.urandom(16), os.urandom(64), os.urandom(32)
MINTING = MintingKeys(7, COMPANY, SEAL, SEED)
KEYS = {7: OpeningKeys(7, COMPANY, SEAL, MINTING.verify_key, 0, None)}
PHONE = ec.generate_private_key(ec.SECP256R1())
ECDSA = ec.ECDSA(hashes.SHA256())


def _point() -> bytes:
    numbers = PHONE.public_key().public_numbers()
    return bytes((2 + numbers.y % 2,)) + numbers.x.to_bytes(32, "big")


def _codes() -> dict[Layout, str]:
    held = PassContents(1, 2, 3, unlock_flags(5), _point(), NOW - 60, NOW + 3600, NOW + 240)
    signer = P256Signer(PHONE.private_numbers().private_value.to_bytes(32, "big"))
    return {
        LIVE: mint_live(LiveContents(1, 2, 3, unlock_flags(1), NOW, 4), MINTING),
        PASS: prove(seal_pass(held, MINTING), company=COMPANY, at=NOW, key=signer),
        DAY_PASS: mint_day_pass(DayPassContents(1, 2, 3, 0, NOW, NOW + 3600), MINTING),
    }


CODES = _codes()


def opening(text: str) -> Callable[[], object]:
    """Open a text, good or bad."""

    def work() -> object:
        try:
            return open_code(text, keys=KEYS, foreign=FOREIGN.__eq__, now=NOW, life=LIFE)
        except CodeRefused as refused:
            return refused.reason

    return work


def ed25519(size: int) -> Callable[[], object]:
    """A raw verify by libsodium, over as many bytes as a code's."""
    signed = Ed25519Signer(SEED).sign(bytes(size)) + bytes(size)
    return lambda: crypto_sign_open(signed, MINTING.verify_key)


def p256(*, loaded: bool) -> Callable[[], object]:
    """A raw verify by cryptography, over as many bytes as a proof's, its key ready or loaded each time."""
    message, key, curve, point = bytes(79), PHONE.public_key(), ec.SECP256R1(), _point()
    signature = PHONE.sign(message, ECDSA)
    if not all(decode_dss_signature(signature)):
        raise ValueError("no signature")
    if loaded:
        return lambda: key.verify(signature, message, ECDSA)
    return lambda: ec.EllipticCurvePublicKey.from_encoded_point(curve, point).verify(
        signature, message, ECDSA
    )


def live() -> bool:
    """A good live code against its one signature."""
    value, baseline = compare(opened(LIVE), ed25519(63))
    tell("live", value, baseline, bar=RATIO_BAR, met=value <= RATIO_BAR * baseline)
    return value <= RATIO_BAR * baseline


def opened(shape: Layout) -> Callable[[], object]:
    """Open the good code of a kind; it must open."""
    work = opening(CODES[shape])
    if isinstance(work(), str):
        raise ValueError("the good code does not open")
    return work


def pass_proof() -> bool:
    """A good pass + proof against its two signatures, verified one after the other."""
    first, second, fresh = ed25519(100), p256(loaded=True), p256(loaded=False)
    value, baseline, loading = compare(opened(PASS), lambda: (first(), second()), lambda: (first(), fresh()))
    met = value <= RATIO_BAR * baseline
    beside: dict[str, object] = {"baseline_loading_the_key": round(loading, 2)}
    beside["ratio_to_it"] = round(value / loading, 3)
    tell("pass_proof", value, baseline, bar=RATIO_BAR, met=met, beside=beside)
    return met


def _hostile_texts(shape: Layout) -> dict[str, str]:
    number = int(CODES[shape][3:])
    foreign = number ^ (7 ^ FOREIGN) << (8 * (shape.size - 4))
    sealed = number ^ 1 << (8 * (shape.size - 60))
    return {
        "length": CODES[shape][:-1],
        "megabytes": "1" * 10_000_000,
        "letters": shape.prefix + "x" * shape.digits,
        "last letter": CODES[shape][:-1] + "x",
        "overflow": shape.prefix + "9" * shape.digits,
        "unknown key": shape.prefix + "0" * shape.digits,
        "wrong company": to_text(shape, foreign.to_bytes(shape.size, "big")),
        "bad seal": to_text(shape, sealed.to_bytes(shape.size, "big")),
    }


def hostile() -> bool:
    """The slowest of what fails before a signature, of all kinds."""
    baseline = compare(ed25519(63))[0]
    took = {
        f"{int(shape.format)} {name}": compare(opening(text))[0]
        for shape in CODES
        for name, text in _hostile_texts(shape).items()
    }
    worst = max(took, key=lambda name: took[name])
    met = took[worst] <= HOSTILE_BAR_US
    each = {name: round(value, 1) for name, value in took.items()}
    tell("hostile", took[worst], baseline, bar=HOSTILE_BAR_US, met=met, worst=worst, each=each)
    return met


def version(text: str) -> int:
    """The version of the picture of a text, level M."""
    code = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(QRData(text.encode("ascii"), mode=MODE_NUMBER))
    code.make(fit=True)
    return int(code.version)


def size() -> bool:
    """Bytes and pictures, of codes that were made and of the largest numbers, with all their digits."""
    versions = {
        shape: max(version(CODES[shape]), version(shape.prefix + str((1 << 8 * shape.size) - 1)))
        for shape in CODES
    }
    met = (
        LIVE.size == DAY_PASS.size == LIVE_BYTES
        and versions[LIVE] == versions[DAY_PASS] == LIVE_VERSION
        and PASS.size <= PASS_BYTES_BAR
        and versions[PASS] <= PASS_VERSION_BAR
    )
    each = {
        name: {"bytes": shape.size, "digits": len(CODES[shape]), "version": f"{versions[shape]}-M"}
        for name, shape in (("live", LIVE), ("pass_proof", PASS), ("day_pass", DAY_PASS))
    }
    tell("size", PASS.size, PASS_BYTES_BAR, "bytes", bar=1.0, met=met, each=each)
    return met


if __name__ == "__main__":
    sys.exit(0 if all([live(), pass_proof(), hostile(), size()]) else 1)
