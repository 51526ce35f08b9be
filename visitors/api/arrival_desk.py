"""Whoever looks for their host at a kiosk, brings something, or leaves. Signed by the kiosk's key."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from visitors.api import arrival_shapes as shapes
from visitors.api.arrivals import REFUSALS
from visitors.api.kiosk_auth import KioskView, checked, kiosk_of, malformed
from visitors.api.kiosks import SIGNED
from visitors.notices import tell_delivery
from visitors.services import leaving


class HostsView(KioskView):
    """Whom one can visit."""

    @extend_schema(
        summary="Look for a host",
        description=f"{SIGNED} Active staff alone, five at most; 422 `term_too_short` under three letters.",
        operation_id="kiosk_hosts",
        request=shapes.HostsRequest,
        responses={200: shapes.HostsAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Names and ids."""
        given = checked(shapes.HostsRequest, request.data)
        found = leaving.find_hosts(kiosk=kiosk_of(request), term=given["term"])
        return Response({"hosts": [{"id": str(one.pk), "name": one.name} for one in found]})


class DeliveriesView(KioskView):
    """Something was brought."""

    @extend_schema(
        summary="Tell somebody that something was brought for them",
        description=SIGNED,
        operation_id="kiosk_deliveries",
        request=shapes.DeliveryRequest,
        responses={201: None, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """201 where they are told."""
        given, kiosk = checked(shapes.DeliveryRequest, request.data), kiosk_of(request)
        host = leaving.host_of_delivery(kiosk=kiosk, host=given["host"])
        tell_delivery(host, kiosk, given["language"])
        return Response({}, status=201)


class LeavingView(KioskView):
    """Somebody leaves."""

    @extend_schema(
        summary="Leave: by the code, by the day pass, or by telling the name",
        description=f"{SIGNED} Code and pass sign out at once; a name shows nothing, and reception is told.",
        operation_id="kiosk_leaving",
        request=shapes.LeavingRequest,
        responses={200: shapes.LeavingAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Whether they are signed out, or reception was told."""
        given, kiosk = checked(shapes.LeavingRequest, request.data), kiosk_of(request)
        if code := given.get("code"):
            leaving.leave_with_code(kiosk=kiosk, code=code)
        elif digits := given.get("pass"):
            leaving.leave_with_pass(kiosk=kiosk, digits=digits)
        elif name := given.get("name"):
            leaving.leave_by_name(kiosk=kiosk, name=name, language=given["language"])
            return Response({"outcome": "told"})
        else:
            raise malformed()
        return Response({"outcome": "signed_out"})
