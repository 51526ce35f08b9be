"""Leading phones over when the company's address changes.

A passkey is bound to the host it was made at, and the key of an installed wallet lies where its page was
opened: neither can be carried over, so every holder with a confirmed phone is invited to enrol it anew.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Count, Q

from credentials.models import Device, DeviceState, Holder, HolderState, Passkey
from credentials.selectors import code_policy
from credentials.services.invitations import invite_holder
from ledger import services as ledger
from tenants import hosts, moving
from tenants.context import current

INVITE_ALL: Final = "company.moved"
INVITE_ONE: Final = "company.moved.holder"
# No mail may name the former host: no process believes longer what it holds of a company.
_SETTLED: Final = dt.timedelta(seconds=hosts.HOLD_SECONDS + 5)


@dataclass(frozen=True, slots=True)
class LeadOver:
    """What a move leaves behind: confirmed phones, their passkeys, and who stands in the way of it.

    `unmailed` people have a confirmed phone and no mail address; `full` people may not enrol another phone.
    """

    phones: int
    passkeys: int
    people: int
    unmailed: int
    full: int


def _affected() -> list[tuple[str, int]]:
    """Mail address and number of confirmed phones of everybody who may still use one."""
    confirmed = Count("devices", filter=Q(devices__state=DeviceState.ACTIVE))
    rows = Holder.objects.exclude(state=HolderState.OFFBOARDED).annotate(confirmed=confirmed)
    return [(one.email, one.confirmed) for one in rows.filter(confirmed__gt=0).select_related("subject")]


def lead_over() -> LeadOver:
    """How many must be led over if the company moved now."""
    affected = _affected()
    most = code_policy().max_phones
    return LeadOver(
        phones=Device.objects.filter(state=DeviceState.ACTIVE).count(),
        passkeys=Passkey.objects.filter(device__state=DeviceState.ACTIVE).count(),
        people=len(affected),
        unmailed=sum(not email for email, _ in affected),
        full=sum(count >= most for _, count in affected),
    )


@transaction.atomic
def move_company(*, subdomain: str, by: str) -> moving.Moved:
    """Give the company another subdomain and invite its people there. Raises tenants.SignUpRefused."""
    lost = lead_over()
    moved = moving.change_subdomain(current().id, subdomain)
    ledger.record(
        actor=by,
        verb="company_moved",
        subject_kind="company",
        data={
            "from": moved.former,
            "to": moved.host,
            "until": int(moved.ends_at.timestamp()),
            "phones": lost.phones,
            "passkeys": lost.passkeys,
        },
    )
    ledger.emit(INVITE_ALL, later=_SETTLED)
    return moved


def invite_all() -> None:
    """One announcement for each person, so that a large company is not one long transaction of mails."""
    confirmed = Holder.objects.filter(state=HolderState.ACTIVE, devices__state=DeviceState.ACTIVE).distinct()
    for pk in confirmed.values_list("pk", flat=True).order_by("pk"):
        ledger.emit(INVITE_ONE, {"holder": str(pk)})


def invite_one(holder_id: str) -> None:
    """Invite a person to the new address; nobody who has no address or was stopped meanwhile."""
    holder = Holder.objects.filter(pk=holder_id, state=HolderState.ACTIVE).select_related("subject").first()
    if holder is not None and holder.email:
        invite_holder(holder=holder, by="system")
