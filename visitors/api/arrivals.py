"""Somebody at a kiosk, step by step. Signed by the kiosk's key."""

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.law import Purpose
from credentials.services.consents import Answer
from sallyport.keys import b64url
from visitors.api import arrival_shapes as shapes
from visitors.api.arrival_view import view_of
from visitors.api.kiosk_auth import KioskView, checked, kiosk_of, malformed, signed_request_of
from visitors.api.kiosk_shapes import KioskRefusal
from visitors.api.kiosks import SIGNED
from visitors.arrival_facts import Standing
from visitors.models import Flow, Kiosk, Way
from visitors.services import answering, arrivals, signing, ways

REFUSALS = {
    (status, "application/json"): OpenApiResponse(KioskRefusal)
    for status in (400, 401, 403, 404, 409, 413, 422, 429)
}
VIEW: dict[Any, Any] = {200: shapes.ArrivalView, **REFUSALS}


def told(standing: Standing, status: int = 200) -> Response:
    """How it stands, as the answer."""
    return Response(view_of(standing), status=status)


class ArrivalsView(KioskView):
    """Somebody begins."""

    @extend_schema(
        summary="Somebody comes: expected, or not announced",
        description=f"{SIGNED} Ends what was begun here before. By name it says the same in any case.",
        operation_id="kiosk_arrivals_begin",
        request=shapes.BeginRequest,
        responses={201: shapes.ArrivalView, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """The first view of it."""
        given = checked(shapes.BeginRequest, request.data)
        return told(_begin(kiosk_of(request), given), 201)


def _begin(kiosk: Kiosk, given: dict[str, Any]) -> Standing:
    language = given["language"]
    if given["flow"] == Flow.WALK_IN:
        if not given.get("type") or not given.get("host"):
            raise malformed()
        person = arrivals.Told(given["type"], given["host"], given["name"], given["email"], given["firm"])
        return arrivals.begin_walk_in(kiosk=kiosk, language=language, told=person)
    if code := given.get("code"):
        return arrivals.begin_with_code(kiosk=kiosk, language=language, code=code)
    if not given["name"] or not given.get("date"):
        raise malformed()
    return arrivals.begin_by_name(kiosk=kiosk, language=language, name=given["name"], day=given["date"])


class ArrivalView(KioskView):
    """How it stands."""

    @extend_schema(
        summary="How an arrival stands",
        description=SIGNED,
        operation_id="kiosk_arrival",
        request=None,
        responses=VIEW,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """The view."""
        return told(arrivals.look(kiosk=kiosk_of(request), arrival=pk))


class EndView(KioskView):
    """Done, or walked away."""

    @extend_schema(
        summary="End an arrival",
        description=f"{SIGNED} A second time does nothing.",
        operation_id="kiosk_arrival_end",
        request=None,
        responses={204: None, **REFUSALS},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """204."""
        arrivals.end(kiosk=kiosk_of(request), arrival=pk)
        return Response(status=204)


class DetailsView(KioskView):
    """What the invitation left out."""

    @extend_schema(
        summary="Add details",
        description=SIGNED,
        operation_id="kiosk_arrival_details",
        request=shapes.DetailsRequest,
        responses=VIEW,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """The view after it."""
        given = checked(shapes.DetailsRequest, request.data)
        return told(answering.give_details(kiosk=kiosk_of(request), arrival=pk, **given))


class DocumentsView(KioskView):
    """A text that was read or signed."""

    most_body = 128 * 1024

    @extend_schema(
        summary="Sign a document, or say that it was read",
        description=f"{SIGNED} 422 `signature_empty` where nothing was drawn.",
        operation_id="kiosk_arrival_documents",
        request=shapes.DocumentRequest,
        responses=VIEW,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """The view after it."""
        given = checked(shapes.DocumentRequest, request.data)
        strokes = signing.check_strokes(given.get("strokes", []))
        return told(
            signing.sign_document(
                kiosk=kiosk_of(request),
                arrival=pk,
                version=given["version"],
                name=given["name"],
                strokes=strokes,
            )
        )


class ConsentView(KioskView):
    """An answer to a notice."""

    needed: ClassVar = ("record", "language", "sha256", "pressed")

    @extend_schema(
        summary="Agree to a notice, say that it was read, or decline it",
        description=f"{SIGNED} The signed request is kept with the answer.",
        operation_id="kiosk_arrival_consent",
        request=shapes.KioskConsentRequest,
        responses=VIEW,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """The view after it."""
        given, kiosk = checked(shapes.KioskConsentRequest, request.data), kiosk_of(request)
        purpose = Purpose(given["purpose"])
        if given["declined"]:
            return told(answering.decline_notice(kiosk=kiosk, arrival=pk, purpose=purpose))
        if any(name not in given for name in self.needed):
            raise malformed()
        answer = Answer(
            given["record"],
            purpose,
            given["language"],
            given["sha256"],
            given["pressed"],
            given["signed_name"],
        )
        proof = proof_of(request, kiosk)
        return told(answering.answer_notice(kiosk=kiosk, arrival=pk, answer=answer, proof=proof))


def proof_of(request: Request, kiosk: Kiosk) -> dict[str, str]:
    """The request as the kiosk signed it, so that it can be verified later."""
    signed = signed_request_of(request)
    return {
        "method": request.method or "",
        "url": f"{settings.PUBLIC_SCHEME}://{request.get_host()}{request.get_full_path()}",
        "body": request._request.body.decode(),
        "params": signed.params,
        "signature": b64url(signed.signature),
        "public_key": b64url(bytes(kiosk.public_key)),
    }


class WayView(KioskView):
    """How the visitor gets through doors."""

    @extend_schema(
        summary="Choose a way: phone, day pass or escort",
        description=f"{SIGNED} A day pass comes with its PIN, once; chosen again it is a new one.",
        operation_id="kiosk_arrival_way",
        request=shapes.WayRequest,
        responses=VIEW,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """The view after it, with the PIN of a new pass."""
        given = checked(shapes.WayRequest, request.data)
        chosen = ways.take_way(kiosk=kiosk_of(request), arrival=pk, way=Way(given["way"]))
        return Response(view_of(chosen.standing, chosen.issued))


class PhoneView(KioskView):
    """The picture that a phone scans."""

    @extend_schema(
        summary="Offer to bind the visitor's phone",
        description=f"{SIGNED} `address` is shown as a picture; one shown before binds nothing more.",
        operation_id="kiosk_arrival_phone",
        request=None,
        responses={200: shapes.PhoneOffer, **REFUSALS},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Address and seconds."""
        address, seconds = ways.offer_phone(kiosk=kiosk_of(request), arrival=pk)
        return Response({"address": address, "seconds": seconds})


class SameView(KioskView):
    """Whether both screens show the same digits."""

    @extend_schema(
        summary="Say whether the phone shows the same digits",
        description=f"{SIGNED} If not, that phone is ended and another one may be held here.",
        operation_id="kiosk_arrival_phone_same",
        request=shapes.SameRequest,
        responses=VIEW,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """The view after it."""
        given = checked(shapes.SameRequest, request.data)
        return told(ways.same_phone(kiosk=kiosk_of(request), arrival=pk, same=given["same"]))
