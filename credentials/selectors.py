"""Reads of this room."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone

from credentials.lives import CodeLife
from credentials.models import (
    LIVE_CREDENTIAL_STATES,
    CodePolicy,
    Credential,
    Device,
    DeviceState,
    DeviceUse,
    Holder,
    HolderState,
    Invitation,
    InvitationState,
    Passkey,
)
from credentials.names import holder_names
from credentials.paper import Branding

PAGE = 50
MOST_FOUND = 500
PRESENT = "PRESENT"  # active and suspended ones: what a list shows unless asked otherwise


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of people is asked for."""

    text: str = ""
    kind: str = ""
    state: str = PRESENT
    page: str | int = 1


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in a list. The name comes from the index: no row is decrypted."""

    id: UUID
    handle: int
    name: str
    kind: str
    state: str
    phones: int
    awaiting: int
    invited: bool


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A phone that awaits its confirmation."""

    device: Device
    name: str


def code_policy() -> CodePolicy:
    """The company's choices, or the defaults where none was made."""
    return CodePolicy.objects.filter(pk=1).first() or CodePolicy()


def code_lives() -> tuple[tuple[int, int], ...]:
    """How long codes lived, rising: (unix second since when, seconds). The last is what stands now."""
    found = [
        (int(since.timestamp()), life) for since, life in CodeLife.objects.order_by("since").values_list()
    ]
    now = code_policy().code_life
    if not found:
        return ((0, now),)
    if found[-1][1] != now:  # changed past the service: since when nobody knows, from here on it is so
        found.append((int(timezone.now().timestamp()), now))
    return tuple(found)


def branding() -> Branding:
    """How codes and passes look, or the defaults where nothing was chosen."""
    return Branding.objects.filter(pk=1).first() or Branding()


def get_holder(pk: UUID) -> Holder:
    """The holder with this id. Raises Http404, also for one of another company."""
    holder = Holder.objects.select_related("subject").filter(pk=pk).first()
    if holder is None:
        raise Http404
    return holder


def get_phone(pk: UUID) -> Device:
    """The phone with this id and its holder. Raises Http404, also for one of another company."""
    device = Device.objects.select_related("holder__subject").filter(pk=pk).first()
    if device is None:
        raise Http404
    return device


def live_credential(holder: Holder) -> Credential | None:
    return Credential.objects.filter(holder=holder, state__in=LIVE_CREDENTIAL_STATES).first()


def open_invitation(holder: Holder) -> Invitation | None:
    """The invitation whose code still binds a phone."""
    return Invitation.objects.filter(
        holder=holder, state=InvitationState.OPEN, expires_at__gt=timezone.now()
    ).first()


def newest_other_phone(device: Device, since: datetime) -> Device | None:
    """The holder's newest other phone, enrolled since then and not revoked."""
    others = Device.objects.filter(holder_id=device.holder_id, enrolled_at__gt=since)
    others = others.exclude(pk=device.pk).exclude(state=DeviceState.REVOKED)
    return others.select_related("holder__subject").order_by("-enrolled_at").first()


def count_passkeys(device: Device, rp_id: str) -> int:
    """How many passkeys this phone has registered at this host."""
    return Passkey.objects.filter(device=device, rp_id=rp_id).count()


def waiting_phone(device: Device) -> Device | None:
    """The holder's other phone that has waited longest for an answer."""
    others = Device.objects.filter(holder_id=device.holder_id, state=DeviceState.AWAITING)
    return others.exclude(pk=device.pk).select_related("holder__subject").order_by("handle").first()


def has_confirmed_phone(device: Device) -> bool:
    """Whether another phone of the holder could answer for this one."""
    others = Device.objects.filter(holder_id=device.holder_id, state=DeviceState.ACTIVE)
    return others.exclude(pk=device.pk).exists()


def phones_of(holder: Holder) -> list[Device]:
    """Newest first, revoked ones included; each with `passkeys_held`, its number of passkeys."""
    rows = Device.objects.filter(holder=holder).select_related("holder__subject")
    return list(rows.annotate(passkeys_held=Count("passkeys")))


def last_uses(handles: Iterable[int]) -> dict[int, int]:
    """Device handle → unix milliseconds of its last request; phones that never asked are missing."""
    return dict(DeviceUse.objects.filter(device__in=list(handles)).values_list("device", "seen_at"))


def phones_awaiting() -> list[PhoneLine]:
    """Phones that an operator has yet to confirm, oldest first."""
    waiting = Device.objects.filter(state=DeviceState.AWAITING, holder__state=HolderState.ACTIVE)
    devices = list(waiting.select_related("holder__subject").order_by("handle"))
    names = holder_names.names(device.holder.handle for device in devices)
    return [PhoneLine(device, names.get(device.holder.handle, "")) for device in devices]


def _among(wanted: Wanted) -> set[int] | None:
    rows = Holder.objects.all()
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state == PRESENT:
        rows = rows.exclude(state=HolderState.OFFBOARDED)
    elif wanted.state:
        rows = rows.filter(state=wanted.state)
    return None if not (wanted.kind or wanted.state) else set(rows.values_list("handle", flat=True))


def _lines(handles: Iterable[int]) -> list[PersonLine]:
    wanted = list(handles)
    live = Q(devices__state=DeviceState.ACTIVE)
    open_ = Q(invitations__state=InvitationState.OPEN, invitations__expires_at__gt=timezone.now())
    rows = (
        Holder.objects.filter(handle__in=wanted)
        .defer("name", "email")
        .annotate(
            phones=Count("devices", filter=live, distinct=True),
            awaiting=Count("devices", filter=Q(devices__state=DeviceState.AWAITING), distinct=True),
            invited=Count("invitations", filter=open_, distinct=True),
        )
    )
    by_handle = {row.handle: row for row in rows}
    names = holder_names.names(wanted)
    return [
        PersonLine(
            id=row.id,
            handle=row.handle,
            name=names.get(row.handle, ""),
            kind=row.get_kind_display(),
            state=row.state,
            phones=row.phones,
            awaiting=row.awaiting,
            invited=bool(row.invited),
        )
        for handle in wanted
        if (row := by_handle.get(handle)) is not None
    ]


def people(wanted: Wanted) -> "Page[PersonLine]":
    """A page of people by name, or by how well the name fits what is searched."""
    among = _among(wanted)
    if wanted.text:
        handles = holder_names.search(wanted.text, limit=MOST_FOUND)
        found = [handle for handle in handles if among is None or handle in among]
    else:
        found = holder_names.ordered(among=among)
    page = Paginator(found, PAGE).get_page(wanted.page)
    page.object_list = _lines(page.object_list)  # type: ignore[assignment]  # the handles become their lines
    return page  # type: ignore[return-value]
