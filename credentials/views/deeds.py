"""Deeds on a person and on a phone: each is one POST and one service."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from credentials import services, short_codes
from credentials.models import Device, Holder
from credentials.refusals import Refused
from credentials.selectors import get_holder, get_phone
from credentials.views.ways import back, person_path
from operators.permissions import Permission, actor_of, needs


def _on_person(request: HttpRequest, pk: UUID, deed: Callable[..., object], said: str) -> HttpResponse:
    holder: Holder = get_holder(pk)
    try:
        deed(holder=holder, by=actor_of(request))
    except Refused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, said.format(name=holder.name))
    return back(request, holder)


@needs(Permission.PEOPLE_EDIT)
@require_POST
def suspend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Refuse a person at every door until further notice."""
    return _on_person(request, pk, services.suspend_holder, "{name} is suspended: every door refuses.")


@needs(Permission.PEOPLE_EDIT)
@require_POST
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a suspension."""
    return _on_person(request, pk, services.resume_holder, "{name} may pass again.")


@needs(Permission.PEOPLE_EDIT)
@require_POST
def off_board(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End everything a person carries."""
    return _on_person(
        request, pk, services.offboard_holder, "{name} was off-boarded. Phones and credential are revoked."
    )


@needs(Permission.PEOPLE_EDIT)
@never_cache
@require_POST
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Invite by mail; at the desk, or without an address, show the code this once."""
    holder = get_holder(pk)
    try:
        invited = services.invite_holder(holder=holder, by=actor_of(request), at_desk="desk" in request.POST)
    except Refused as refused:
        messages.error(request, refused.text)
        return back(request, holder)
    if invited.code is None:
        messages.success(request, f"The invitation for {holder.name} is on its way.")
        return back(request, holder)
    context = {
        "holder": holder,
        "code": short_codes.shown(invited.code),
        "expires": invited.invitation.expires_at,
        "back": person_path(holder),
    }
    return render(request, "credentials/desk_code.html", context)


@needs(Permission.PEOPLE_EDIT)
@require_POST
def confirm_phone(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that a new phone is in its holder's hand."""
    device: Device = get_phone(pk)
    try:
        services.vouch_device(device=device, by=actor_of(request))
    except Refused:
        name = device.holder.name
        messages.error(request, f"{name} already has as many phones as the company allows. Revoke one first.")
    else:
        messages.success(request, f"The phone of {device.holder.name} is confirmed.")
    return back(request, device.holder)


@needs(Permission.PEOPLE_EDIT)
@require_POST
def allow_passkey(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a phone set up unlocking within a day."""
    device: Device = get_phone(pk)
    try:
        services.allow_passkey(device=device, by=actor_of(request))
    except Refused as refused:
        messages.error(request, refused.text)
    else:
        name = device.holder.name
        messages.success(request, f"The phone of {name} may set up unlocking until this time tomorrow.")
    return back(request, device.holder)


@needs(Permission.DEVICES_REVOKE)
@require_POST
def revoke_phone(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a phone at every door."""
    device = get_phone(pk)
    reason = request.POST.get("reason", "operator")
    if reason not in services.REVOKE_REASONS:
        reason = "operator"
    services.revoke_device(device=device, reason=reason, by=actor_of(request))
    messages.success(request, f"The phone of {device.holder.name} is revoked.")
    return back(request, device.holder)
