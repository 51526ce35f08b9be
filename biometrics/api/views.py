"""A phone's captures of its holder's face: enrolment, and the unlock by face. Signed by the phone's key."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import IO, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from biometrics import services
from biometrics.api.shapes import BegunAnswer, FaceAnswer, FrameAnswer, SessionRequest
from biometrics.frames import MOST_FRAME, NoFrame, read_frame
from biometrics.house_pool import house_looker
from biometrics.models import Use
from biometrics.selectors import standing_of
from compliance.refusals import Refused as ComplianceRefused
from credentials.api.views import REFUSALS, SIGNED, WalletView, clock_ms, signed_http
from credentials.models import Device
from credentials.refusals import Refused
from credentials.services import grant_unlock, visit_signed
from credentials.services.consents import check_confirmed, person_of


class Bytes(BaseParser):
    """A frame is no JSON: its bytes are read from the request itself."""

    media_type = "application/octet-stream"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Nothing: `request.body` has them."""
        return {}


class FacesView(WalletView):
    """Refusals of either room become the answer."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, ComplianceRefused):
            return Response(exc.as_dict(), status=exc.status)
        return super().handle_exception(exc)


def _visit(request: Request, most: int = 4096) -> tuple[Device, bytes, int]:
    now_ms = clock_ms()
    signed = signed_http(request, most)
    device, _ = visit_signed(request=signed, now_ms=now_ms)
    return device, signed.body, now_ms


def _read_past_the_limit_of_forms(request: Request) -> None:
    """A frame may be larger than what a form may send; its bytes are read once, and never to a disk."""
    raw = request._request
    raw._body = raw.read(MOST_FRAME + 1)  # what `body` gives from here on


def _place(device: Device) -> str:
    return f"device:{device.handle}"


class FaceView(FacesView):
    @extend_schema(
        summary="How the phone's holder stands with faces",
        description=SIGNED,
        request=None,
        responses={200: FaceAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        device, _, _ = _visit(request)
        check_confirmed(device)
        standing = standing_of(device.holder.subject_id)
        if standing.open and standing.consented:
            house_looker()  # warm by the time a camera is started
        at = standing.enrolled_at
        return Response(
            {
                "open": standing.open,
                "consented": standing.consented,
                "enrolled": standing.enrolled,
                "verified": standing.verified,
                "enrolled_at": at and int(at.timestamp()),
                "reenrol_asked": standing.reenrol_asked,
                "outdated": standing.outdated,
                "unlock": standing.usable,
            }
        )


class SessionsView(FacesView):
    @extend_schema(
        summary="Begin a capture",
        description=f"{SIGNED} Without a consent in force no camera: it is refused.",
        request=SessionRequest,
        responses={201: BegunAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        device, _, now_ms = _visit(request)
        check_confirmed(device)
        form = SessionRequest(data=request.data)
        if not form.is_valid():
            raise Refused("malformed", "The request is not as expected.", status=400)
        ask = services.Ask(
            person=person_of(device.holder),
            use=Use(form.validated_data["use"]),
            place=_place(device),
            flash=form.validated_data["flash"],
        )
        services.permission(ask.person)
        if house_looker().model is None:
            # A session lives for seconds, and the first frames of a cold engine take longer.
            raise Refused("face_busy", "One moment, and try again.", status=503, retry=True, wait=1)
        begun = services.begin_session(ask=ask, now=_at(now_ms))
        return Response(begun.as_dict(), status=201)


class FramesView(FacesView):
    parser_classes = (Bytes,)

    @extend_schema(
        summary="One frame of a capture",
        description=f"{SIGNED} Session 16 bytes, nonce 16, sequence 4 (big endian), then the JPEG or PNG.",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: FrameAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        _read_past_the_limit_of_forms(request)
        device, body, now_ms = _visit(request, MOST_FRAME)
        check_confirmed(device)
        try:
            frame = read_frame(body)
        except NoFrame:
            raise Refused("malformed", "The request is not as expected.", status=400) from None
        told = services.capture(
            frame=frame,
            place=_place(device),
            now=_at(now_ms),
            looker=house_looker(),
            unlock=partial(_unlock, device, now_ms),
        )
        return Response(told.as_dict())


def _unlock(device: Device, now_ms: int) -> dict[str, bool | int]:
    until = grant_unlock(device=device, method="face", now_ms=now_ms)
    return {"unlocked_until": until, "server_now": now_ms // 1000}


def _at(now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, UTC)
