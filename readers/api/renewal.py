"""Endpoint by which a reader renews its key."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from operators.permissions import device_signed
from readers import services
from readers.api import serializers as shapes
from readers.api.authentication import ReaderSigned, key_of, reader_of, signed_request_of
from readers.api.views import ReaderView, checked, refused
from readers.refusals import ReaderRefused


class SignedToRenew(ReaderSigned):
    """Under either key; what the request is a use of, only its body tells."""

    uses_key = False


@device_signed
class KeyView(ReaderView):
    """A new key in the place of the one that signs this."""

    authentication_classes = [SignedToRenew]

    @extend_schema(
        operation_id="readers_key",
        request=shapes.NewKeySerializer,
        responses={
            200: shapes.RenewedSerializer,
            401: shapes.RefusalSerializer,
            403: shapes.RefusalSerializer,
            409: shapes.RefusalSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        """Take it; the same again, under the old key or the new one, is answered the same."""
        given = checked(shapes.NewKeySerializer, request.data)
        wish = services.Wish(
            new_key=given["public_key"],
            proof=given["proof"],
            signed_with=key_of(request),
            created=signed_request_of(request).created,
        )
        try:
            done = services.renew_key(reader=reader_of(request), wish=wish, now=timezone.now())
        except ReaderRefused as refusal:
            raise refused(refusal) from None
        told = {"until_ms": done.until_ms, "sig": done.signature}
        return Response(shapes.RenewedSerializer(told).data, headers={"Cache-Control": "no-store"})
