"""Pass and proof, made by the phone without signal: the layout only. Opening comes with the offline reader.

The pass is signed and sealed by the server and kept by the phone; the proof is the phone's own P-256
signature over context, company, SHA-256 of the sealed pass, time and door challenge, made for every showing.
"""

import struct
from dataclasses import dataclass
from typing import Final

from sallyport.codes.layout import KEY_ID_BYTES, SIGNATURE_BYTES, SIV_BYTES, CodeFormat, layout

# credential, device, profile, flags, device's public key (compressed point), issued, expires, unlocked until
PASS_CONTENTS: Final = struct.Struct(">IIHB33sIII")
PROOF: Final = struct.Struct(">I64s")  # time, signature r||s
SEALED_PASS_BYTES: Final = KEY_ID_BYTES + SIV_BYTES + PASS_CONTENTS.size + SIGNATURE_BYTES  # 140
PASS: Final = layout(CodeFormat.PASS, SEALED_PASS_BYTES + PROOF.size)  # 208 bytes, 504 digits


@dataclass(frozen=True, slots=True)
class PassContents:
    """What a pass says."""

    credential: int  # u32
    device: int  # u32
    profile: int  # u16
    flags: int  # u8
    device_key: bytes  # 33 bytes, compressed P-256 point
    issued: int  # u32, unix seconds
    expires: int  # u32, at most 24 h after issued
    unlocked_until: int  # u32; a proof later than this counts as code only

    def pack(self) -> bytes:
        """The 56 bytes."""
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

    @classmethod
    def unpack(cls, data: bytes) -> "PassContents":
        """The contents of 56 bytes."""
        return cls(*PASS_CONTENTS.unpack(data))


def proof_bytes(*, company: bytes, sealed_pass_hash: bytes, at: int, challenge: int) -> bytes:
    """What the phone signs: the door's challenge is signed and not sent; 0 where the area asks for none."""
    return b"sallyport/code/proof/1\0" + struct.pack(">16s32sII", company, sealed_pass_hash, at, challenge)
