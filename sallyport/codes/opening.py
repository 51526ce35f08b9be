"""Opening codes: text in, verified contents out, or one reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from sallyport.codes.layout import (
    CLOCK_TOLERANCE,
    COMPANY_BYTES,
    KNOWN_FLAGS,
    LIVE,
    LIVE_CONTENTS,
    CodeFormat,
    CodeRefused,
    associated_data,
    from_text,
    signature_context,
)
from sallyport.codes.live import LiveContents
from sallyport.keys import Ed25519Public
from sallyport.reasons import Reason

_CONTENTS = LIVE_CONTENTS.size


class OpeningKeys:
    """One key set that opens codes: ready sealing key, public key, time in which it issues."""

    __slots__ = (
        "_associated",
        "_context",
        "_seal",
        "_verify",
        "company",
        "key_id",
        "not_after",
        "not_before",
    )

    def __init__(
        self,
        key_id: int,
        company: bytes,
        seal_key: bytes,
        verify_key: bytes,
        not_before: int,
        not_after: int | None,
    ) -> None:
        """Sizes 16, 64 and 32 bytes; times are unix seconds, `not_after` None while the set is in use."""
        if len(company) != COMPANY_BYTES or len(seal_key) != 64:
            raise ValueError("company 16 bytes, seal key 64")
        self.key_id = key_id
        self.company = company
        self.not_before = not_before
        self.not_after = not_after
        self._seal = AESSIV(seal_key)
        self._verify = Ed25519Public(verify_key).raw
        self._associated = [associated_data(CodeFormat.LIVE, key_id, company)]
        self._context = signature_context(CodeFormat.LIVE, key_id, company)

    def unseal_live(self, sealed: bytes) -> bytes:
        """Contents (19 bytes) of SIV and ciphertext, signature verified. Raises CodeRefused."""
        try:
            inner = self._seal.decrypt(sealed, self._associated)
        except InvalidTag:
            raise CodeRefused(Reason.BAD_SEAL) from None
        contents = inner[:_CONTENTS]
        try:
            # Fixed sizes: the seal holds exactly contents and signature, so the signature has its 64 bytes.
            crypto_sign_open(inner[_CONTENTS:] + self._context + contents, self._verify)
        except BadSignatureError:
            raise CodeRefused(Reason.BAD_SIGNATURE) from None
        return contents

    def issues_at(self, issued: int) -> bool:
        """Whether the set was in use at `issued`: a retired set that leaks makes nothing new."""
        return self.not_before <= issued and (self.not_after is None or issued <= self.not_after)


@dataclass(frozen=True, slots=True)
class OpenedCode:
    """A code that opened: its contents are the server's own words."""

    kind: Literal["live"]
    contents: LiveContents
    issued: int
    key_id: int

    @property
    def use_key(self) -> tuple[int, int, int]:
        """What makes a code used: (device, issued, nonce)."""
        return (self.contents.device, self.contents.issued, self.contents.nonce)


def open_code(
    text: str,
    *,
    keys: Mapping[int, OpeningKeys],
    foreign: Callable[[int], bool],
    now: int,
    life: int,
) -> OpenedCode:
    """Open a code at unix second `now`, with the company's `life` of live codes in seconds.

    `keys` are the company's key sets by key id; `foreign(key_id)` is True for a key id of another company.
    Raises CodeRefused with malformed, unknown_key, wrong_company, bad_seal, bad_signature, not_yet_valid or
    expired. Nothing else is raised, whatever the text.
    """
    data = from_text(LIVE, text)
    key_id = int.from_bytes(data[:4], "big")
    key = keys.get(key_id)
    if key is None:
        raise CodeRefused(Reason.WRONG_COMPANY if foreign(key_id) else Reason.UNKNOWN_KEY)
    contents = LiveContents(*LIVE_CONTENTS.unpack(key.unseal_live(data[4:])))
    issued = contents.issued
    if contents.flags & ~KNOWN_FLAGS:
        raise CodeRefused(Reason.MALFORMED)
    if not key.issues_at(issued):
        raise CodeRefused(Reason.UNKNOWN_KEY)
    if now < issued - CLOCK_TOLERANCE:
        raise CodeRefused(Reason.NOT_YET_VALID)
    if now > issued + life + CLOCK_TOLERANCE:
        raise CodeRefused(Reason.EXPIRED)
    return OpenedCode("live", contents, issued, key_id)
