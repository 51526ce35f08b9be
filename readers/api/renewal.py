"""Endpoint by which a reader renews its key."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from operators.permissions import device_signed
from readers import services
from readers.api import serializers as shapes
from readers.api.authentication import key_of, reader_of
from readers.api.views import ReaderView, checked, refused
from readers.refusals import ReaderRefused


@device_signed
class KeyView(ReaderView):
    """A new key in the place of the one that signs this."""

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
        try:
            done = services.renew_key(
                reader=reader_of(request),
                signed_with=key_of(request),
                new_key=given["public_key"],
                proof=given["proof"],
                now=timezone.now(),
            )
        except ReaderRefused as refusal:
            raise refused(refusal) from None
        told = {"until_ms": done.until_ms, "sig": done.signature}
        return Response(shapes.RenewedSerializer(told).data, headers={"Cache-Control": "no-store"})
