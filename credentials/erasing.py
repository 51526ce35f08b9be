"""What erasing leaves of a cardholder: numbers and times. No name, address, phone, key or code."""

import secrets
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from credentials.lost_links import LostLink
from credentials.models import (
    Credential,
    Device,
    DeviceUse,
    Holder,
    HolderState,
    Invitation,
    Passkey,
    UnlockTicket,
)
from credentials.paper import DayPass, DayPassState
from credentials.services.day_passes import revoke_day_pass
from credentials.services.holders import offboard_holder
from vault.fields import empty_columns, filled
from vault.holdings import Item, eraser

PSEUDONYM = "Art. 17(3)(b), (e) GDPR: the door record and the company's deeds name these numbers"
SAID = ("name", "email")
THUMBPRINT_BYTES = 32


@eraser("holder", title="Cardholder, phones, passes and invitations", order=10)
class HolderEraser:
    """Off-boards first, so that no door opens while the rest goes."""

    def plan(self, subject: UUID) -> list[Item]:
        holder = Holder.objects.filter(subject=subject).first()
        if holder is None:
            return []
        going = [
            Item("Access: off-boarded at every door", int(holder.state != HolderState.OFFBOARDED)),
            Item("Name and mail address", filled(_row(subject), *SAID).count()),
            Item("Phones: name and key", _phones(holder).count()),
            *(Item(what, rows.count()) for what, rows in _rows(holder)),
            Item("Day passes: PIN", _with_pins(holder).count()),
        ]
        return [item for item in going if item.count] + _staying(holder)

    def obstacles(self, subject: UUID) -> list[str]:
        return []

    def erase(self, subject: UUID, *, by: str) -> list[Item]:
        holder = Holder.objects.select_for_update(of=("self",)).filter(subject=subject).first()
        if holder is None:
            return []
        leaving = holder.state != HolderState.OFFBOARDED
        offboard_holder(holder=holder, by=by)
        pins = _forget_pins(holder, by)
        gone = [
            Item("Access: off-boarded at every door", int(leaving)),
            Item("Name and mail address", empty_columns(_row(subject), *SAID)),
            Item("Phones: name and key", _forget_phones(holder)),
            *(Item(what, _delete(rows)) for what, rows in _rows(holder)),
            Item("Day passes: PIN", pins),
        ]
        _row(subject).update(email_index=None)
        return [item for item in gone if item.count] + _staying(holder)


def _row(subject: UUID) -> QuerySet[Holder]:
    return Holder.objects.filter(subject=subject)


def _rows(holder: Holder) -> list[tuple[str, QuerySet[Any]]]:
    """What is deleted as a whole, in an order in which nothing refers to what went before."""
    devices = Device.objects.filter(holder=holder)
    return [
        ("Passkeys of phones", Passkey.objects.filter(device__in=devices)),
        ("Open unlocking of phones", UnlockTicket.objects.filter(device__in=devices)),
        ("Last requests of phones", DeviceUse.objects.filter(device__in=devices.values("handle"))),
        ("Invitations", Invitation.objects.filter(holder=holder)),
        ("Links of a lost phone", LostLink.objects.filter(holder=holder)),
    ]


def _staying(holder: Holder) -> list[Item]:
    counts = [
        ("Cardholder's number and kind", 1),
        ("Numbers of credentials", Credential.objects.filter(holder=holder).count()),
        ("Numbers of phones", Device.objects.filter(holder=holder).count()),
        ("Numbers and times of day passes", DayPass.objects.filter(holder=holder).count()),
    ]
    return [Item(what, count, goes=False, ground=PSEUDONYM) for what, count in counts if count]


def _phones(holder: Holder) -> QuerySet[Device]:
    """Those that can still be known again."""
    return Device.objects.filter(holder=holder).exclude(public_key=b"")


def _forget_phones(holder: Holder) -> int:
    """A thumbprint is unique in the table: one that no key has stands in its place."""
    found = list(_phones(holder).order_by("handle"))
    for device in found:
        nobody = secrets.token_urlsafe(THUMBPRINT_BYTES)
        Device.objects.filter(pk=device.pk).update(public_key=b"", thumbprint=nobody, vouched_by="")
    empty_columns(Device.objects.filter(holder=holder), "label")
    return len(found)


def _with_pins(holder: Holder) -> QuerySet[DayPass]:
    return DayPass.objects.filter(holder=holder).exclude(pin_hash=b"")


def _forget_pins(holder: Holder, by: str) -> int:
    for day_pass in DayPass.objects.filter(holder=holder).exclude(state=DayPassState.REVOKED):
        revoke_day_pass(day_pass=day_pass, by=by)
    return _with_pins(holder).update(pin_hash=b"", salt=b"")


def _delete(rows: QuerySet[Any]) -> int:
    return rows.delete()[0]
