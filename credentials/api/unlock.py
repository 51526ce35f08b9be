"""A phone's passkeys and its unlock. Every request is signed by the phone's own key besides."""

from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credentials import services
from credentials.api.serializers import (
    OptionsAnswer,
    PasskeyRequest,
    PasskeysAnswer,
    UnlockedAnswer,
    UnlockRequest,
)
from credentials.api.views import REFUSALS, SIGNED, WalletView, clock_ms, signed_http, site_of
from credentials.refusals import Refused
from credentials.services.unlock import Answer, Visitor

MOST_BODY = 16 * 1024  # an attestation may carry an RSA key
T = TypeVar("T", bound=serializers.Serializer[None])


def _visitor(request: Request) -> Visitor:
    now = clock_ms()
    device, facts = services.visit_signed(request=signed_http(request, MOST_BODY), now_ms=now)
    return Visitor(device, facts, site_of(request), now)


def _checked(shape: type[T], request: Request) -> dict[str, Any]:
    form = shape(data=request.data)
    if not form.is_valid():
        raise Refused("malformed", "The request is not as expected.", status=400)
    found: dict[str, Any] = form.validated_data
    return found


class PasskeyOptionsView(WalletView):
    @extend_schema(
        summary="What to make a passkey with",
        description=f"{SIGNED} A phone's first passkey is free; a further one needs an unlock in force.",
        request=None,
        responses={200: OptionsAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        return Response(services.offer_registration(_visitor(request)).as_dict())


class PasskeysView(WalletView):
    @extend_schema(
        summary="Register the passkey that was made",
        description=SIGNED,
        request=PasskeyRequest,
        responses={201: PasskeysAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        visitor = _visitor(request)
        given = _checked(PasskeyRequest, request)
        held = services.register_passkey(visitor, Answer(given["ticket"], given["credential"]))
        return Response({"passkeys": held}, status=201)


class UnlockOptionsView(WalletView):
    @extend_schema(
        summary="What a passkey is to answer",
        description=SIGNED,
        request=None,
        responses={200: OptionsAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        return Response(services.offer_unlock(_visitor(request)).as_dict())


class UnlockView(WalletView):
    @extend_schema(
        summary="Unlock with a passkey's answer",
        description=f"{SIGNED} A ticket takes one answer, good or bad.",
        request=UnlockRequest,
        responses={200: UnlockedAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        visitor = _visitor(request)
        given = _checked(UnlockRequest, request)
        until = services.unlock_phone(visitor, Answer(given["ticket"], given["assertion"]))
        return Response({"unlocked_until": until, "server_now": visitor.now_ms // 1000})


class LockView(WalletView):
    @extend_schema(
        summary="End the unlock",
        description=SIGNED,
        request=None,
        responses={200: UnlockedAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        visitor = _visitor(request)
        services.lock_phone(device=visitor.device)
        return Response({"unlocked_until": 0, "server_now": visitor.now_ms // 1000})
