"""Calendar files of a host's wallet: one with guests handed in, one of a visit taken along."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from credentials.api.views import SIGNED, WalletView
from credentials.models import Language
from visitors import calendar_files
from visitors.api.host_shapes import HostFileAnswer, HostFileBegun, HostFileWish
from visitors.api.hosts import REFUSALS, checked, host_device, private
from visitors.models import OPEN_STATES, GroupRow, Visit
from visitors.refusals import no_such_visit, not_now
from visitors.services import group_files, host_files
from visitors.services.rearranging import sequence_of

_ASKED = [
    OpenApiParameter("type", OpenApiTypes.UUID, required=True),
    OpenApiParameter("site", int, required=True),
    OpenApiParameter("language", str, enum=Language.values, required=True),
]


class HostFileView(WalletView):
    @extend_schema(
        summary="Hand in a calendar file (.ics) and learn whom it would invite",
        description=(
            f"{SIGNED} Its attendees are the guests; nobody has a mail before it is begun. Goes by itself "
            "after a day. 413 `too_large` over 256 kB, 422 `too_many_guests` over 100, `calendar_broken`, "
            "`calendar_cancels`, `no_attendees`."
        ),
        parameters=_ASKED,
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: HostFileAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        _read_past_the_limit_of_forms(request)
        device, now_ms = host_device(request, host_files.MOST_BYTES)
        given = checked(HostFileWish, request.query_params)
        group = host_files.lay_in(
            host=device.holder,
            data=request._request.body,
            kind=given["type"],
            site=given["site"],
            language=given["language"],
        )
        guests = [_guest(line) for line in group.lines.order_by("number")]
        told = {"file": str(group.pk), "guests": guests, "server_now": now_ms // 1000}
        return private(told, status=201)


def _read_past_the_limit_of_forms(request: Request) -> None:
    """A file may be larger than what a form may send; its bytes are read once, and never to a disk."""
    raw = request._request
    raw._body = raw.read(host_files.MOST_BYTES + 1)  # what `body` gives from here on


def _guest(line: GroupRow) -> dict[str, Any]:
    told = group_files.told_of(line)
    return {
        "name": told["name"],
        "email": told["email"],
        "subject": told["subject"],
        "begins": int(told["begins"]),
        "ends": int(told["ends"]),
        "skipped": line.code,
    }


class HostFileBeginView(WalletView):
    @extend_schema(
        summary="Invite whom the file names",
        description=f"{SIGNED} A second time does nothing. 404 `no_such_file`, 422 `nobody_invited`.",
        request=None,
        responses={200: HostFileBegun, **REFUSALS},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        device, now_ms = host_device(request)
        group = host_files.begin(host=device.holder, group=pk)
        return private({"invited": group.rows - group.failed, "server_now": now_ms // 1000})


class HostCalendarView(WalletView):
    @extend_schema(
        summary="A visit for the host's own calendar",
        description=f"{SIGNED} Neither the code nor a link stands in it. 409 `visit_not_open`.",
        responses={
            (200, "text/calendar"): OpenApiResponse(OpenApiTypes.STR, "METHOD:PUBLISH, one event"),
            **REFUSALS,
        },
    )
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        device, _ = host_device(request)
        rows = Visit.objects.select_related("holder__subject", "host__subject", "site")
        visit = rows.filter(pk=pk, host=device.holder).first()
        if visit is None:
            raise no_such_visit()
        if visit.state not in OPEN_STATES:
            raise not_now(visit.get_state_display().lower())
        answer = HttpResponse(
            calendar_files.for_host([(visit, sequence_of(visit))], device.holder.language),
            content_type="text/calendar; charset=utf-8; method=PUBLISH",
        )
        answer["Content-Disposition"] = f'attachment; filename="visit-{visit.handle}.ics"'
        answer["Cache-Control"] = "no-store"
        return answer
