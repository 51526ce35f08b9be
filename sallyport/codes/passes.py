"""Pass and proof: what a phone shows when it has no signal.

The pass is signed and sealed by the server and kept by the phone; the proof is the phone's own P-256
signature over context, company, SHA-256 of the sealed pass, time and door challenge, made for every showing.
"""

import hashlib
import struct
from dataclasses import dataclass
from typing import Final

from sallyport.codes.layout import (
    KEY_ID_BYTES,
    SIGNATURE_BYTES,
    SIV_BYTES,
    CodeFormat,
    known_flags,
    layout,
    to_text,
)
from sallyport.codes.live import MintingKeys
from sallyport.keys import P256Signer

# credential, device, profile, flags, device's public key (compressed point), issued, expires, unlocked until
PASS_CONTENTS: Final = struct.Struct(">IIHB33sIII")
PROOF: Final = struct.Struct(">I64s")  # time, signature r||s
SEALED_PASS_BYTES: Final = KEY_ID_BYTES + SIV_BYTES + PASS_CONTENTS.size + SIGNATURE_BYTES  # 140
PASS: Final = layout(CodeFormat.PASS, SEALED_PASS_BYTES + PROOF.size)  # 208 bytes, 504 digits
LONGEST_PASS: Final = 24 * 3600
PROOF_STEP: Final = 30  # seconds that a proof lives, and by which a phone's clock may be off to either side
NO_CHALLENGE: Final = 0
# A proof is used up by (device, time) alone; live codes have nonces below this, so neither meets the other.
PROOF_NONCE: Final = 1 << 32
# Order of P-256 (SEC 2, 2.4.2). Of the two signatures (r, s) and (r, n - s) only the one with the lower s is
# taken: one spelling per code.
HALF_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551 >> 1
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class PassContents:
    """What a pass says."""

    credential: int  # u32
    device: int  # u32
    profile: int  # u16
    flags: int  # u8, of unlock_flags: the minutes that an unlock lasts, ending at `unlocked_until`
    device_key: bytes  # 33 bytes, compressed P-256 point
    issued: int  # u32, unix seconds
    expires: int  # u32, at most 24 h after issued
    unlocked_until: int  # u32; a proof later than this counts as code only; 0 where never unlocked

    def pack(self) -> bytes:
        """The 56 bytes. Raises ValueError when a value does not fit its field."""
        if not known_flags(self.flags) or len(self.device_key) != 33:
            raise ValueError("unknown flag, or not a compressed point")
        if not self.issued < self.expires <= self.issued + LONGEST_PASS:
            raise ValueError("a pass ends after it was issued, and within 24 hours")
        try:
            return PASS_CONTENTS.pack(
                self.credential,
                self.device,
                self.profile,
                self.flags,
                self.device_key,
                self.issued,
                self.expires,
                self.unlocked_until,
            )
        except struct.error as error:
            raise ValueError("a value does not fit the layout of a pass") from error

    @classmethod
    def unpack(cls, data: bytes) -> "PassContents":
        """The contents of 56 bytes."""
        return cls(*PASS_CONTENTS.unpack(data))


def seal_pass(contents: PassContents, keys: MintingKeys) -> bytes:
    """The sealed pass, 140 bytes, as the phone keeps it. Raises ValueError when a value does not fit."""
    return keys.seal(CodeFormat.PASS, contents.pack())


def proof_bytes(*, company: bytes, sealed_pass_hash: bytes, at: int, challenge: int) -> bytes:
    """What the phone signs: the door's challenge is signed and not sent; 0 where the area asks for none."""
    return b"sallyport/code/proof/1\0" + struct.pack(">16s32sII", company, sealed_pass_hash, at, challenge)


def prove(
    sealed_pass: bytes, *, company: bytes, at: int, key: P256Signer, challenge: int = NO_CHALLENGE
) -> str:
    """Pass + proof: 504 digits, as the wallet makes them."""
    digest = hashlib.sha256(sealed_pass).digest()
    signature = key.sign(proof_bytes(company=company, sealed_pass_hash=digest, at=at, challenge=challenge))
    return to_text(PASS, sealed_pass + PROOF.pack(at, lower_s(signature)))


def lower_s(signature: bytes) -> bytes:
    """The spelling of a P-256 signature (r||s) that codes take."""
    s = int.from_bytes(signature[32:], "big")
    return signature if s <= HALF_ORDER else signature[:32] + (_ORDER - s).to_bytes(32, "big")


def has_lower_s(signature: bytes) -> bool:
    """Whether a signature is in the spelling that codes take."""
    return int.from_bytes(signature[32:], "big") <= HALF_ORDER
