"""The live code: made by the server on a device-signed request, good for one grant within its life."""

import hashlib
import struct
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from nacl.signing import SigningKey

from sallyport.codes.layout import (
    COMPANY_BYTES,
    LIVE,
    LIVE_CONTENTS,
    CodeFormat,
    associated_data,
    known_flags,
    signature_context,
    to_text,
)

MARK_CONTEXT: Final = b"sallyport/pass-mark/1\0"
MARK_BYTES: Final = 9


class LiveContents(NamedTuple):
    """What a live code says: handles, flags, unix seconds, nonce. Never personal data.

    A tuple, as all that is made for each code: a frozen dataclass takes three times as long to make.
    """

    credential: int  # u32
    device: int  # u32
    profile: int  # u16
    flags: int  # u8, of unlock_flags: minutes from the unlock to `issued`
    issued: int  # u32, unix seconds
    nonce: int  # u32

    def pack(self) -> bytes:
        """The 19 bytes. Raises ValueError when a value does not fit its field."""
        if not known_flags(self.flags):
            raise ValueError("unknown flag")
        try:
            return LIVE_CONTENTS.pack(
                self.credential, self.device, self.profile, self.flags, self.issued, self.nonce
            )
        except struct.error as error:
            raise ValueError("a value does not fit the layout of a live code") from error


class MintingKeys:
    """One key set that makes codes: key id, company, ready sealing and signing keys."""

    __slots__ = ("_mark", "_seal", "_sign", "company", "key_id", "verify_key")

    def __init__(self, key_id: int, company: bytes, seal_key: bytes, sign_seed: bytes) -> None:
        """`company` 16 bytes, `seal_key` 64 bytes (AES-256-SIV), `sign_seed` 32 bytes (Ed25519)."""
        if len(company) != COMPANY_BYTES or len(seal_key) != 64 or len(sign_seed) != 32:
            raise ValueError("company 16 bytes, seal key 64, signing seed 32")
        self.key_id = key_id
        self.company = company
        self._seal = AESSIV(seal_key)
        self._sign = SigningKey(sign_seed)
        # A key of its own, so that a mark says nothing about what the sealing key makes.
        self._mark = hashlib.blake2b(MARK_CONTEXT, key=seal_key).digest()
        self.verify_key = bytes(self._sign.verify_key)

    def seal(self, format_: CodeFormat, contents: bytes) -> bytes:
        """Key id, SIV, and the ciphertext of the contents and their signature: sign first, then seal."""
        signature = self._sign.sign(
            signature_context(format_, self.key_id, self.company) + contents
        ).signature
        associated = [associated_data(format_, self.key_id, self.company)]
        return self.key_id.to_bytes(4, "big") + self._seal.encrypt(contents + signature, associated)

    def mark(self, facts: bytes) -> bytes:
        """9 bytes that differ with the key set and with `facts`, and tell neither: keyed BLAKE2b."""
        return hashlib.blake2b(facts, key=self._mark, digest_size=MARK_BYTES).digest()


def mint_live(contents: LiveContents, keys: MintingKeys) -> str:
    """A live code: 252 digits. Raises ValueError when a value does not fit its field."""
    return to_text(LIVE, keys.seal(CodeFormat.LIVE, contents.pack()))
