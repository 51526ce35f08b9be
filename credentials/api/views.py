"""The wallet's requests through Django; on a server a raw callable answers `codes` in front of it."""

import datetime as dt
import time
from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.selectors import needs_asking
from credentials import proofs
from credentials.api.serializers import CodeAnswer, EnrolRequest, PassAnswer, WalletAnswer, WalletRefusal
from credentials.minting import Facts, Minted, check_states
from credentials.models import Device, DeviceState
from credentials.passkeys import Site
from credentials.refusals import Refused
from credentials.selectors import count_passkeys, has_confirmed_phone, newest_other_phone, waiting_phone
from credentials.services import enrol_device, mint_signed, pass_signed, standing, standing_mark, visit_signed
from credentials.services.consents import person_of
from tenants.client_address import client_address
from tenants.context import current

MOST_BODY = 4096
NEWS = dt.timedelta(days=7)  # how long a phone is told of another
SIGNED = "Signed by the phone's key (RFC 9421; keyid `device:<thumbprint>`, alg `ecdsa-p256-sha256`)."
REFUSALS = {
    (status, "application/json"): OpenApiResponse(WalletRefusal) for status in (400, 401, 403, 409, 429, 503)
}


def signed_http(request: Request, most: int = MOST_BODY) -> proofs.SignedHttp:
    """The request as its signature covers it. Raises Refused for an unsigned or oversized one."""
    body = request._request.body
    if len(body) > most:
        raise Refused("too_large", "The request is too large.", status=413)
    url = f"{settings.PUBLIC_SCHEME}://{request.get_host()}{request.get_full_path()}"
    return proofs.SignedHttp(request.method or "", url, body, proofs.parse(_Headers(request)))


class _Headers(dict[str, str]):
    """The headers a signature is read from, by lower-case name."""

    def __init__(self, request: Request) -> None:
        super().__init__((name.lower(), value) for name, value in request.headers.items())


def site_of(request: Request) -> Site:
    """Where the phone calls, as passkeys know it."""
    return Site(settings.PUBLIC_SCHEME, request.get_host().lower())


class WalletView(APIView):
    """No session, no cookie: whoever calls proves it by a signature. Refusals become their answer."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Refused):
            return Response(exc.as_dict(), status=exc.status)
        return super().handle_exception(exc)


def clock_ms() -> int:
    return time.time_ns() // 1_000_000


def _other_phone(device: Device, now_ms: int) -> dict[str, Any] | None:
    since = dt.datetime.fromtimestamp(now_ms / 1000, dt.UTC) - NEWS
    # Only a phone that is itself confirmed learns of others: a new one is not told whom it stands beside.
    other = newest_other_phone(device, since) if device.state == DeviceState.ACTIVE else None
    return None if other is None else {"label": other.label, "at": int(other.enrolled_at.timestamp())}


def _phones_told(device: Device) -> dict[str, Any]:
    """A new phone learns no more of the others than whether one may be asked."""
    active = device.state == DeviceState.ACTIVE
    waiting = waiting_phone(device) if active else None
    return {
        "waiting_phone": waiting
        and {
            "handle": waiting.handle,
            "label": waiting.label,
            "enrolled_at": int(waiting.enrolled_at.timestamp()),
        },
        "may_ask_phone": not active and has_confirmed_phone(device),
    }


def _told(device: Device, facts: Facts, site: Site, now_ms: int) -> dict[str, Any]:
    try:
        check_states(facts)
        ready = True
    except Refused:
        ready = False
    active = device.state == DeviceState.ACTIVE
    return {
        "company": current().name,
        "moved_to": current().moved_to or None,
        "first_name": device.holder.name.split(" ")[0],
        "language": device.holder.language,
        "device": proofs.KEYID_PREFIX + device.thumbprint,
        "device_state": facts.device_state,
        "holder_state": facts.holder_state,
        "ready": ready,
        "life": facts.life,
        "valid_until": facts.valid_until and int(facts.valid_until.timestamp()),
        "other_phone": _other_phone(device, now_ms),
        "passkeys": count_passkeys(device, site.rp_id),
        "unlock": {
            "required": facts.unlock_required,
            "minutes": facts.unlock_minutes,
            "until": facts.unlocked_until(now_ms),
        },
        "pass_hours": facts.pass_hours,
        "pass_mark": standing_mark(facts) if ready else None,
        **_phones_told(device),
        "notices_asked": len(needs_asking(person_of(device.holder))) if active else 0,
        "server_now": now_ms // 1000,
    }


class EnrolView(WalletView):
    @extend_schema(
        summary="Bind a new key of a phone to the person whose short code was typed",
        description="Signed by the new key itself: the proof that the phone holds it.",
        request=EnrolRequest,
        responses={201: WalletAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        proof = signed_http(request)
        form = EnrolRequest(data=request.data)
        if not form.is_valid():
            raise Refused("malformed", "The request is not as expected.", status=400)
        key = proofs.read_key(form.validated_data["public_key"])
        device = enrol_device(
            code=form.validated_data["code"],
            public_key=key,
            proof=proof,
            label=form.validated_data["label"],
            source=client_address(request._request),
        )
        now_ms = clock_ms()
        return Response(_told(device, standing(device, now_ms), site_of(request), now_ms), status=201)


class MeView(WalletView):
    @extend_schema(
        summary="How this phone stands", description=SIGNED, responses={200: WalletAnswer, **REFUSALS}
    )
    def get(self, request: Request) -> Response:
        now_ms = clock_ms()
        device, facts = visit_signed(request=signed_http(request), now_ms=now_ms)
        return Response(_told(device, facts, site_of(request), now_ms))


class CodesView(WalletView):
    @extend_schema(
        summary="A new live code",
        description=f"{SIGNED} At most one in five seconds; each request is answered once.",
        request=None,
        responses={200: CodeAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        now_ms = clock_ms()
        minted: Minted = mint_signed(request=signed_http(request), now_ms=now_ms)
        return Response(minted.as_dict(now_ms // 1000))


class PassesView(WalletView):
    @extend_schema(
        summary="A new pass for times without signal",
        description=f"{SIGNED} Refused as a code is; its turns are counted apart from those of codes.",
        request=None,
        responses={200: PassAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        now_ms = clock_ms()
        given = pass_signed(request=signed_http(request), now_ms=now_ms)
        return Response(given.as_dict(now_ms // 1000))
