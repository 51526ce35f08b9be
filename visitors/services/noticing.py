"""What a company and its hosts choose to be told by. Each choice of the company's is a deed on record."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from credentials.models import Device, Holder
from ledger import services as ledger
from ledger.models import StreamKind
from ledger.streams import guard
from ledger.streams import target as targets
from ledger.streams.failure import StreamFailed
from sallyport.keys import b64url_decode
from visitors.models import HostChoice, NoticePolicy, PushSubscription
from visitors.notices import webhook, webpush
from visitors.notices.webhook import Hook
from visitors.refusals import Refused

MOST_ENDPOINT: Final = 1000


@dataclass(frozen=True, slots=True)
class Ways:
    """By what hosts are told, and when everybody is signed out (an hour at the site, or None)."""

    mail: bool
    push: bool
    closing_hour: int | None
    names: bool = False


@transaction.atomic
def choose_ways(*, ways: Ways, by: str) -> NoticePolicy:
    """Set the company's choices; `names` says whether its webhook, where there is one, tells names."""
    row = _held()
    before = _told(row)
    row.mail, row.push, row.closing_hour = ways.mail, ways.push, ways.closing_hour
    hook = webhook.hook_of(row)
    if hook is not None and hook.names != ways.names:
        webhook.keep(row, replace(hook, names=ways.names))
    row.save()
    after = _told(row)
    if after != before:
        ledger.record(actor=by, verb="notice_ways_chosen", subject_kind="company", data=after)
    return row


def set_webhook(*, address: str, authority: str, names: bool, by: str) -> str:
    """Set or replace the webhook; the new secret, told here and never again.

    Raises ledger.streams.target.StreamRefused.
    """
    # Asks for a name: not inside the transaction.
    made = targets.made(StreamKind.WEBHOOK, address, authority)
    with transaction.atomic():
        row = _held()
        webhook.keep(row, Hook(made.address, made.authority, names, made.secret))
        row.save()
        data = {"host": made.host, "names": names}
        ledger.record(actor=by, verb="notice_webhook_set", subject_kind="company", data=data)
    return made.secret


@transaction.atomic
def remove_webhook(*, by: str) -> None:
    """Forget the webhook and its secret. A second time does nothing."""
    row = _held()
    if not row.webhook:
        return
    row.webhook, row.webhook_secret = b"", b""
    row.save()
    ledger.record(actor=by, verb="notice_webhook_removed", subject_kind="company", data={})


def try_webhook(*, by: str) -> None:
    """Send a message that says nothing. Raises StreamFailed; Refused where there is no webhook."""
    hook = webhook.hook_of(NoticePolicy.objects.filter(pk=1).first() or NoticePolicy())
    if hook is None:
        raise Refused("no_webhook", "No webhook is set.", status=404)
    with transaction.atomic():
        ledger.record(actor=by, verb="notice_webhook_tried", subject_kind="company", data={})
    at = int(dt.datetime.now(dt.UTC).timestamp())
    webhook.post(hook, {"event": "test", "at": at}, f"test-{uuid.uuid4()}")


@transaction.atomic
def choose_for_host(*, holder: Holder, mail: bool, push: bool) -> HostChoice:
    """What one host wants to be told by."""
    choice, _ = HostChoice.objects.update_or_create(holder=holder, defaults={"mail": mail, "push": push})
    return choice


def subscribe(*, device: Device, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """Keep where this phone's browser takes pushes, in the place of what it said before.

    Raises Refused: push_address_wrong (no https, too long, or a place where we do not connect),
    push_keys_wrong.
    """
    _check_endpoint(endpoint)
    try:
        webpush.Keys(b64url_decode(p256dh), b64url_decode(auth))
    except ValueError:
        raise Refused("push_keys_wrong", "The browser's keys are not as expected.", status=422) from None
    with transaction.atomic():
        Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
        PushSubscription.objects.filter(device=device).delete()
        return PushSubscription.objects.create(
            device=device, endpoint=endpoint, p256dh=p256dh, auth=auth, made_at=timezone.now()
        )


def unsubscribe(*, device: Device) -> None:
    """Push nothing to this phone any more. A second time does nothing."""
    PushSubscription.objects.filter(device=device).delete()


def _check_endpoint(endpoint: str) -> None:
    wrong = Refused("push_address_wrong", "The browser's address for pushes cannot be used.", status=422)
    if len(endpoint) > MOST_ENDPOINT or not endpoint.isascii() or not endpoint.isprintable():
        raise wrong
    try:
        url = urlsplit(endpoint)
        port = url.port or 443
    except ValueError:
        raise wrong from None
    if url.scheme != "https" or not url.hostname or url.username or url.password or " " in endpoint:
        raise wrong
    try:
        guard.address_of(url.hostname, port)
    except StreamFailed:
        raise wrong from None


def _held() -> NoticePolicy:
    NoticePolicy.objects.get_or_create(pk=1)
    return NoticePolicy.objects.select_for_update().get(pk=1)


def _told(row: NoticePolicy) -> dict[str, object]:
    hook = webhook.hook_of(row)
    told: dict[str, object] = {"mail": row.mail, "push": row.push}
    told |= {"closing_hour": row.closing_hour} if row.closing_hour is not None else {}
    return told | ({"names": hook.names} if hook else {})
