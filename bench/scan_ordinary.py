"""The contrast: the same scan as an ordinary view, as one would write it with Django, DRF and the ORM.

Everything that the room in front of Django does is done here too: signature, policy, decision, used code,
event, ledger row, signed answer. What is missing is what the ordinary way cannot give: a revocation that
commits between the decision and the insert is missed.
"""

import binascii
import time
import uuid
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import AccessEvent, AccessGrant, AccessLevel, AccessPoint
from credentials.models import CodePolicy, Credential, Device
from ledger.models import PendingBatch, PolicyCounter
from readers.api.authentication import ReaderSigned, reader_of
from readers.models import UsedCode
from readers.scanning.answer import PULSE_MS
from sallyport import texts
from sallyport.answers import answer_bytes
from sallyport.codes import OpenedCode, code_hash, open_code
from sallyport.ledger import EventRecord, batch_hash, event_leaf
from sallyport.rules import (
    Assurance,
    CredentialFacts,
    Decision,
    DeviceFacts,
    DoorPolicy,
    GrantFacts,
    Interval,
    Presentation,
    Schedule,
    decide,
)
from tenants import context
from vault import selectors as vault


class ScanSerializer(serializers.Serializer[Any]):
    """The body of a scan."""

    counter = serializers.IntegerField(min_value=1)
    code = serializers.RegexField(r"^[0-9]{252}$")
    at_ms = serializers.IntegerField(min_value=0)


def door_policy(point: AccessPoint) -> DoorPolicy:
    """The policy of the reader's access point."""
    levels: dict[int, tuple[Schedule, ...]] = {}
    found = AccessLevel.objects.filter(rules__access_point=point).prefetch_related("rules__schedule")
    for level in found.distinct():
        levels[level.pk] = tuple(
            Schedule(rule.schedule_id, tuple(Interval(*span) for span in rule.schedule.intervals))
            for rule in level.rules.all()
            if rule.access_point_id == point.pk
        )
    area = point.door.area
    days = frozenset(day.date.toordinal() for day in area.site.special_days.all())
    return DoorPolicy(
        access_point=point.handle,
        door=point.door_id,
        area=area.pk,
        site_zone=area.site.time_zone,
        special_days=days,
        mode=point.door.mode,
        unlock_schedule=None,
        area_lockdown=area.lockdown,
        assurance=Assurance(area.assurance),
        levels=levels,
    )


def judge(opened: OpenedCode, point: AccessPoint, now: int) -> Decision:
    """Read credential, phone and grants, and decide."""
    said = opened.contents
    credential = Credential.objects.select_related("holder").get(handle=said.credential)
    device = Device.objects.get(handle=said.device)
    grants = AccessGrant.objects.filter(holder=credential.holder)
    facts = CredentialFacts(
        credential.handle,
        credential.state,
        credential.holder.state,
        credential.holder.kind,
        None,
        None,
        credential.profile,
        tuple(GrantFacts(grant.level_id) for grant in grants),
    )
    return decide(
        now=now,
        door=door_policy(point),
        presentation=Presentation(opened, Assurance.CODE),
        credential=facts,
        device=DeviceFacts(device.handle, device.state, credential.handle),
    )


class ScanView(APIView):
    """POST /api/v1/scans."""

    authentication_classes = [ReaderSigned]
    permission_classes: list[Any] = []

    def post(self, request: Request) -> Response:
        """Decide, write, answer."""
        given = ScanSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        reader = reader_of(request)
        at_ms = time.time_ns() // 1_000_000
        point = AccessPoint.objects.select_related("door__area__site").get(handle=reader.access_point_id)
        life = CodePolicy.objects.get(pk=1).code_life
        opened = open_code(
            given.validated_data["code"],
            keys=vault.opening_keys(),
            foreign=vault.is_foreign_key,
            now=at_ms // 1000,
            life=life,
        )
        decision = judge(opened, point, at_ms // 1000)
        self._write(reader.handle, point.handle, given.validated_data, opened, decision, at_ms)
        return self._answer(reader.handle, point.handle, given.validated_data, decision)

    def _write(
        self, reader: int, point: int, given: Any, opened: OpenedCode, decision: Decision, at_ms: int
    ) -> None:
        said = opened.contents
        counter = PolicyCounter.objects.get(pk=1)
        event = {
            "reader": reader,
            "counter": given["counter"],
            "access_point": point,
            "credential": said.credential,
            "device": said.device,
            "profile": said.profile,
            "issued": said.issued,
            "nonce": said.nonce,
            "code_hash": code_hash(given["code"]),
            "granted": decision.granted,
            "reason": decision.reason,
            "assurance": 1,
            "policy_epoch": counter.epoch,
            "policy_seq": counter.seq,
            "offline": False,
            "facts": decision.facts_text,
        }
        company = context.current().uid
        leaf = event_leaf(EventRecord(company=company, at_ms=at_ms, reader_at_ms=given["at_ms"], **event))
        batch = uuid.uuid4()
        moment = timezone.now()
        try:
            with transaction.atomic():
                UsedCode.objects.create(device=said.device, issued=said.issued, nonce=said.nonce)
                AccessEvent.objects.create(
                    **event, at=moment, reader_at=moment, batch=batch, batch_index=0, leaf=leaf
                )
                PendingBatch.objects.create(batch=batch, kind="scan", count=1, hash=batch_hash([leaf]))
        except IntegrityError:
            raise serializers.ValidationError("replayed") from None

    def _answer(self, reader: int, point: int, given: Any, decision: Decision) -> Response:
        signed = answer_bytes(
            company=context.current().uid,
            reader=reader,
            counter=given["counter"],
            access_point=point,
            code_hash=code_hash(given["code"]),
            granted=decision.granted,
            reason=decision.reason,
            pulse_ms=PULSE_MS,
        )
        return Response(
            {
                "counter": given["counter"],
                "granted": decision.granted,
                "reason": decision.reason,
                "text": texts.for_person(decision.reason, settings.LANGUAGE_CODE),
                "pulse_ms": PULSE_MS,
                "access_point": point,
                "at_ms": int(time.time() * 1000),
                "sig": binascii.b2a_base64(vault.answer_signer().sign(signed), newline=False).decode(),
            }
        )


urlpatterns = [path("api/v1/scans", ScanView.as_view())]
