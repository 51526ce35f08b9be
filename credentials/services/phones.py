"""Phones: bound by a typed short code and a proof of their key, confirmed, revoked."""

import datetime as dt
import hmac

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from credentials import proofs, short_codes
from credentials.models import (
    Device,
    DeviceState,
    Holder,
    HolderKind,
    HolderState,
    Invitation,
    InvitationState,
    Vouching,
)
from credentials.refusals import Refused
from credentials.selectors import code_policy
from credentials.services.invitations import ATTEMPTS
from credentials.services.tries import count_wrong, refuse_noisy
from credentials.signals import device_enrolled, device_revoked, device_vouched
from ledger import services as ledger
from sallyport.keys import P256Public, thumbprint
from vault.services import hash_token

WRONG_A_WINDOW = 30
REVOKE_REASONS = ("lost", "stolen", "replaced", "operator", "holder", "offboarded")


def _wrong_code() -> Refused:
    text = "This code is not valid. Check it, or ask for a new one."
    return Refused("code_wrong", text, status=403, retry=True)


def _code_exhausted() -> Refused:
    return Refused("code_exhausted", "Too many wrong codes. Ask for a new invitation.", status=403)


def _too_many_phones() -> Refused:
    text = "You already have as many phones as the company allows. Have one revoked first."
    return Refused("too_many_phones", text)


def _source(address: str) -> bytes:
    return hash_token("enrolment.source", address)


def _count_attempt(locator: str, now: dt.datetime) -> Invitation | None:
    """Count before the code is compared and commit: neither a crash nor parallel guesses win a free try."""
    with transaction.atomic(durable=True):
        row = (
            Invitation.objects.select_for_update(of=("self",))
            .filter(locator=locator, state=InvitationState.OPEN, expires_at__gt=now)
            .first()
        )
        if row is None:
            return None
        if row.attempts >= ATTEMPTS:
            raise _code_exhausted()
        row.attempts += 1
        row.save(update_fields=["attempts"])
        return row


@transaction.atomic
def _exhaust(invitation: Invitation, now: dt.datetime) -> None:
    row = Invitation.objects.select_for_update(of=("self",)).select_related("holder").get(pk=invitation.pk)
    if row.state != InvitationState.OPEN:
        return
    row.state, row.closed_at = InvitationState.EXHAUSTED, now
    row.save(update_fields=["state", "closed_at"])
    ledger.record(
        actor="system",
        verb="invitation_exhausted",
        subject_kind="holder",
        handle=row.holder.handle,
        data={"invitation": str(row.pk), "attempts": row.attempts},
    )


def _guessed(typed: str, source: bytes, now: dt.datetime) -> Invitation:
    """The open invitation that this code is of.

    Every miss is counted, against the invitation or against the source.
    """
    refuse_noisy(source, most=WRONG_A_WINDOW)
    code = short_codes.normalise(typed)
    if code is None:
        raise _wrong_code()
    invitation = _count_attempt(code[: short_codes.LOCATOR], now)
    if invitation is None:
        count_wrong(source)
        raise _wrong_code()
    if hmac.compare_digest(bytes(invitation.code_hash), short_codes.hash_of(code)):
        return invitation
    count_wrong(source)
    if invitation.attempts >= ATTEMPTS:
        _exhaust(invitation, now)
        raise _code_exhausted()
    raise _wrong_code()


def enrol_device(
    *, code: str, public_key: P256Public, proof: proofs.SignedHttp, label: str = "", source: str = ""
) -> Device:
    """Bind a phone's new key to the holder whose code was typed on it.

    `proof` is the request itself, signed by that key. Raises Refused: not_signed, clock_skew,
    bad_signature, code_wrong, code_exhausted, too_many_tries, key_already_enrolled, key_revoked,
    too_many_phones, holder_inactive.
    """
    now = timezone.now()
    check_proof(public_key, proof, now)
    invitation = _guessed(code, _source(source), now)
    return _use(invitation, public_key, label, now)


@transaction.atomic
def bind_phone(
    *, holder: Holder, public_key: P256Public, proof: proofs.SignedHttp, label: str = ""
) -> Device:
    """Bind a phone's new key to a holder whom the caller knows by other means than a typed code.

    How many phones the holder may have is for the caller to bound. The phone awaits its confirmation as any
    other. Raises Refused: not_signed, clock_skew, bad_signature, key_already_enrolled, key_revoked,
    holder_inactive.
    """
    now = timezone.now()
    check_proof(public_key, proof, now)
    row = Holder.objects.select_for_update(of=("self",)).get(pk=holder.pk)
    _check_active(row)
    return _bind(row, public_key, label, now)


def check_proof(public_key: P256Public, proof: proofs.SignedHttp, now: dt.datetime) -> None:
    """That the request is signed by this very key. Raises Refused: clock_skew, bad_signature."""
    if proof.signed.keyid != proofs.KEYID_PREFIX + thumbprint(public_key):
        raise Refused("bad_signature", "The signature is not by the key that is enrolled.", status=401)
    proofs.verify(proof, public_key, now.timestamp())


def _check_active(holder: Holder) -> None:
    if holder.state != HolderState.ACTIVE:
        raise Refused("holder_inactive", "You are not active here at the moment. Ask at the reception.")


def _check_room(holder: Holder) -> None:
    _check_active(holder)
    count = holder.devices.exclude(state=DeviceState.REVOKED).count()
    if count >= code_policy().max_phones:
        raise _too_many_phones()


@transaction.atomic
def _use(invitation: Invitation, key: P256Public, label: str, now: dt.datetime) -> Device:
    """Holder first, then invitation, each locked: of two phones with one code the second meets a used
    invitation.
    """
    holder = Holder.objects.select_for_update(of=("self",)).get(pk=invitation.holder_id)
    row = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if row.state != InvitationState.OPEN:
        raise _wrong_code()
    _check_room(holder)
    device = _bind(holder, key, label, now, invitation=str(row.pk))
    row.state, row.closed_at, row.device = InvitationState.USED, now, device
    row.save(update_fields=["state", "closed_at", "device"])
    return device


def _bind(holder: Holder, key: P256Public, label: str, now: dt.datetime, **more: str) -> Device:
    device = Device(
        handle=ledger.next_handle("device"),
        holder=holder,
        public_key=key.raw,
        thumbprint=thumbprint(key),
        label=label.strip()[:60],
        enrolled_at=now,
    )
    try:
        with transaction.atomic():
            device.save(force_insert=True)
    except IntegrityError as error:
        if "thumbprint" not in str(error):
            raise
        raise _known(device.thumbprint) from None
    actor = f"holder:{holder.handle}"
    data = {"holder": holder.handle, "thumbprint": device.thumbprint, **more}
    ledger.record(actor=actor, verb="device_enrolled", subject_kind="device", handle=device.handle, data=data)
    ledger.emit("mail.new_phone", {"device": str(device.pk)})
    device_enrolled.send(sender=Device, device=device, by=actor)
    return device


def _known(printed: str) -> Refused:
    """A key is enrolled once for all time: where it has ended, the phone makes another one and tries anew."""
    if Device.objects.filter(thumbprint=printed, state=DeviceState.REVOKED).exists():
        return Refused("key_revoked", "The key of this phone was revoked. Make a new one.", retry=True)
    return Refused("key_already_enrolled", "This phone is already enrolled.")


@transaction.atomic
def vouch_device(*, device: Device, by: str, with_phone: Device | None = None) -> None:
    """Confirm that this phone is in its holder's hand, which they may have said `with_phone`.

    Only a phone that awaits it changes. Raises Refused("too_many_phones") where the company allows fewer
    than it did when the phone was bound.
    """
    _hold(device)
    row = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if row.state != DeviceState.AWAITING:
        return
    active = Device.objects.filter(holder_id=row.holder_id, state=DeviceState.ACTIVE)
    if active.count() >= code_policy().max_phones:
        raise _too_many_phones()
    row.state, row.vouched_at, row.vouched_by = DeviceState.ACTIVE, timezone.now(), by
    row.save(update_fields=["state", "vouched_at", "vouched_by"])
    data = {"with_phone": with_phone.handle} if with_phone else {}
    ledger.record(actor=by, verb="device_vouched", subject_kind="device", handle=row.handle, data=data)
    device_vouched.send(sender=Device, device=row, by=by)


@transaction.atomic
def doubt_device(*, device: Device, by: str) -> None:
    """Take the confirmation back: a phone that may have changed hands mints nothing before the next one."""
    row = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if row.state != DeviceState.ACTIVE:
        return
    row.state, row.vouched_at, row.vouched_by = DeviceState.AWAITING, None, ""
    row.save(update_fields=["state", "vouched_at", "vouched_by"])
    ledger.record(actor=by, verb="device_doubted", subject_kind="device", handle=row.handle)


def vouch_at_first_use(*, device: Device) -> bool:
    """Where the company chose it, asking for the first code confirms the holder's first phone.

    Returns whether the phone stands confirmed now. Who has or had a confirmed phone needs an operator, and a
    visitor's is confirmed where they arrive: the link in a mail may have been passed on.
    """
    if code_policy().vouching != Vouching.FIRST_USE or device.holder.kind == HolderKind.VISITOR:
        return False
    with transaction.atomic():
        _hold(device)
        others = Device.objects.filter(holder_id=device.holder_id).exclude(pk=device.pk)
        if others.filter(Q(vouched_at__isnull=False) | Q(state=DeviceState.ACTIVE)).exists():
            return False
        vouch_device(device=device, by=f"holder:{device.holder.handle}")
        # Revoked while it asked, it stays revoked.
        return Device.objects.filter(pk=device.pk, state=DeviceState.ACTIVE).exists()


def _hold(device: Device) -> None:
    # One confirmation of a holder's phones at a time: of two new ones, asking at once, one is the first.
    Holder.objects.select_for_update(of=("self",)).get(pk=device.holder_id)


@transaction.atomic
def revoke_device(*, device: Device, reason: str, by: str) -> None:
    """End a phone for good: it mints nothing more, and every reader learns it with the policy's next
    number.
    """
    if reason not in REVOKE_REASONS:
        raise ValueError(reason)
    row = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if row.state == DeviceState.REVOKED:
        return
    row.state, row.revoked_at, row.revoked_by, row.revoked_reason = (
        DeviceState.REVOKED,
        timezone.now(),
        by,
        reason,
    )
    row.save(update_fields=["state", "revoked_at", "revoked_by", "revoked_reason"])
    ledger.record(
        actor=by, verb="device_revoked", subject_kind="device", handle=row.handle, data={"reason": reason}
    )
    device_revoked.send(sender=Device, device=row, reason=reason, by=by)
