"""Notices that concern a phone's holder, what they say to them, and receipts. Signed by the phone's key."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.law import PURPOSES, Purpose
from compliance.models import ConsentRecord, Language
from compliance.refusals import Refused as ComplianceRefused
from compliance.selectors import Concern, concerns_of, records_of, told_of
from credentials.api.privacy_shapes import ConsentRequest, NoticesAnswer, ReceiptsAnswer, RecordAnswer
from credentials.api.serializers import WalletRefusal
from credentials.api.views import MOST_BODY, SIGNED, WalletView, clock_ms, signed_http
from credentials.models import Device
from credentials.proofs import SignedHttp
from credentials.refusals import Refused
from credentials.services import visit_signed
from credentials.services.consents import (
    Answer,
    answer_notice,
    check_confirmed,
    person_of,
    withdraw_consent,
)

REFUSALS = {
    (status, "application/json"): OpenApiResponse(WalletRefusal) for status in (400, 401, 403, 404, 409)
}
_LANGUAGE = OpenApiParameter(
    "language", str, enum=Language.values, description="wished; the holder's own where it is left out"
)


class PrivacyView(WalletView):
    """As every request of the wallet; what compliance refuses becomes the answer, too."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, ComplianceRefused):
            return Response(exc.as_dict(), status=exc.status)
        return super().handle_exception(exc)


def visit(request: Request, most: int = MOST_BODY) -> tuple[Device, SignedHttp, int]:
    """Whose phone has signed this, the request as it was signed, and when (unix milliseconds)."""
    now_ms = clock_ms()
    signed = signed_http(request, most)
    device, _ = visit_signed(request=signed, now_ms=now_ms)
    return device, signed, now_ms


def _record(record: ConsentRecord) -> dict[str, Any]:
    return {
        "id": str(record.pk),
        "purpose": record.purpose,
        "act": record.act,
        "version": record.notice.number,
        "sha256": record.sha256,
        "given_at": int(record.given_at.timestamp()),
        "ended_at": record.ended_at and int(record.ended_at.timestamp()),
        "ended_how": record.ended_how,
        "at_desk": record.at_desk,
    }


def _concern(concern: Concern, language: str) -> dict[str, Any]:
    notice = concern.notice(language)
    return {
        "purpose": concern.purpose.value,
        "basis": PURPOSES[concern.purpose].basis.value,
        "act": concern.act.value,
        "form": concern.form.value,
        "version": notice.number,
        "language": notice.language,
        "languages": sorted(concern.notices),
        "title": notice.title,
        "text": notice.text,
        "sha256": notice.sha256,
        "changed": list(notice.changed),
        "published_at": int(notice.published_at.timestamp()),
        "open": concern.open,
        "asked": concern.asked,
        "record": concern.record and _record(concern.record),
    }


class NoticesView(PrivacyView):
    @extend_schema(
        summary="The notices that concern this phone's holder, and what was said to them",
        description=f"{SIGNED} A phone hashes what it shows, and sends that hash with the answer.",
        parameters=[_LANGUAGE],
        responses={200: NoticesAnswer, **REFUSALS},
    )
    def get(self, request: Request) -> Response:
        device, _, now_ms = visit(request)
        check_confirmed(device)
        language = request.query_params.get("language") or device.holder.language
        concerns = [_concern(concern, language) for concern in concerns_of(person_of(device.holder))]
        return Response({"notices": concerns, "server_now": now_ms // 1000})


class ConsentsView(PrivacyView):
    @extend_schema(
        summary="Agree to a purpose, or say that its notice was read",
        description=f"{SIGNED} `id` is chosen by the phone: sent again with it, nothing is said twice.",
        request=ConsentRequest,
        responses={201: RecordAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        device, signed, now_ms = visit(request)
        form = ConsentRequest(data=request.data)
        if not form.is_valid():
            raise Refused("malformed", "The request is not as expected.", status=400)
        given = form.validated_data
        answer = Answer(
            given["id"],
            Purpose(given["purpose"]),
            given["language"],
            given["sha256"],
            given["pressed"],
            given["signed_name"],
        )
        record = answer_notice(device=device, answer=answer, request=signed)
        return Response({"record": _record(record), "server_now": now_ms // 1000}, status=201)


class WithdrawView(PrivacyView):
    @extend_schema(
        summary="Withdraw a consent",
        description=f"{SIGNED} At once and without a reason. Saying it twice is saying it once.",
        request=None,
        responses={200: RecordAnswer, **REFUSALS},
    )
    def post(self, request: Request, record: UUID) -> Response:
        device, _, now_ms = visit(request)
        ended = withdraw_consent(device=device, record=record)
        return Response({"record": _record(ended), "server_now": now_ms // 1000})


class ReceiptsView(PrivacyView):
    @extend_schema(
        summary="All that this phone's holder ever said to notices, with the text of each",
        description=SIGNED,
        responses={200: ReceiptsAnswer, **REFUSALS},
    )
    def get(self, request: Request) -> Response:
        device, _, now_ms = visit(request)
        check_confirmed(device)
        receipts = [_receipt(record) for record in records_of(device.holder.subject_id)]
        return Response({"receipts": receipts, "server_now": now_ms // 1000})


def _receipt(record: ConsentRecord) -> dict[str, Any]:
    told = told_of(record)
    return {
        **_record(record),
        "profile": record.notice.profile,
        "language": record.notice.language,
        "title": record.notice.title,
        "text": record.notice.text,
        "pressed": told.get("pressed", ""),
        "signed_name": told.get("signed_name", ""),
        "device": record.device,
        "key_print": record.key_print,
    }
