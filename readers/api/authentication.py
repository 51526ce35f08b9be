"""A reader's request is believed by its signature (RFC 9421) alone: no cookie, no bearer token."""

import time
from typing import Any

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from readers.keyids import parse_keyid
from readers.keys import verify_key
from readers.models import Reader, ReaderState
from sallyport import http_signatures
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


class ReaderPrincipal:
    """The reader that signed, in the place where Django expects a user."""

    is_authenticated = True

    def __init__(self, reader: Reader) -> None:
        self.reader = reader


class ReaderSigned(BaseAuthentication):
    """Finds the reader by its key id and verifies method, address, body and time."""

    only_active = True

    def authenticate(self, request: Request) -> tuple[ReaderPrincipal, http_signatures.SignedRequest]:
        """The reader and its signature; raises Refused with 401 or 403."""
        try:
            signed = http_signatures.parse({name.lower(): value for name, value in request.headers.items()})
        except http_signatures.SignatureRefused as refusal:
            raise unauthorised(refusal.code.value, "This address answers only to a paired reader.") from None
        reader = self._reader(signed)
        now = int(time.time())
        fresh = signed.is_fresh(now=now, tolerance=SKEW_SECONDS)
        if not fresh and self.only_active:
            raise unauthorised("clock_skew", "The reader's clock is wrong.", server_now=now)
        url = f"{settings.PUBLIC_SCHEME}://{request.get_host()}{request.path}"
        if query := request.META.get("QUERY_STRING"):
            url = f"{url}?{query}"
        key = verify_key(reader.algorithm, bytes(reader.public_key))
        try:
            http_signatures.verify(
                signed, method=request.method or "", url=url, body=request.body, public=key.like
            )
        except http_signatures.SignatureRefused as refusal:
            raise unauthorised(refusal.code.value, "The signature does not fit this request.") from None
        if not fresh:
            self.clock_is_off(reader, signed.created)
            raise unauthorised("clock_skew", "The reader's clock is wrong.", server_now=now)
        if self.only_active and reader.state != ReaderState.ACTIVE:
            raise Refused(
                403, {"code": "reader_suspended", "text": "This reader is switched off.", "retry": False}
            )
        return ReaderPrincipal(reader), signed

    def clock_is_off(self, reader: Reader, created: int) -> None:
        """Called before a request is refused that is signed rightly by a clock that is wrong."""

    @staticmethod
    def _reader(signed: http_signatures.SignedRequest) -> Reader:
        company, handle = parse_keyid(signed.keyid) or (None, 0)
        # The host decides the company; a key id of another company is nobody here.
        found = Reader.objects.filter(handle=handle).first() if company == context.current().id else None
        if found is None:
            raise unauthorised("reader_unknown", "This reader is not paired here.")
        return found

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
    principal = request.user
    if not isinstance(principal, ReaderPrincipal):
        raise unauthorised("reader_unknown", "This reader is not paired here.")
    return principal.reader
