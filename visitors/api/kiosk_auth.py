"""A kiosk's request is believed by its signature (RFC 9421) alone: no cookie, no bearer token."""

import time
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.refusals import Refused as ComplianceRefused
from credentials.proofs import Skewed
from operators.permissions import device_signed
from sallyport import http_signatures
from sallyport.keys import P256Public
from tenants import context
from visitors import services
from visitors.keyids import parse_keyid
from visitors.models import Kiosk, KioskState
from visitors.refusals import Refused

SKEW_SECONDS: Final = 60
MOST_BODY: Final = 64 * 1024
MALFORMED: Final = "The request is not as it must be."


class KioskPrincipal:
    """The kiosk that signed, in the place where Django expects a user."""

    is_authenticated = True

    def __init__(self, kiosk: Kiosk) -> None:
        self.kiosk = kiosk


class KioskSigned(BaseAuthentication):
    """Finds the kiosk by its key id and verifies method, address, body and time."""

    def authenticate(self, request: Request) -> tuple[KioskPrincipal, http_signatures.SignedRequest]:
        """The kiosk and its signature. Raises Refused: 401, or 403 kiosk_unpaired."""
        try:
            signed = http_signatures.parse({name.lower(): value for name, value in request.headers.items()})
        except http_signatures.SignatureRefused as refusal:
            raise _nobody(refusal.code.value, "This address answers only to a paired kiosk.") from None
        kiosk = self._kiosk(signed)
        now = time.time()
        if not signed.is_fresh(now=int(now), tolerance=SKEW_SECONDS):
            raise Skewed(now)
        url = f"{settings.PUBLIC_SCHEME}://{request.get_host()}{request.get_full_path()}"
        try:
            http_signatures.verify(
                signed,
                method=request.method or "",
                url=url,
                body=request._request.body,
                public=P256Public(bytes(kiosk.public_key)),
            )
        except http_signatures.SignatureRefused as refusal:
            raise _nobody(refusal.code.value, "The signature does not fit this request.") from None
        if kiosk.state != KioskState.ACTIVE:
            raise services.unpaired()
        services.heard(kiosk=kiosk, now=timezone.now())
        return KioskPrincipal(kiosk), signed

    @staticmethod
    def _kiosk(signed: http_signatures.SignedRequest) -> Kiosk:
        named = parse_keyid(signed.keyid)
        # The host decides the company; a key id of another company is nobody here.
        if named is None or named.company != context.current().id:
            raise _unknown()
        found = Kiosk.objects.select_related("site").filter(handle=named.handle).first()
        if found is None:
            raise _unknown()
        return found

    def authenticate_header(self, request: Request) -> str:
        """Makes Django REST framework answer 401, not 403."""
        return "Signature"


def _nobody(code: str, text: str) -> Refused:
    return Refused(code, text, status=401)


def _unknown() -> Refused:
    return _nobody("kiosk_unknown", "This kiosk is not paired here.")


class IsKiosk(BasePermission):
    """Only a paired kiosk."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether a kiosk signed this request."""
        return isinstance(request.user, KioskPrincipal)


def kiosk_of(request: Request) -> Kiosk:
    """The kiosk that signed, with its site."""
    principal = request.user
    if not isinstance(principal, KioskPrincipal):
        raise _unknown()
    return principal.kiosk


def signed_request_of(request: Request) -> http_signatures.SignedRequest:
    """The signature that the kiosk was believed by."""
    signed = request.auth
    if not isinstance(signed, http_signatures.SignedRequest):
        raise _unknown()
    return signed


def checked(shape: type[Any], data: object) -> dict[str, Any]:
    """What was sent, held to a shape (a serializer). Raises Refused("malformed") with 400."""
    if not isinstance(data, Mapping):
        raise malformed()
    given = shape(data=data)
    if not given.is_valid():
        raise malformed()
    found: dict[str, Any] = given.validated_data
    return found


def malformed() -> Refused:
    """The body has not the shape it must have."""
    return Refused("malformed", MALFORMED, status=400)


class SaysWhy(APIView):
    """Every answer that is no success has code, text and retry."""

    most_body = MOST_BODY

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large before anybody reads it as JSON."""
        if len(request._request.body) > self.most_body:
            raise Refused("too_large", "The request is too large.", status=413)
        super().initial(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        """Refusals of this room and of those below become their answers."""
        if isinstance(exc, Refused | ComplianceRefused):
            return Response(exc.as_dict(), status=exc.status)
        if isinstance(exc, APIException):
            told = {"code": str(exc.default_code), "text": str(exc.default_detail), "retry": False}
            return Response(told, status=exc.status_code)
        return super().handle_exception(exc)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Nothing that a kiosk is told is kept on the way."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer


@device_signed
class KioskView(SaysWhy):
    """Base of what only a paired kiosk may call."""

    authentication_classes = [KioskSigned]
    permission_classes = [IsKiosk]


class BytesView(KioskView):
    """What may be larger than a form: its bytes are read once, and never to a disk."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read no more than allowed before anybody asks for it."""
        raw = request._request
        raw._body = raw.read(self.most_body + 1)
        super().initial(request, *args, **kwargs)
