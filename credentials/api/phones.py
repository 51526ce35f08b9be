"""What a confirmed phone answers when a new one of the same person asks it."""

import time
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credentials.api.serializers import WalletRefusal
from credentials.api.views import WalletView, signed_http
from credentials.services import visit_signed
from credentials.services.second_phones import answer_for_phone

_SAID = "Signed by the key of a confirmed phone (RFC 9421). Saying it twice is saying it once."
_REFUSALS = {(status, "application/json"): OpenApiResponse(WalletRefusal) for status in (401, 403, 404, 409)}


class PhoneAnswer(serializers.Serializer[None]):
    """How the phone that asked stands now."""

    device_state = serializers.ChoiceField(["ACTIVE", "REVOKED"])
    server_now = serializers.IntegerField(help_text="unix seconds")


class _AnswerView(WalletView):
    confirms: bool

    def answer(self, request: Request, handle: int) -> Response:
        now_ms = time.time_ns() // 1_000_000
        device, _ = visit_signed(request=signed_http(request), now_ms=now_ms)
        state = answer_for_phone(asked=device, handle=handle, confirms=self.confirms)
        told: dict[str, Any] = {"device_state": state.value, "server_now": now_ms // 1000}
        return Response(told)


class ConfirmView(_AnswerView):
    confirms = True

    @extend_schema(
        summary="Confirm a new phone of the same person",
        description=_SAID,
        request=None,
        responses={200: PhoneAnswer, **_REFUSALS},
    )
    def post(self, request: Request, handle: int) -> Response:
        return self.answer(request, handle)


class RefuseView(_AnswerView):
    confirms = False

    @extend_schema(
        summary="Refuse a new phone of the same person, for good",
        description=_SAID,
        request=None,
        responses={200: PhoneAnswer, **_REFUSALS},
    )
    def post(self, request: Request, handle: int) -> Response:
        return self.answer(request, handle)
