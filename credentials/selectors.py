"""Reads of this room."""

from credentials.models import LIVE_CREDENTIAL_STATES, CodePolicy, Credential, Device, DeviceState, Holder


def code_policy() -> CodePolicy:
    """The company's choices, or the defaults where none was made."""
    return CodePolicy.objects.filter(pk=1).first() or CodePolicy()


def live_credential(holder: Holder) -> Credential | None:
    return Credential.objects.filter(holder=holder, state__in=LIVE_CREDENTIAL_STATES).first()


def phones_of(holder: Holder) -> list[Device]:
    """Newest first, revoked ones included."""
    return list(Device.objects.filter(holder=holder).select_related("holder__subject"))


def phones_awaiting() -> list[Device]:
    """Phones that an operator has yet to confirm, oldest first."""
    return list(
        Device.objects.filter(state=DeviceState.AWAITING).select_related("holder__subject").order_by("handle")
    )
