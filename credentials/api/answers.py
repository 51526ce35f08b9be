"""The answer to a request that waits for a phone's holder: its link, and the passphrase no mail has."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.services.deliveries import token_of, waiting_for
from credentials.api.privacy import REFUSALS, PrivacyView, visit
from credentials.api.views import SIGNED
from credentials.refusals import Refused
from credentials.services.consents import check_confirmed
from operators.addresses import page_address


class WaitingAnswer(serializers.Serializer[None]):
    """A locked ZIP (AES-256) behind a link."""

    address = serializers.CharField(help_text="of the page from which it is downloaded")
    passphrase = serializers.CharField(help_text="opens the file; to be shown, never to be kept")
    bytes = serializers.IntegerField()
    expires_at = serializers.IntegerField(help_text="unix seconds")
    server_now = serializers.IntegerField(help_text="unix seconds")


class AnswerView(PrivacyView):
    @extend_schema(
        summary="The answer that waits for this phone's holder, with its passphrase",
        description=f"{SIGNED} 404 `no_answer`: there is none, it ran out, or it is somebody else's.",
        responses={200: WaitingAnswer, **REFUSALS},
    )
    def get(self, request: Request, case: UUID) -> Response:
        device, _, now_ms = visit(request)
        check_confirmed(device)
        row = waiting_for(case, device.holder.subject_id)
        if row is None:
            raise Refused("no_answer", "No answer waits for you here.", status=404)
        answer = Response(
            {
                "address": page_address(f"/privacy/answers/{token_of(row)}/"),
                "passphrase": row.phrase,
                "bytes": row.size,
                "expires_at": int(row.expires_at.timestamp()),
                "server_now": now_ms // 1000,
            }
        )
        answer["Cache-Control"] = "no-store"
        return answer
