"""A further phone, confirmed or refused by a phone that its holder has already."""

from django.db import transaction

from credentials.models import Device, DeviceState, Holder, HolderState
from credentials.refusals import Refused
from credentials.services.phones import revoke_device, vouch_device


@transaction.atomic
def answer_for_phone(*, asked: Device, handle: int, confirms: bool) -> DeviceState:
    """What a confirmed phone says of a waiting one of the same person; how that one stands now.

    Saying it twice is saying it once. Raises Refused: device_awaiting, device_revoked, holder_inactive,
    no_such_phone, phone_not_waiting, too_many_phones.
    """
    holder = Holder.objects.select_for_update(of=("self",)).get(pk=asked.holder_id)
    # Revoked at this moment, it either answers before that or not at all.
    _check_asked(Device.objects.select_for_update(of=("self",)).get(pk=asked.pk))
    if confirms and holder.state != HolderState.ACTIVE:
        raise Refused("holder_inactive", "You are not active here at the moment.", status=403)
    other = Device.objects.filter(holder=holder, handle=handle).exclude(pk=asked.pk).first()
    if other is None:
        raise Refused("no_such_phone", "You have no such phone here.", status=404)
    wanted = DeviceState.ACTIVE if confirms else DeviceState.REVOKED
    if other.state == wanted:
        return wanted
    if other.state != DeviceState.AWAITING:
        raise Refused("phone_not_waiting", "This phone does not wait for an answer any more.")
    by = f"holder:{holder.handle}"
    if confirms:
        vouch_device(device=other, by=by, with_phone=asked)
    else:
        revoke_device(device=other, reason="holder", by=by)
    return wanted


def _check_asked(phone: Device) -> None:
    if phone.state == DeviceState.REVOKED:
        raise Refused("device_revoked", "This phone was revoked. Ask for a new invitation.", status=403)
    if phone.state != DeviceState.ACTIVE:
        # A waiting phone would confirm itself, or the other of two stolen invitations.
        raise Refused("device_awaiting", "This phone has yet to be confirmed.", status=403, retry=True)
