"""A lost phone, revoked by its holder from any browser: a mailed link that can do nothing else."""

import datetime as dt
import secrets
import uuid
from typing import Final

from django.db import transaction
from django.utils import timezone

from credentials.lost_links import LostLink
from credentials.models import Device, DeviceState, Holder, HolderState
from credentials.refusals import Refused
from credentials.services.holders import email_index
from credentials.services.phones import revoke_device
from ledger import services as ledger
from operators.services.throttling import Limit, take
from sallyport.keys import b64url
from vault.services import hash_token

LIFE: Final = dt.timedelta(minutes=30)
BROWSER_LIFE: Final = dt.timedelta(minutes=15)
KEEP: Final = dt.timedelta(days=1)
TOKEN_BYTES: Final = 16
ASKED_ADDRESS: Final = Limit("lost_address", 3, dt.timedelta(hours=1))
ASKED_PLACE: Final = Limit("lost_place", 20, dt.timedelta(hours=1))
MAIL_LINK: Final = "mail.lost_link"
MAIL_RECEIPT: Final = "mail.phones_revoked"


def ask_for_link(*, email: str, place: str) -> None:
    """Somebody lost a phone. Says nothing, does the same work, for known and unknown addresses."""
    within = [take(ASKED_ADDRESS, email), take(ASKED_PLACE, place)]
    if not all(within):
        return
    now = timezone.now()
    with transaction.atomic():
        LostLink.objects.filter(expires_at__lt=now - KEEP).delete()
        present = Holder.objects.exclude(state=HolderState.OFFBOARDED)
        holder = present.filter(email_index=email_index(email)).first()
        link = LostLink(id=uuid.uuid4(), holder=holder, expires_at=now + LIFE)
        link.token_hash = _hash(token_of(link))
        link.save(force_insert=True)
        ledger.emit(MAIL_LINK, {"link": str(link.pk)})


def token_of(link: LostLink) -> str:
    """The token in the mailed address: 128 bits that need the company's key, the same when sent again."""
    return b64url(hash_token("lost.token", str(link.pk))[:TOKEN_BYTES])


def usable(token: str) -> LostLink | None:
    """The link of a token: not used, not run out. Looking uses nothing up."""
    found = LostLink.objects.select_related("holder__subject").filter(
        token_hash=_hash(token), used_at=None, expires_at__gt=timezone.now()
    )
    link = found.first()
    if link is None or link.holder is None or link.holder.state == HolderState.OFFBOARDED:
        return None
    return link


@transaction.atomic
def use_link(*, token: str) -> str:
    """Use the link up; the secret that the browser shows from then on. Raises Refused("link_used_up").

    The holder's other links end with it.
    """
    link = usable(token)
    if link is None or link.holder is None:
        raise _used_up()
    # One at a time: of two browsers with one link the second finds it used.
    holder = Holder.objects.select_for_update(of=("self",)).get(pk=link.holder.pk)
    if usable(token) is None:
        raise _used_up()
    now, secret = timezone.now(), secrets.token_urlsafe(TOKEN_BYTES)
    LostLink.objects.filter(holder=holder, used_at=None).update(used_at=now)
    LostLink.objects.filter(pk=link.pk).update(browser_hash=_hash(secret), browser_until=now + BROWSER_LIFE)
    ledger.record(
        actor=f"holder:{holder.handle}", verb="lost_link_used", subject_kind="holder", handle=holder.handle
    )
    return secret


def holder_of(secret: str) -> Holder | None:
    """Whose link was used by the browser that shows this secret."""
    found = LostLink.objects.select_related("holder__subject").filter(
        browser_hash=_hash(secret), browser_until__gt=timezone.now()
    )
    link = found.first() if secret else None
    if link is None or link.holder is None or link.holder.state == HolderState.OFFBOARDED:
        return None
    return link.holder


@transaction.atomic
def revoke_lost(*, holder: Holder, phone: uuid.UUID | None) -> int:
    """Revoke one phone of this holder, or with None each; returns how many, and sends a receipt.

    A phone of somebody else is none of theirs: nothing happens to it.
    """
    # With a new phone being bound at the same time: it waits, or it is among those that end.
    Holder.objects.select_for_update(of=("self",)).get(pk=holder.pk)
    found = Device.objects.filter(holder=holder).exclude(state=DeviceState.REVOKED).order_by("handle")
    devices = list(found if phone is None else found.filter(pk=phone))
    for device in devices:
        revoke_device(device=device, reason="lost", by=f"holder:{holder.handle}")
    if devices:
        told = [str(device.pk) for device in devices]
        ledger.emit(MAIL_RECEIPT, {"holder": str(holder.pk), "devices": told})
    return len(devices)


def _used_up() -> Refused:
    return Refused("link_used_up", "This link was used or has run out. Ask for a new one.", status=410)


def _hash(token: str) -> bytes:
    return hash_token("lost.link", token)
