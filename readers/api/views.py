"""Endpoints of readers: pair, policy without a socket, next counter, outcome at the door."""

from base64 import b64encode
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger import services as ledger
from operators.permissions import device_signed, public
from readers import selectors, services
from readers.api import serializers as shapes
from readers.api.authentication import ASKED, IsReader, ReaderSigned, Refused, reader_of, signed_request_of
from readers.keys import keys_at
from readers.limits import pairing_tries
from readers.refusals import ReaderRefused, Refusal
from sallyport.answers import TOLD_HEADER, next_bytes, told_bytes
from tenants import context
from tenants.client_address import client_address
from vault.selectors import answer_signer, checkpoint_signer

_STATUS = {
    Refusal.RATE_LIMITED: 429,
    Refusal.TOO_MANY_ATTEMPTS: 429,
    Refusal.CODE_EXPIRED: 410,
    Refusal.CODE_USED: 410,
    Refusal.KEY_TAKEN: 409,
    Refusal.OUTCOME_DIFFERS: 422,
    Refusal.ACK_WRONG: 401,
    Refusal.KEYS_UNKNOWN: 422,
    Refusal.IDENTITY_FORKED: 409,
    Refusal.CONTACT_OVERTAKEN: 409,
    Refusal.DOOR_EVENT_DIFFERS: 422,
    Refusal.KEY_ENDED: 401,
    Refusal.JOURNAL_GAP: 409,
}


def checked(shape: type[Any], data: object) -> dict[str, Any]:
    """What was sent, held to a shape. Raises Refused with 400."""
    given = shape(data=data)
    if not given.is_valid():
        body = {"code": "malformed", "text": "The request is not as it must be.", "retry": False}
        raise Refused(400, {**body, "fields": sorted(given.errors)})
    checked: dict[str, Any] = given.validated_data
    return checked


def refused(refusal: ReaderRefused) -> Refused:
    """A service's refusal as an answer; 403 unless it has a status of its own."""
    return Refused(_STATUS.get(refusal.code, 403), refusal.as_json())


class RoomView(APIView):
    """Every answer of this room that is no success has code, text and retry."""

    def handle_exception(self, exc: Exception) -> Response:
        """Put the framework's own errors into the same words."""
        if isinstance(exc, Refused):
            return Response(exc.body, status=exc.status)
        if isinstance(exc, APIException):
            told = {"code": str(exc.default_code), "text": str(exc.default_detail), "retry": False}
            return Response(told, status=exc.status_code)
        return super().handle_exception(exc)


@public("the typed code and the proof of the new key are what admits a reader")
class PairView(RoomView):
    """Pair a reader with a code from the console."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(operation_id="readers_company", responses=shapes.CompanySerializer)
    def get(self, request: Request) -> Response:
        """Whose host this is: a reader program signs its proof for this company. No secret."""
        company = context.current()
        return Response({"company_id": company.id, "company_uid": company.uid.hex(), "name": company.name})

    @extend_schema(
        operation_id="readers_pair",
        request=shapes.PairSerializer,
        responses={
            200: shapes.PairedSerializer,
            403: shapes.RefusalSerializer,
            410: shapes.RefusalSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        """Answer with all that the reader must remember."""
        company = context.current()
        tries = pairing_tries(company.id, client_address(request._request))
        if tries.exhausted():
            raise refused(ReaderRefused(Refusal.RATE_LIMITED))
        given = checked(shapes.PairSerializer, request.data)
        proof = services.Proof(
            code=given["code"],
            public_key=given["public_key"],
            algorithm=given["algorithm"],
            nonce=given["nonce"],
            signature=given["proof"],
        )
        try:
            paired = services.pair(company=company.uid, proof=proof, now=timezone.now())
        except ReaderRefused as refusal:
            tries.count()
            raise refused(refusal) from None
        reader = paired.reader
        told = {
            "reader": reader.handle,
            "company_id": company.id,
            "company_uid": company.uid.hex(),
            "company_name": company.name,
            "access_point": reader.access_point_id,
            "name": reader.name,
            "answer_key": answer_signer().public.raw,
            "checkpoint_key": checkpoint_signer().public.raw,
            "epoch": reader.applied_epoch,
            "seq": reader.applied_seq,
            "counter": selectors.last_counter(reader.handle),
            "language": "en",
        }
        return Response(shapes.PairedSerializer(told).data)


@device_signed
class ReaderView(RoomView):
    """Base of what only a paired reader may call."""

    authentication_classes = [ReaderSigned]
    permission_classes = [IsReader]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who signed, and note that the reader lives."""
        super().initial(request, *args, **kwargs)
        services.touch_readers(handles=[reader_of(request).handle], now=timezone.now())


SWORN = OpenApiParameter(
    TOLD_HEADER,
    str,
    OpenApiParameter.HEADER,
    description="the answer key's signature over this answer as it stands (docs/signed-bytes.md), base64",
    response=True,
)


class SwornView(ReaderView):
    """Base of answers that a reader acts on and that carry no signature of their own: each is signed as it
    stands, refusals too. What lies between can keep it away, not change it, nor say it again.
    """

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Add the company's signature to what goes out to a reader."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if (asked := request.META.get(ASKED)) is not None:
            reader, nonce = asked
            body = answer.render().content
            signed = told_bytes(
                company=context.current().uid,
                reader=reader,
                status=answer.status_code,
                body=body,
                nonce=nonce,
            )
            answer[TOLD_HEADER] = b64encode(answer_signer().sign(signed)).decode()
        return answer


class PolicyView(ReaderView):
    """What changed: for a reader that missed a push or has no socket."""

    @extend_schema(
        operation_id="readers_policy",
        parameters=[shapes.PointQuerySerializer],
        responses=shapes.PolicySerializer,
    )
    def get(self, request: Request) -> Response:
        """The changes after the reader's own point."""
        at = checked(shapes.PointQuerySerializer, request.query_params.dict())
        found = services.delta_since(at["epoch"], at["seq"])
        told = {
            "epoch": found.delta.epoch,
            "seq": found.delta.seq,
            "changes": [list(row) for row in found.delta.changes],
            "complete": found.delta.complete,
            "challenge": selectors.asks_for_number(reader_of(request)),
        }
        if found.data:
            told |= {"bytes": found.data, "sig": found.signature}
        return Response(shapes.PolicySerializer(told).data)


class AckView(ReaderView):
    """An acknowledgement from a reader whose socket is dead."""

    @extend_schema(operation_id="readers_ack", request=shapes.AckSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Store it."""
        reader = reader_of(request)
        given = checked(shapes.AckSerializer, request.data)
        key = keys_at(selectors.signing_keys(reader, timezone.now()), given["at_ms"])
        ack = services.Ack(reader.handle, given["epoch"], given["seq"], given["at_ms"], given["sig"], key)
        known = ledger.current_policy()
        verdict = services.record_acks(company=context.current().uid, acks=[ack], known=known)[0]
        if verdict is not services.AckVerdict.STORED:
            raise refused(ReaderRefused(Refusal.ACK_WRONG))
        services.tell_acks(company_id=context.current().id, point=(ack.epoch, ack.seq))
        return Response(status=204)


class KeysView(ReaderView):
    """What opens codes, laid in as far ahead as the reader may be offline."""

    @extend_schema(operation_id="readers_keys", responses=shapes.KeysSerializer)
    def get(self, request: Request) -> Response:
        """The list for this reader, signed; nobody on the way keeps it."""
        found = services.key_list(reader=reader_of(request), now=timezone.now())
        told = {
            "keys": found.data,
            "sig": found.signature,
            "bundle_key": found.bundle_key,
            "bundle_sig": found.vouched,
        }
        return Response(shapes.KeysSerializer(told).data, headers={"Cache-Control": "no-store"})

    @extend_schema(operation_id="readers_keys_held", request=shapes.KeysHeldSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Note the newest set that the reader has stored."""
        given = checked(shapes.KeysHeldSerializer, request.data)
        try:
            services.note_keys_held(reader=reader_of(request), newest=given["newest"], now=timezone.now())
        except ReaderRefused as refusal:
            raise refused(refusal) from None
        return Response(status=204)


class BundleView(ReaderView):
    """What the reader decides with when it is cut off."""

    @extend_schema(operation_id="readers_bundle", responses=shapes.BundleSerializer)
    def get(self, request: Request) -> Response:
        """The bundle for this reader, signed, numbered higher than any before; nobody on the way keeps it."""
        found = services.signed_bundle(reader=reader_of(request), now=timezone.now())
        told = {
            "bundle": found.data,
            "sig": found.signature,
            "bundle_key": found.bundle_key,
            "bundle_sig": found.vouched,
        }
        return Response(shapes.BundleSerializer(told).data, headers={"Cache-Control": "no-store"})


class NextView(ReaderView):
    """Where the reader's event counter stands, for one that has lost its own count."""

    @extend_schema(operation_id="readers_next", responses=shapes.NextSerializer)
    def get(self, request: Request) -> Response:
        """The last counter on record, 0 before the first event, and whether the door shows a number; signed.

        The signature covers the request's nonce: what lies between can answer a reader, but not say this.
        """
        reader = reader_of(request)
        counter, challenge = selectors.last_counter(reader.handle), selectors.asks_for_number(reader)
        signed = next_bytes(
            company=context.current().uid,
            reader=reader.handle,
            counter=counter,
            challenge=challenge,
            nonce=signed_request_of(request).nonce,
        )
        told = {"counter": counter, "challenge": challenge, "sig": answer_signer().sign(signed)}
        return Response(shapes.NextSerializer(told).data)


class OutcomeView(ReaderView):
    """Whether the door opened."""

    @extend_schema(operation_id="scans_outcome", request=shapes.OutcomeSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Store it; the first word stands."""
        given = checked(shapes.OutcomeSerializer, request.data)
        try:
            services.record_outcome(
                reader=reader_of(request),
                counter=given["counter"],
                opened=given["opened"],
                now=timezone.now(),
            )
        except ReaderRefused as refusal:
            raise refused(refusal) from None
        return Response(status=204)
