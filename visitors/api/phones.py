"""A visitor's phone: bound at a kiosk or at home, its visit, leaving. Signed by the phone's key."""

import time
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credentials import proofs
from credentials.api.serializers import WalletRefusal
from credentials.api.views import SIGNED, WalletView, clock_ms, signed_http
from credentials.models import Device, DeviceState
from credentials.refusals import Refused
from credentials.services import visit_signed
from operators.permissions import device_signed
from tenants.client_address import client_address
from tenants.context import current
from visitors.services import binding

REFUSALS = {
    (status, "application/json"): OpenApiResponse(WalletRefusal)
    for status in (400, 401, 403, 404, 409, 410, 429)
}


class BindRequest(serializers.Serializer[None]):
    """What stood in the address that the phone was led to, and the key it has made."""

    token = serializers.CharField(max_length=64, help_text="of the fragment `#here=` or `#visit=`")
    public_key = serializers.CharField(
        min_length=87, max_length=87, help_text="P-256 point, uncompressed, base64url without padding"
    )
    label = serializers.CharField(  # type: ignore[assignment]  # a field of this name, over DRF's attribute
        max_length=60, allow_blank=True, default="", help_text="what its holder would call the phone"
    )


class PhoneVisitAnswer(serializers.Serializer[None]):
    """The visit that a phone is for. Times in unix seconds."""

    company = serializers.CharField()
    language = serializers.CharField(help_text="en, de, fr, es")
    device_state = serializers.ChoiceField(DeviceState.values)
    digits = serializers.CharField(
        allow_blank=True, help_text="two digits that the kiosk shows, too, until somebody has said so"
    )
    visit_state = serializers.CharField(help_text="invited, expected, on_site, …")
    site = serializers.CharField()
    host = serializers.CharField(allow_blank=True)
    begins = serializers.IntegerField()
    until = serializers.IntegerField()
    time_zone = serializers.CharField(help_text="of the site: times are told by its clock")
    server_now = serializers.IntegerField()


def _told(bound: binding.Bound) -> dict[str, Any]:
    visit, device = bound.visit, bound.device
    return {
        "company": current().name,
        "language": visit.language,
        "device_state": device.state,
        "digits": bound.digits,
        "visit_state": visit.state,
        "site": visit.site.name,
        "host": visit.host.name if visit.host else "",
        "begins": int(visit.begins.timestamp()),
        "until": int(visit.ends.timestamp()),
        "time_zone": visit.site.time_zone,
        "server_now": int(time.time()),
    }


def _phone(request: Request) -> Device:
    device, _ = visit_signed(request=signed_http(request), now_ms=clock_ms())
    return device


@device_signed
class BindView(WalletView):
    @extend_schema(
        summary="Bind a visitor's phone by the kiosk's picture, or at home by the link in the mail",
        description=f"{SIGNED} Once per token; the same phone is answered the same. 410 `link_used`, "
        "`link_over`; 409 `key_already_enrolled`: somebody else's phone; `key_revoked`: make a new key.",
        operation_id="visits_bind",
        request=BindRequest,
        responses={201: PhoneVisitAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        proof = signed_http(request)
        form = BindRequest(data=request.data)
        if not form.is_valid():
            raise Refused("malformed", "The request is not as expected.", status=400)
        given = form.validated_data
        hand = binding.Hand(
            proofs.read_key(given["public_key"]), proof, given["label"], client_address(request._request)
        )
        return Response(_told(binding.bind(token=given["token"], hand=hand)), status=201)


@device_signed
class MineView(WalletView):
    @extend_schema(
        summary="The visit that this phone is for",
        description=f"{SIGNED} 404 `no_such_visit`: there is none that is open.",
        operation_id="visits_mine",
        request=None,
        responses={200: PhoneVisitAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        return Response(_told(binding.standing_of(_phone(request))))


@device_signed
class LeaveView(WalletView):
    @extend_schema(
        summary="The visitor leaves: nothing opens any more, at once",
        description=f"{SIGNED} 403 `device_awaiting`, 409 `visit_not_open`.",
        operation_id="visits_leave",
        request=None,
        responses={200: None, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        binding.leave(_phone(request))
        return Response({"server_now": int(time.time())})
