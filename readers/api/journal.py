"""The hand-in of what a reader decided without network."""

import binascii
from contextlib import suppress
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from readers import services
from readers.api import journal_shapes as shapes
from readers.api import serializers as room
from readers.api.authentication import Refused, reader_of
from readers.api.views import SWORN, SwornView, checked
from readers.handin.apart import Away, NotInForm
from readers.handin.told import HandedIn, JournalGap
from readers.refusals import ReaderRefused, Refusal

# 500 entries, each with the longest code that a scan may have and facts of an ordinary size.
MOST_BODY: Final = 4 * 1024 * 1024


class JournalView(SwornView):
    """Where the journal stands, and more of it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the body here, up to a bound of its own: the one of all other requests is lower."""
        if request.method == "POST":
            # One byte more than is allowed tells that it is too long; the signature is over all of it.
            request._body = request.read(MOST_BODY + 1)
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too long before anything is made of it."""
        if len(request._request.body) > MOST_BODY:
            body = {"code": "too_large", "text": "Send fewer entries at once.", "retry": False}
            raise Refused(413, body)
        super().initial(request, *args, **kwargs)

    @extend_schema(operation_id="readers_journal", parameters=[SWORN], responses=shapes.HeadSerializer)
    def get(self, request: Request) -> Response:
        """The last entry that the server has; what comes after it is sent."""
        head = services.journal_head(reader_of(request))
        return Response(shapes.HeadSerializer({"position": head.position, "hash": head.hash}).data)

    @extend_schema(
        operation_id="readers_hand_in",
        parameters=[SWORN],
        request=shapes.HandInSerializer,
        responses={
            200: shapes.HandedInSerializer,
            409: shapes.JournalGapSerializer,
            413: room.RefusalSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        """Take them, one result for each; the same request again changes nothing."""
        try:
            done = _handed_in(request)
        except JournalGap as gap:
            told = ReaderRefused(Refusal.JOURNAL_GAP).as_json()
            raise Refused(409, told | {"position": gap.head.position, "hash": _b64(gap.head.hash)}) from None
        results = [
            {
                "position": one.position,
                "result": one.result.value,
                "code": one.fault.value if one.fault else "",
            }
            for one in done.outcomes
        ]
        # As HandedInSerializer has it, which takes longer for 500 of them than writing these did.
        return Response({"results": results, "position": done.head.position, "hash": _b64(done.head.hash)})


def _handed_in(request: Request) -> HandedIn:
    """Checked beside this process where that can be had; what is not in the form is told by the shape."""
    reader, now = reader_of(request), timezone.now()
    if request._request.content_type == "application/json":
        with suppress(Away, NotInForm):
            return services.hand_in_apart(reader=reader, body=request._request.body, now=now)
    given = checked(shapes.HandInSerializer, request.data)
    entries = [shapes.told_of(one) for one in given["entries"]]
    return services.hand_in(reader=reader, entries=entries, now=now, after=given.get("after"))


def _b64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()
