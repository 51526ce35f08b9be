"""What a phone's holder asks about their data, and how that stands. Signed by the phone's key."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.models import Case, CaseKind, CaseState, Language, Via
from credentials.api.privacy import REFUSALS, PrivacyView, visit
from credentials.api.views import SIGNED
from credentials.refusals import Refused
from credentials.services.consents import check_confirmed
from credentials.services.requests import MOST_SHOWN, Wish, ask, requests_of

MOST_WORDS = 800  # the bodies of phones are small


class DataRequestWish(serializers.Serializer[None]):
    id = serializers.UUIDField(help_text="new for each request; the same when one is sent again")
    kind = serializers.ChoiceField(CaseKind.values)
    message = serializers.CharField(
        max_length=MOST_WORDS, allow_blank=True, default="", help_text="what else the person says"
    )
    language = serializers.ChoiceField(Language.values, help_text="of the answer")


class DataRequest(serializers.Serializer[None]):
    """A request about the holder's data. Times in unix seconds."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(CaseKind.values)
    via = serializers.ChoiceField(Via.values)
    state = serializers.ChoiceField(CaseState.values)
    received_at = serializers.IntegerField()
    answer_by = serializers.IntegerField(allow_null=True, help_text="the end of the last day")
    extended = serializers.BooleanField()
    answered_at = serializers.IntegerField(allow_null=True)
    closed_at = serializers.IntegerField(allow_null=True)


class DataRequestAnswer(serializers.Serializer[None]):
    request = DataRequest()
    server_now = serializers.IntegerField(help_text="unix seconds")


class DataRequestsAnswer(serializers.Serializer[None]):
    requests = DataRequest(many=True)
    server_now = serializers.IntegerField(help_text="unix seconds")


def _told(case: Case) -> dict[str, Any]:
    return {
        "id": str(case.pk),
        "number": case.number,
        "kind": case.kind,
        "via": case.via,
        "state": case.state,
        "received_at": int(case.received_at.timestamp()),
        "answer_by": case.answer_by and int(case.answer_by.timestamp()),
        "extended": case.extended_at is not None,
        "answered_at": case.answered_at and int(case.answered_at.timestamp()),
        "closed_at": case.closed_at and int(case.closed_at.timestamp()),
    }


class RequestsView(PrivacyView):
    @extend_schema(
        summary="What was asked about this phone's holder, by whichever way, newest first",
        description=SIGNED,
        responses={200: DataRequestsAnswer, **REFUSALS},
    )
    def get(self, request: Request) -> Response:
        device, _, now_ms = visit(request)
        check_confirmed(device)
        found = [_told(case) for case in requests_of(device)[:MOST_SHOWN]]
        return Response({"requests": found, "server_now": now_ms // 1000})

    @extend_schema(
        summary="Ask for something about the holder's data",
        description=f"{SIGNED} `id` is chosen by the phone: sent again with it, nothing is asked twice.",
        request=DataRequestWish,
        responses={201: DataRequestAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        device, _, now_ms = visit(request)
        form = DataRequestWish(data=request.data)
        if not form.is_valid():
            raise Refused("malformed", "The request is not as expected.", status=400)
        given = form.validated_data
        wish = Wish(given["id"], CaseKind(given["kind"]), given["message"], given["language"])
        case = ask(device=device, wish=wish)
        return Response({"request": _told(case), "server_now": now_ms // 1000}, status=201)
