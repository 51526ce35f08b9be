"""Pushes to a host's browsers: encrypted for each, signed as ours, with no more in them than is needed."""

import json
import os
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.db.models import F
from django.utils import timezone

from credentials.models import DeviceState
from ledger import services as ledger
from ledger.streams.failure import StreamFailed
from ledger.streams.https import check
from sallyport.keys import b64url, b64url_decode
from tenants.context import current
from vault.fields import ERASED
from vault.models import SecretKey
from vault.services import make_secret_key, secret_key
from visitors.models import PushSubscription
from visitors.notices import outgoing, webpush
from visitors.notices.delivering import deliver
from visitors.notices.kinds import PUSH, Kind, Notice
from visitors.notices.push_texts import PUSHES

GONE: Final = frozenset({404, 410})  # RFC 8030, section 7.3
TRIES: Final = 3  # of one notice
MOST_FAILED: Final = 5  # notices in a row
PAUSES: Final = (timedelta(seconds=5), timedelta(seconds=30))
LIFE: Final = timedelta(hours=1)  # later it is no news
TOKEN_LIFE: Final = 12 * 3600  # seconds; RFC 8292 allows a day


def vapid_key() -> ec.EllipticCurvePrivateKey:
    """The company's key that signs pushes."""
    purpose = SecretKey.Purpose.PUSH
    return webpush.derived_key(secret_key(purpose, make_secret_key(purpose)))


def vapid_public() -> str:
    """Its public half, as a browser wants it: base64url of the point."""
    return b64url(webpush.raw(vapid_key().public_key()))


class Push:
    """To one browser."""

    def __init__(self, subscription: PushSubscription) -> None:
        self.subscription = subscription

    def send(self, notice: Notice) -> None:
        """A browser that takes none any more is forgotten. Raises StreamFailed."""
        url = urlsplit(self.subscription.endpoint)
        status = outgoing.post(url, self._body(notice), self._headers(notice))
        if status in GONE:
            self.subscription.delete()
            return
        check(status)

    def _body(self, notice: Notice) -> bytes:
        keys = webpush.Keys(b64url_decode(self.subscription.p256dh), b64url_decode(self.subscription.auth))
        told = json.dumps(said(notice), separators=(",", ":"), ensure_ascii=False).encode()
        once = ec.generate_private_key(ec.SECP256R1())
        return webpush.encrypt(told, keys, salt=os.urandom(16), once=once)

    def _headers(self, notice: Notice) -> dict[str, str]:
        topic = notice.visit.pk if notice.visit else notice.id
        return {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(LIFE.total_seconds())),
            "Urgency": "high" if notice.kind in {Kind.WAITING, Kind.DELIVERY} else "normal",
            "Topic": b64url(topic.bytes),  # a later notice of a visit takes the place of an earlier one
            "Authorization": webpush.authorization(
                vapid_key(),
                audience=webpush.audience_of(urlsplit(self.subscription.endpoint)),
                contact=f"https://{current().host}/",
                expires=int(time.time()) + TOKEN_LIFE,
            ),
        }


def said(notice: Notice) -> dict[str, Any]:
    """What is pushed: a sentence in the host's language and the visit's id; who it is, the page says."""
    words = PUSHES[notice.kind][notice.host.language if notice.host else "en"]
    visit = str(notice.visit.pk) if notice.visit else None
    return {"kind": notice.kind.value, "title": words, "body": notice.site.name, "visit": visit}


def deliver_push(data: Mapping[str, Any]) -> None:
    """Push one notice to one browser.

    A failure is no exception: its count has to stand, so the next try is a row of its own.
    """
    found = PushSubscription.objects.select_related("device__holder__subject").filter(pk=data["subscription"])
    subscription = found.first()
    if subscription is None or timezone.now().timestamp() - data["at"] > LIFE.total_seconds():
        return
    device = subscription.device
    theirs = device.state == DeviceState.ACTIVE and str(device.holder_id) == data["host"]
    if not theirs or subscription.endpoint == ERASED:
        subscription.delete()
        return
    try:
        deliver(Push(subscription), data)
    except StreamFailed as failed:
        _failed(subscription, data, failed.code)
    else:
        PushSubscription.objects.filter(pk=subscription.pk, failed__gt=0).update(failed=0)


def _failed(subscription: PushSubscription, data: Mapping[str, Any], code: str) -> None:
    tries = int(data.get("tries", 0))
    if code == outgoing.RESTING:  # it was not tried
        ledger.emit(PUSH, dict(data), later=timedelta(seconds=outgoing.REST))
        return
    if tries + 1 < TRIES:
        ledger.emit(PUSH, {**data, "tries": tries + 1}, later=PAUSES[tries])
        return
    mine = PushSubscription.objects.filter(pk=subscription.pk)
    mine.update(failed=F("failed") + 1)
    mine.filter(failed__gte=MOST_FAILED).delete()
