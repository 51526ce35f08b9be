"""A reader's request is believed by its signature (RFC 9421) alone: no cookie, no bearer token."""

import time
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from readers import selectors, services
from readers.keyids import parse_keyid
from readers.keys import verify_key
from readers.models import FormerKey, Reader, ReaderState
from readers.refusals import ReaderRefused, Refusal
from sallyport import http_signatures
from sallyport.reader_protocol import key_print
from tenants import context

SKEW_SECONDS = 60


class Refused(Exception):  # noqa: N818  (a refusal is an answer, not a fault)
    """An answer with a stable code, a text, and whether to try again."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(body["code"])
        self.status = status
        self.body = body


def unauthorised(code: str, text: str, **more: object) -> Refused:
    """The answer to a request that no reader of this company has signed."""
    return Refused(401, {"code": code, "text": text, "retry": False, **more})


def refused_key(said: Refusal = Refusal.KEY_ENDED) -> Refused:
    """The answer to a request that was signed by a key at its end."""
    return Refused(409 if said is Refusal.IDENTITY_FORKED else 401, ReaderRefused(said).as_json())


def _saw(reader: Reader, key: bytes, created: int) -> Reader:
    try:
        return services.saw_new_key(handle=reader.handle, key=key, created=created, now=timezone.now())
    except ReaderRefused as refusal:
        raise Refused(401, refusal.as_json()) from None


class ReaderPrincipal:
    """The reader that signed and the public key it signed with, in the place where Django expects a user."""

    is_authenticated = True

    def __init__(self, reader: Reader, key: bytes) -> None:
        self.reader = reader
        self.key = key


# In the META of a request: who has signed it, and its nonce; refusals from here are signed over it, too.
ASKED = "sallyport.asked"


class Named(NamedTuple):
    """A public key, and its record where it has ended."""

    raw: bytes
    former: FormerKey | None = None


class ReaderSigned(BaseAuthentication):
    """Finds the reader by its key id and verifies method, address, body and time."""

    only_active = True
    uses_key = True  # whether a request is a use of the key that signed it, which ends the one before

    def authenticate(self, request: Request) -> tuple[ReaderPrincipal, http_signatures.SignedRequest]:
        """The reader and its signature; raises Refused with 401 or 403."""
        try:
            signed = http_signatures.parse({name.lower(): value for name, value in request.headers.items()})
        except http_signatures.SignatureRefused as refusal:
            raise unauthorised(refusal.code.value, "This address answers only to a paired reader.") from None
        reader, name = self._reader(signed)
        now = int(time.time())
        fresh = signed.is_fresh(now=now, tolerance=SKEW_SECONDS)
        if not fresh and self.only_active:
            raise unauthorised("clock_skew", "The reader's clock is wrong.", server_now=now)
        key = self._key(reader, name, now)
        self._verify(request, signed, reader.algorithm, key.raw)
        request.META[ASKED] = (reader.handle, signed.nonce)
        if not fresh:
            self.clock_is_off(reader, signed.created)
            raise unauthorised("clock_skew", "The reader's clock is wrong.", server_now=now)
        if key.former is not None:
            said = services.used_ended_key(
                reader=reader, former=key.former, created=signed.created, now=timezone.now()
            )
            raise refused_key(said)
        if self.only_active and reader.state != ReaderState.ACTIVE:
            retired = reader.state == ReaderState.RETIRED
            off = Refusal.READER_RETIRED if retired else Refusal.READER_SUSPENDED
            raise Refused(403, ReaderRefused(off).as_json())
        is_new = key.raw != bytes(reader.public_key) or reader.key_unseen_since is not None
        if is_new and self.uses_key:
            reader = _saw(reader, key.raw, signed.created)
        return ReaderPrincipal(reader, key.raw), signed

    @staticmethod
    def _verify(
        request: Request, signed: http_signatures.SignedRequest, algorithm: str, public: bytes
    ) -> None:
        url = f"{settings.PUBLIC_SCHEME}://{request.get_host()}{request.path}"
        if query := request.META.get("QUERY_STRING"):
            url = f"{url}?{query}"
        key = verify_key(algorithm, public)
        try:
            http_signatures.verify(
                signed, method=request.method or "", url=url, body=request.body, public=key.like
            )
        except http_signatures.SignatureRefused as refusal:
            raise unauthorised(refusal.code.value, "The signature does not fit this request.") from None

    def clock_is_off(self, reader: Reader, created: int) -> None:
        """Called before a request is refused that is signed rightly by a clock that is wrong."""

    @staticmethod
    def _reader(signed: http_signatures.SignedRequest) -> tuple[Reader, str]:
        named = parse_keyid(signed.keyid)
        # The host decides the company; a key id of another company is nobody here.
        ours = named is not None and named.company == context.current().id
        found = Reader.objects.filter(handle=named.handle).first() if named is not None and ours else None
        if named is None or found is None:
            raise unauthorised("reader_unknown", "This reader is not paired here.")
        return found, named.key

    @staticmethod
    def _key(reader: Reader, name: str, now: int) -> Named:
        """The key that the request names: one under which the reader may speak, or one that has ended."""
        if (raw := reader.overlap.named(name, now)) is not None:
            return Named(raw)
        if not name or name == key_print(bytes(reader.public_key)):
            raise refused_key()  # its time is up, and the next one has not been seen yet
        former = selectors.former_key(reader, name)
        if former is None:
            raise unauthorised("key_unknown", "This is no key of this reader.")
        return Named(bytes(former.public_key), former)

    def authenticate_header(self, request: Request) -> str:
        """Makes Django REST framework answer 401, not 403."""
        return "Signature"


class IsReader(BasePermission):
    """Only a paired, active reader."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether a reader signed this request."""
        return isinstance(request.user, ReaderPrincipal)


def reader_of(request: Request) -> Reader:
    """The reader that signed; notes that it lives."""
    return _principal(request).reader


def key_of(request: Request) -> bytes:
    """The public key that has signed the request."""
    return _principal(request).key


def _principal(request: Request) -> ReaderPrincipal:
    principal = request.user
    if not isinstance(principal, ReaderPrincipal):
        raise unauthorised("reader_unknown", "This reader is not paired here.")
    return principal


def signed_request_of(request: Request) -> http_signatures.SignedRequest:
    """The signature that the reader was believed by."""
    signed = request.auth
    if not isinstance(signed, http_signatures.SignedRequest):
        raise unauthorised("reader_unknown", "This reader is not paired here.")
    return signed
