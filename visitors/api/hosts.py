"""A host's visits, from the wallet. Signed by the phone's key; a visitor's phone is refused."""

import datetime as dt
from typing import Any, TypeVar
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credentials.api.privacy import visit as signed_by
from credentials.api.serializers import WalletRefusal
from credentials.api.views import MOST_BODY, SIGNED, WalletView
from credentials.models import Device
from credentials.services.consents import check_confirmed
from visitors import host_visits
from visitors.api.host_shapes import (
    HostChoices,
    HostInvitation,
    HostInvited,
    HostNoticesAnswer,
    HostVisitAnswer,
    HostVisitsAnswer,
    PushSubscriptionGiven,
)
from visitors.models import PushSubscription, Visit
from visitors.notices.choices import choice_of, policy
from visitors.notices.push import vapid_public
from visitors.refusals import Refused, no_such_visit
from visitors.services import hosting, noticing
from visitors.services.host_inviting import Wish, invite_as_host
from visitors.services.planning import Guest

REFUSALS = {
    (status, "application/json"): OpenApiResponse(WalletRefusal)
    for status in (400, 401, 403, 404, 409, 422, 429)
}
MOST_INVITATION = 64 * 1024  # a hundred guests with what their names need
T = TypeVar("T", bound=serializers.Serializer[None])


def host_device(request: Request, most: int = MOST_BODY) -> tuple[Device, int]:
    """The host's phone and when it asks (unix milliseconds), in a request of so many bytes at most.

    Raises Refused: as every request of the wallet, device_awaiting, not_a_host, host_left.
    """
    device, _, now_ms = signed_by(request, most)
    check_confirmed(device)
    hosting.check_host(device.holder)
    return device, now_ms


def checked(shape: type[T], told: Any) -> dict[str, Any]:
    """What a phone has told, in its shape. Raises Refused("malformed")."""
    form = shape(data=told)
    if not form.is_valid():
        raise Refused("malformed", "The request is not as expected.", status=400)
    found: dict[str, Any] = form.validated_data
    return found


def _visit(visit: Visit) -> dict[str, Any]:
    may = host_visits.may(visit)
    return {
        "id": str(visit.pk),
        "number": visit.handle,
        "name": visit.holder.name,
        "firm": visit.firm,
        "state": visit.state,
        "waits": visit.waits,
        "walk_in": visit.walk_in,
        "arrived_at": visit.arrived_at and int(visit.arrived_at.timestamp()),
        "begins": int(visit.begins.timestamp()),
        "ends": int(visit.ends.timestamp()),
        "site": visit.site.name,
        "time_zone": visit.site.time_zone,
        "type": visit.type.name,
        "may": {"admit": may.admit, "decline": may.decline, "cancel": may.cancel},
    }


def _notices(device: Device) -> dict[str, Any]:
    own, company = choice_of(device.holder), policy()
    return {
        "mail": own.mail,
        "push": own.push,
        "company_mail": company.mail,
        "company_push": company.push,
        "subscribed": PushSubscription.objects.filter(device=device).exists(),
        "vapid_key": vapid_public(),
    }


class HostVisitsView(WalletView):
    @extend_schema(
        summary="The visits of this phone's holder: who waits, who is in, who is coming",
        description=f"{SIGNED} 403 `not_a_host` for a visitor's phone.",
        responses={200: HostVisitsAnswer, **REFUSALS},
    )
    def get(self, request: Request) -> Response:
        device, now_ms = host_device(request)
        sites, kinds = host_visits.sites(), host_visits.kinds_of_visit()
        told = {
            "visits": [_visit(visit) for visit in host_visits.shown_to(device.holder)],
            "sites": [{"id": one.pk, "name": one.name, "time_zone": one.time_zone} for one in sites],
            "types": [{"id": str(one.pk), "name": one.name, "minutes": one.length_minutes} for one in kinds],
            "notices": _notices(device),
            "server_now": now_ms // 1000,
        }
        return private(told)

    @extend_schema(
        summary="Invite one guest or several, once or in a series",
        description=(
            f"{SIGNED} Guests are told by mail with a calendar file. Sent again, nobody is invited twice. "
            "422 `guest_twice`, `too_many_at_once`, `series_ends_first`, `series_too_long`."
        ),
        request=HostInvitation,
        responses={201: HostInvited, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        device, now_ms = host_device(request, MOST_INVITATION)
        visits = invite_as_host(host=device.holder, wish=_wish(checked(HostInvitation, request.data)))
        told = {"visit": _visit(visits[0]), "invited": len(visits), "server_now": now_ms // 1000}
        return private(told, status=201)


def _wish(given: dict[str, Any]) -> Wish:
    try:
        begins = dt.datetime.fromisoformat(given["begins"])
    except ValueError:
        raise Refused("malformed", "The request is not as expected.", status=400) from None
    return Wish(
        guests=[
            Guest(one["name"], one["email"], one["firm"], given["language"])
            for one in [given, *given["more"]]
        ],
        type=given["type"],
        site=given["site"],
        begins=begins,
        minutes=given["minutes"],
        subject=given["subject"],
        repeat=given["repeat"],
        until=given["until"],
    )


class _DeedView(WalletView):
    """One deed upon one visit of the host's."""

    deed: str

    def do(self, request: Request, pk: UUID) -> Response:
        device, now_ms = host_device(request)
        visit = Visit.objects.filter(pk=pk, host=device.holder).first()
        if visit is None:
            raise no_such_visit()
        row = getattr(hosting, self.deed)(visit=visit, host=device.holder)
        return private({"visit": _visit(row), "server_now": now_ms // 1000})


class HostAdmitView(_DeedView):
    deed = "admit_as_host"

    @extend_schema(
        summary="Let in a visitor who waits",
        description=f"{SIGNED} A second time does nothing. 409 `not_waiting`, `reception_decides`.",
        request=None,
        responses={200: HostVisitAnswer, **REFUSALS},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return self.do(request, pk)


class HostDeclineView(_DeedView):
    deed = "decline_as_host"

    @extend_schema(
        summary="Decline a visitor who waits",
        description=f"{SIGNED} A second time does nothing. 409 `not_waiting`.",
        request=None,
        responses={200: HostVisitAnswer, **REFUSALS},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return self.do(request, pk)


class HostCancelView(_DeedView):
    deed = "cancel_as_host"

    @extend_schema(
        summary="Call off a visit that has not begun",
        description=f"{SIGNED} The guest is told by mail. A second time does nothing.",
        request=None,
        responses={200: HostVisitAnswer, **REFUSALS},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return self.do(request, pk)


class HostNoticesView(WalletView):
    @extend_schema(
        summary="Choose by what one is told of visitors",
        description=SIGNED,
        request=HostChoices,
        responses={200: HostNoticesAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        device, now_ms = host_device(request)
        given = checked(HostChoices, request.data)
        noticing.choose_for_host(holder=device.holder, **given)
        return private({"notices": _notices(device), "server_now": now_ms // 1000})


class HostPushView(WalletView):
    @extend_schema(
        summary="Push notices to this phone's browser from now on",
        description=f"{SIGNED} It takes the place of what was said before. 422 `push_address_wrong`.",
        request=PushSubscriptionGiven,
        responses={200: HostNoticesAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        device, now_ms = host_device(request)
        noticing.subscribe(device=device, **checked(PushSubscriptionGiven, request.data))
        return private({"notices": _notices(device), "server_now": now_ms // 1000})


class HostPushEndView(WalletView):
    @extend_schema(
        summary="Push nothing to this phone's browser any more",
        description=SIGNED,
        request=None,
        responses={200: HostNoticesAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        device, now_ms = host_device(request)
        noticing.unsubscribe(device=device)
        return private({"notices": _notices(device), "server_now": now_ms // 1000})


def private(told: dict[str, Any], status: int = 200) -> Response:
    """An answer that nothing keeps."""
    answer = Response(told, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
