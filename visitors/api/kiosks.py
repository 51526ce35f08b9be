"""What a kiosk calls on its own account: paired, its state, left by staff."""

import datetime as dt
import time

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from operators.permissions import public
from readers.limits import pairing_tries
from tenants import context
from tenants.client_address import client_address
from visitors import services
from visitors.api import kiosk_shapes as shapes
from visitors.api.kiosk_auth import BytesView, KioskView, SaysWhy, checked, kiosk_of
from visitors.kiosk_state import state_of
from visitors.refusals import Refused
from visitors.services.handing_in import SealedItem, decode, hand_in
from visitors.services.seals import seal_key

SIGNED = "Signed by the kiosk's key (RFC 9421; keyid `kiosk:<company>:<handle>`, alg `ecdsa-p256-sha256`)."
REFUSALS = {
    (status, "application/json"): OpenApiResponse(shapes.KioskRefusal) for status in (400, 401, 403, 429)
}


@public("the typed code and the proof of the new key are what admits a kiosk")
class PairView(SaysWhy):
    """Pair a kiosk with a code from the console."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(
        summary="Pair a tablet as a kiosk",
        operation_id="kiosks_pair",
        request=shapes.KioskPairRequest,
        responses={201: shapes.KioskPaired, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Answer with all that the kiosk must remember."""
        company = context.current()
        tries = pairing_tries(company.id, client_address(request._request))
        if tries.exhausted():
            text = "Too many tries. Wait a minute, then type the code again."
            raise Refused("rate_limited", text, status=429, retry=True, wait=60)
        given = checked(shapes.KioskPairRequest, request.data)
        proof = services.KioskProof(
            code=given["code"],
            public_key=given["public_key"],
            algorithm=given["algorithm"],
            nonce=given["nonce"],
            signature=given["proof"],
        )
        try:
            kiosk = services.pair(company=company.uid, proof=proof, now=timezone.now()).kiosk
        except Refused:
            tries.count()
            raise
        told = {
            "kiosk": kiosk.handle,
            "name": kiosk.name,
            "company_id": company.id,
            "company_uid": company.uid.hex(),
            "company_name": company.name,
            "seal_key": seal_key(),
            "server_now": int(time.time()),
        }
        return Response(shapes.KioskPaired(told).data, status=201)


class StateView(KioskView):
    """What the kiosk shows, and what it still holds."""

    @extend_schema(
        summary="How the kiosk is set up, and which types of visit there are",
        description=SIGNED,
        operation_id="kiosk_state",
        request=shapes.KioskStateRequest,
        responses={200: shapes.KioskStateAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """The state; `waiting` is noted for the console."""
        kiosk = kiosk_of(request)
        given = checked(shapes.KioskStateRequest, request.data)
        services.heard(kiosk=kiosk, now=timezone.now(), waiting=given["waiting"])
        told = state_of(kiosk, company=context.current().name, now=int(time.time()))
        return Response(shapes.KioskStateAnswer(told).data)


class SealedView(BytesView):
    """What the kiosk took while there was no network."""

    most_body = shapes.LONGEST_SEALED + 100_000

    @extend_schema(
        summary="Hand in sign-ins that were taken without network",
        description=f"{SIGNED} Sealed by HPKE (RFC 9180), base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, "
        "AES-256-GCM; `info` binds each to company, kiosk and id. What is not in `taken` is to be kept.",
        operation_id="kiosk_sealed",
        request=shapes.SealedRequest,
        responses={200: shapes.SealedAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Which were taken, and which of them are broken."""
        given = checked(shapes.SealedRequest, request.data)
        items = [
            SealedItem(one["id"], dt.datetime.fromtimestamp(one["taken_at"], dt.UTC), decode(one["sealed"]))
            for one in given["items"]
        ]
        rows = hand_in(kiosk=kiosk_of(request), items=items)
        told = {
            "taken": [row.pk for row in rows],
            "broken": [{"id": row.pk, "code": row.code} for row in rows if row.code],
            "server_now": int(time.time()),
        }
        return Response(shapes.SealedAnswer(told).data)


class ExitView(KioskView):
    """Staff leave full screen."""

    @extend_schema(
        summary="Leave the kiosk's full screen by its code",
        description=f"{SIGNED} 403 `exit_code_wrong`; 429 `too_many_tries` after ten wrong ones in an hour.",
        operation_id="kiosk_exit",
        request=shapes.KioskExitRequest,
        responses={204: None, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """204 where the code is right."""
        given = checked(shapes.KioskExitRequest, request.data)
        services.leave_full_screen(kiosk=kiosk_of(request), code=given["code"])
        return Response(status=204)
