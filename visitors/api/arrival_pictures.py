"""Pictures at a kiosk: the photograph for a badge, and a face with liveness. None of them stays there."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from biometrics.api.views import Bytes
from biometrics.frames import MOST_FRAME, NoFrame, read_frame
from biometrics.house_pool import house_looker
from visitors.api import arrival_shapes as shapes
from visitors.api.arrivals import REFUSALS, VIEW, told
from visitors.api.kiosk_auth import BytesView, KioskView, checked, kiosk_of, malformed
from visitors.api.kiosks import SIGNED
from visitors.services import answering, faces, photographs, ways


def clock() -> datetime:
    """Now."""
    return timezone.now()


class PhotoView(BytesView):
    """The photograph for the badge."""

    most_body = photographs.MOST_PHOTO
    parser_classes = (JSONParser, Bytes)

    @extend_schema(
        summary="Take the photo for the badge, or go on without",
        description=f"{SIGNED} A JPEG of 2 MiB at most; as JSON `{{skip: true}}`.",
        operation_id="kiosk_arrival_photo",
        request={"application/octet-stream": OpenApiTypes.BINARY, "application/json": shapes.SkipRequest},
        responses=VIEW,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """The view after it."""
        kiosk = kiosk_of(request)
        if request.content_type.partition(";")[0].strip() == JSONParser.media_type:
            if not checked(shapes.SkipRequest, request.data)["skip"]:
                raise malformed()
            return told(answering.skip_photo(kiosk=kiosk, arrival=pk))
        return told(photographs.take_photo(kiosk=kiosk, arrival=pk, picture=request._request.body))


class BadgeView(KioskView):
    """The badge, to be printed here."""

    @extend_schema(
        summary="The visitor's badge",
        description=f"{SIGNED} A PDF: the badge, or the day pass where there is none. Never a PIN.",
        operation_id="kiosk_arrival_badge",
        request=None,
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, **REFUSALS},
    )
    def post(self, request: Request, pk: UUID) -> HttpResponse:
        """The bytes."""
        visit = ways.badge_printed(kiosk=kiosk_of(request), arrival=pk)
        return HttpResponse(ways.paper_of(visit), content_type="application/pdf")


class FaceSessionsView(KioskView):
    """A capture begins."""

    @extend_schema(
        summary="Begin to take the visitor's face",
        description=f"{SIGNED} Without their consent in force no camera.",
        operation_id="kiosk_arrival_face_begin",
        request=shapes.FaceSessionRequest,
        responses={201: shapes.BegunAnswer, **REFUSALS},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """The steps that were drawn."""
        given = checked(shapes.FaceSessionRequest, request.data)
        begun = faces.begin_face(
            kiosk=kiosk_of(request),
            arrival=pk,
            flash=given["flash"],
            now=clock(),
            looks=house_looker,
        )
        return Response(begun.as_dict(), status=201)


class FaceFramesView(BytesView):
    """A frame of it."""

    most_body = MOST_FRAME
    parser_classes = (Bytes,)

    @extend_schema(
        summary="One frame of the visitor's face",
        description=f"{SIGNED} Session 16 bytes, nonce 16, sequence 4 (big endian), then the JPEG or PNG.",
        operation_id="kiosk_arrival_face_frame",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: shapes.FrameAnswer, **REFUSALS},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """How the capture stands."""
        try:
            frame = read_frame(request._request.body)
        except NoFrame:
            raise malformed() from None
        looked = faces.take_frame(
            kiosk=kiosk_of(request), arrival=pk, frame=frame, now=clock(), looks=house_looker
        )
        return Response(looked.as_dict())


class FaceSkipView(KioskView):
    """Go on without a face."""

    @extend_schema(
        summary="Go on without a face",
        description=f"{SIGNED} Nothing follows.",
        operation_id="kiosk_arrival_face_skip",
        request=None,
        responses=VIEW,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """The view after it."""
        return told(answering.skip_face(kiosk=kiosk_of(request), arrival=pk))
