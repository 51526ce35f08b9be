"""Proof that a request was signed by a phone's key: RFC 9421 over method, full address and content, by
ECDSA P-256 (RFC 9421, 3.3.4).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from credentials.refusals import Refused
from sallyport import http_signatures
from sallyport.keys import BadKey, P256Public, b64url_decode

SKEW = 60  # seconds a signature's `created` may be away from our clock, either way
POINT = 65
KEYID_PREFIX = "device:"


@dataclass(frozen=True, slots=True)
class SignedHttp:
    """A request as it came and what its headers say of its signature, unverified."""

    method: str
    url: str
    body: bytes
    signed: http_signatures.SignedRequest


@dataclass(frozen=True, slots=True)
class Proven:
    """What a good signature says of its request."""

    thumbprint: str
    created: int
    nonce: str


def read_key(text: str) -> P256Public:
    """A public key as the wallet sends it: base64url of the uncompressed point. Raises Refused("bad_key")."""
    try:
        point = b64url_decode(text)
        if len(point) != POINT:
            raise BadKey
        return P256Public(point)
    except ValueError:
        raise Refused("bad_key", "This is not a public key of the expected kind.", status=400) from None


def parse(headers: Mapping[str, str]) -> http_signatures.SignedRequest:
    """The signature's parameters, unverified. Raises Refused when there is none that we accept."""
    try:
        signed = http_signatures.parse(headers)
    except http_signatures.SignatureRefused:
        raise unsigned() from None
    return of_a_phone(signed)


def parse_asgi(headers: Iterable[tuple[bytes, bytes]]) -> http_signatures.SignedRequest:
    """As `parse`, from an ASGI scope."""
    try:
        signed = http_signatures.parse_asgi(headers)
    except http_signatures.SignatureRefused:
        raise unsigned() from None
    return of_a_phone(signed)


def of_a_phone(signed: http_signatures.SignedRequest) -> http_signatures.SignedRequest:
    """Readers sign too, but nothing here answers to them."""
    if not signed.keyid.startswith(KEYID_PREFIX):
        raise unsigned()
    return signed


def verify(request: SignedHttp, public: P256Public, now: float) -> Proven:
    """Check the clock, then the signature. Raises Refused("clock_skew" | "bad_signature")."""
    signed = request.signed
    if not signed.is_fresh(now=int(now), tolerance=SKEW):
        raise Skewed(now)
    try:
        http_signatures.verify(
            signed, method=request.method, url=request.url, body=request.body, public=public
        )
    except http_signatures.SignatureRefused:
        raise Refused(
            "bad_signature", "The signature does not fit this request and phone.", status=401
        ) from None
    return Proven(signed.keyid[len(KEYID_PREFIX) :], signed.created, signed.nonce)


def unsigned() -> Refused:
    return Refused("not_signed", "This address answers only to an enrolled phone.", status=401)


def not_enrolled() -> Refused:
    return Refused("not_enrolled", "This phone is not enrolled here.", status=401)


class Skewed(Refused):
    """The phone's clock is off; the answer tells ours, so that the phone can count with the difference."""

    def __init__(self, now: float) -> None:
        super().__init__("clock_skew", "The phone's clock is wrong.", status=401, retry=True)
        self.server_now = int(now)

    def as_dict(self) -> dict[str, str | bool | int]:
        return super().as_dict() | {"server_now": self.server_now}
