"""Endpoints of a reader's contact, its wipe, and what its door did."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access.selectors import face_way
from biometrics.house_pool import house_looker
from compliance.law import Purpose
from compliance.selectors import purpose_open
from operators.permissions import device_signed
from readers import selectors, services
from readers.api import contact_shapes as shapes
from readers.api.authentication import ReaderSigned, reader_of, signed_request_of
from readers.api.serializers import RefusalSerializer
from readers.api.views import SWORN, SwornView, checked, refused
from readers.models import DoorEventKind, Reader
from readers.refusals import ReaderRefused


class SignedInAnyState(ReaderSigned):
    """A suspended or retired reader too: it may have to be wiped. A clock that is off is noted."""

    only_active = False

    def clock_is_off(self, reader: Reader, created: int) -> None:
        """Keep by how much."""
        services.note_skewed(reader=reader, at_ms=created * 1000, now=timezone.now())


@device_signed
class ContactView(SwornView):
    """At the start, every 30 s and with each return."""

    authentication_classes = [SignedInAnyState]

    @extend_schema(
        operation_id="readers_contact",
        parameters=[SWORN],
        request=shapes.ContactSerializer,
        responses={200: shapes.ContactedSerializer, 403: RefusalSerializer, 409: RefusalSerializer},
    )
    def post(self, request: Request) -> Response:
        """Take the report; answer with the next token."""
        given = checked(shapes.ContactSerializer, request.data)
        reader, now = reader_of(request), timezone.now()
        shown = services.Shown(given.pop("token"), given.pop("nonce"), signed_request_of(request).created)
        try:
            found = services.contact(reader=reader, shown=shown, report=services.Report(**given), now=now)
        except ReaderRefused as refusal:
            raise refused(refusal) from None
        position, entry_hash = selectors.journal_point(reader)
        told = {
            "token": found.token,
            "now_ms": int(now.timestamp() * 1000),
            "position": position,
            "hash": entry_hash,
            "wipe": found.wipe,
            "notice": asdict(found.notice) if found.notice else None,
            "bundle": selectors.bundle_number(reader),
            "renew": found.renew,
            "face": _way_without_face(reader),
        }
        return Response(shapes.ContactedSerializer(told).data, headers={"Cache-Control": "no-store"})


def _way_without_face(reader: Reader) -> str | None:
    """Of a reader whose area asks for a face: the other way in. What looks is warm by the first face."""
    try:
        way = face_way(reader.access_point.handle)
    except LookupError:
        return None
    if purpose_open(Purpose.FACE):
        house_looker()
    return way.equal_way


@device_signed
class WipedView(SwornView):
    """The last word of a reader before it destroys its key."""

    authentication_classes = [SignedInAnyState]

    @extend_schema(
        operation_id="readers_wiped",
        parameters=[SWORN],
        request=None,
        responses={204: None, 403: RefusalSerializer},
    )
    def post(self, request: Request) -> Response:
        """Note it; repeating it changes nothing."""
        try:
            services.note_wiped(reader=reader_of(request), now=timezone.now())
        except ReaderRefused as refusal:
            raise refused(refusal) from None
        return Response(status=204)


@device_signed
class DoorView(SwornView):
    """What the door did, numbered by its reader."""

    @extend_schema(
        operation_id="readers_door",
        parameters=[SWORN],
        request=shapes.DoorEventsSerializer,
        responses={200: shapes.DoorKnownSerializer, 422: RefusalSerializer},
    )
    def post(self, request: Request) -> Response:
        """Keep what is new; answer with the last number known."""
        given: list[dict[str, Any]] = checked(shapes.DoorEventsSerializer, request.data)["events"]
        events = [services.Told(**{**event, "kind": DoorEventKind(event["kind"])}) for event in given]
        try:
            last = services.record_door_events(reader=reader_of(request), events=events, now=timezone.now())
        except ReaderRefused as refusal:
            raise refused(refusal) from None
        return Response({"number": last})
