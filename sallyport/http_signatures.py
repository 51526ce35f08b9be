"""HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530), in the one form this house accepts.

Covered components are "@method", "@target-uri" and "content-digest", in this order, under the label `sig`,
with the parameters created, nonce, keyid and alg, in this order. Everything else is refused: a verifier that
lets the sender choose what is covered can be talked into covering nothing.
"""

import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from sallyport.keys import SIGNATURE_BYTES, BadSignature, SigningKeyLike, VerifyKeyLike

COVERED = '("@method" "@target-uri" "content-digest")'
# Character classes never overlap with what follows them: one linear pass, nothing to backtrack into.
_SIGNATURE_INPUT = re.compile(
    r'sig=(\("@method" "@target-uri" "content-digest"\)'
    r";created=([1-9][0-9]{0,9})"
    r';nonce="([A-Za-z0-9_-]{16,64})"'
    r';keyid="([A-Za-z0-9:._-]{1,128})"'
    r';alg="(ed25519|ecdsa-p256-sha256)")'
)
_SIGNATURE_LENGTH = len("sig=::") + 4 * ((SIGNATURE_BYTES + 2) // 3)
_DIGEST_LENGTH = len("sha-256=::") + 44
_FIELDS = (b"signature-input", b"signature", b"content-digest")


class SignatureCode(StrEnum):
    """Why a request's signature was refused; stable strings, told to the client."""

    MISSING = "signature_missing"
    MALFORMED = "signature_malformed"
    ALGORITHM = "signature_algorithm"
    DIGEST = "signature_digest"
    WRONG = "signature_wrong"


class SignatureRefused(Exception):  # noqa: N818 - named for what happened
    """The request is not signed as it must be."""

    def __init__(self, code: SignatureCode) -> None:
        super().__init__(code.value)
        self.code = code


class SignedRequest(NamedTuple):
    """What the three header fields say; nothing in it is trusted before `verify`."""

    keyid: str
    alg: str
    created: int  # unix seconds, the sender's clock
    nonce: str
    content_digest: str  # the field as it stands
    params: str  # the signature's parameters as they stand
    signature: bytes  # 64

    def is_fresh(self, *, now: int, tolerance: int) -> bool:
        """Whether `created` lies within `tolerance` seconds of `now`, on either side."""
        return -tolerance <= now - self.created <= tolerance


def content_digest(body: bytes) -> str:
    """The Content-Digest field of a body: SHA-256, RFC 9530."""
    digest = binascii.b2a_base64(hashlib.sha256(body).digest(), newline=False)
    return f"sha-256=:{digest.decode('ascii')}:"


def signature_base(*, method: str, url: str, digest: str, params: str) -> bytes:
    """The signature base of RFC 9421 section 2.5. `url` is the full target URI as the client sent it."""
    head = f'"@method": {method}\n"@target-uri": {url}\n"content-digest": {digest}\n'
    return f'{head}"@signature-params": {params}'.encode()


def sign_request(  # noqa: PLR0913 - the parts of one request
    *, method: str, url: str, body: bytes, key: SigningKeyLike, keyid: str, created: int, nonce: str
) -> dict[str, str]:
    """The header fields Content-Digest, Signature-Input and Signature of a request.

    `nonce`: 16 to 64 characters of base64url. Raises ValueError for what `parse` would refuse.
    """
    params = f'{COVERED};created={created};nonce="{nonce}";keyid="{keyid}";alg="{key.algorithm}"'
    if _SIGNATURE_INPUT.fullmatch(f"sig={params}") is None:
        raise ValueError("keyid, nonce or time is outside what a signature may carry")
    digest = content_digest(body)
    signature = key.sign(signature_base(method=method, url=url, digest=digest, params=params))
    encoded = binascii.b2a_base64(signature, newline=False).decode("ascii")
    return {
        "Content-Digest": digest,
        "Signature-Input": f"sig={params}",
        "Signature": f"sig=:{encoded}:",
    }


def parse(headers: Mapping[str, str]) -> SignedRequest:
    """Read the three fields, names in lower case (or a case-insensitive mapping). Raises SignatureRefused."""
    given, signature, digest = (
        headers.get("signature-input"),
        headers.get("signature"),
        headers.get("content-digest"),
    )
    if given is None or signature is None or digest is None:
        raise SignatureRefused(SignatureCode.MISSING)
    return parse_fields(given, signature, digest)


def parse_asgi(headers: Iterable[tuple[bytes, bytes]]) -> SignedRequest:
    """Read the fields from an ASGI scope's headers; one given twice is refused. Raises SignatureRefused."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _FIELDS:
            if name in found:
                raise SignatureRefused(SignatureCode.MALFORMED)
            found[name] = value
    if len(found) != len(_FIELDS):
        raise SignatureRefused(SignatureCode.MISSING)
    # Latin-1 never fails; what is not ASCII then fails the pattern or the decoder.
    given, signature, digest = (found[name].decode("latin-1") for name in _FIELDS)
    return parse_fields(given, signature, digest)


def parse_fields(given: str, signature: str, digest: str) -> SignedRequest:
    """Read Signature-Input, Signature and Content-Digest as they stand. Raises SignatureRefused."""
    match = _SIGNATURE_INPUT.fullmatch(given)
    if match is None or len(signature) != _SIGNATURE_LENGTH or len(digest) != _DIGEST_LENGTH:
        raise SignatureRefused(SignatureCode.MALFORMED)
    if not signature.startswith("sig=:") or signature[-1] != ":":
        raise SignatureRefused(SignatureCode.MALFORMED)
    try:
        raw = binascii.a2b_base64(signature[5:-1], strict_mode=True)
    except ValueError:
        raise SignatureRefused(SignatureCode.MALFORMED) from None
    if len(raw) != SIGNATURE_BYTES:
        raise SignatureRefused(SignatureCode.MALFORMED)
    params, created, nonce, keyid, alg = match.groups()
    return SignedRequest(keyid, alg, int(created), nonce, digest, params, raw)


def verify(parsed: SignedRequest, *, method: str, url: str, body: bytes, public: VerifyKeyLike) -> None:
    """Return when the request is signed by `public`; raise SignatureRefused when not.

    Says nothing about time and repetition: the caller checks `is_fresh` and its own event id or nonce.
    """
    if parsed.alg != public.algorithm:
        raise SignatureRefused(SignatureCode.ALGORITHM)
    # Compared as text: the expected field is made from the body, so only the canonical spelling passes.
    if parsed.content_digest != content_digest(body):
        raise SignatureRefused(SignatureCode.DIGEST)
    base = signature_base(method=method, url=url, digest=parsed.content_digest, params=parsed.params)
    try:
        public.verify(base, parsed.signature)
    except BadSignature:
        raise SignatureRefused(SignatureCode.WRONG) from None
