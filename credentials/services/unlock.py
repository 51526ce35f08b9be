"""The phone's unlock: tickets for one answer each, passkeys, and the moment at which it was last unlocked."""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from credentials import passkeys
from credentials.minting import Facts
from credentials.models import Device, DeviceState, DeviceUse, Holder, Passkey, TicketPurpose, UnlockTicket
from credentials.refusals import Refused
from credentials.selectors import code_policy
from ledger import services as ledger
from tenants.context import current

TICKET_LIFE = dt.timedelta(minutes=2)
NEW_PHONE = dt.timedelta(minutes=10)  # in which a phone that awaits its confirmation may register a passkey
FIRST_PASSKEY = dt.timedelta(days=1)  # in which a phone makes its first one after it was confirmed, or let
MOST_TICKETS = 10
MOST_PASSKEYS = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """What the phone's authenticator is asked, and the ticket for its one answer."""

    options: dict[str, Any]
    ticket: UUID

    def as_dict(self) -> dict[str, Any]:
        return {"options": self.options, "ticket": str(self.ticket)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the authenticator said, as the browser writes it (WebAuthn's JSON)."""

    ticket: UUID
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A phone that has just proved itself, how it stands, where it calls, and when."""

    device: Device
    facts: Facts
    site: passkeys.Site
    now_ms: int


def grant_unlock(*, device: Device, method: str, now_ms: int) -> int:
    """The phone counts as unlocked from now on; until when, in unix seconds.

    Whatever checks that the holder is there ends here: a passkey now, a face later.
    """
    DeviceUse.objects.update_or_create(
        device=device.handle,
        defaults={"unlocked_ms": now_ms, "unlocked_by": method},
        create_defaults={"seen_at": now_ms, "unlocked_ms": now_ms, "unlocked_by": method},
    )
    return now_ms // 1000 + 60 * code_policy().unlock_minutes


@transaction.atomic
def demand_unlock(*, holder: Holder, demanded: bool, by: str) -> None:
    """Whether this person's phone needs its unlock for every code, whatever the company asks of the others.

    A pass that the phone holds already keeps what it carries until its own end.
    """
    rows = Holder.objects.filter(pk=holder.pk).exclude(unlock_required=demanded)
    if rows.update(unlock_required=demanded):
        ledger.record(
            actor=by,
            verb="unlock_demanded" if demanded else "unlock_no_longer_demanded",
            subject_kind="holder",
            handle=holder.handle,
        )


def lock_phone(*, device: Device) -> None:
    """End the unlock. A pass that the phone holds already keeps what it carries until its own end."""
    DeviceUse.objects.filter(device=device.handle).update(unlocked_ms=0, unlocked_by="")


def offer_registration(visitor: Visitor) -> Offer:
    """Let a phone make a passkey. Raises Refused."""
    known = _known(visitor)
    _check_may_register(visitor, len(known))
    ticket = _open_ticket(visitor.device, TicketPurpose.REGISTER)
    options = passkeys.registration_options(
        visitor.site,
        company=current().name,
        user=visitor.device.id.bytes,
        known=known,
        challenge=bytes(ticket.challenge),
    )
    return Offer(options, ticket.id)


def register_passkey(visitor: Visitor, answer: Answer) -> int:
    """Keep the passkey that the phone made; how many it has now. Raises Refused."""
    challenge = _take_ticket(visitor.device, TicketPurpose.REGISTER, answer.ticket)
    made = passkeys.read_registration(visitor.site, answer.told, challenge)
    with transaction.atomic():
        # One at a time: of two first ones that come at once, the second is a further one.
        device = (
            Device.objects.select_for_update(of=("self",)).select_related("holder").get(pk=visitor.device.pk)
        )
        held = len(_known(visitor))
        _check_may_register(visitor, held)
        passkey = Passkey(
            device=device,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            rp_id=visitor.site.rp_id,
            created_at=timezone.now(),
        )
        try:
            with transaction.atomic():
                passkey.save(force_insert=True)
        except IntegrityError:
            raise Refused("passkey_taken", "This passkey is registered already.") from None
        _record(device, "passkey_added", passkey)
        ledger.emit("mail.passkey", {"passkey": str(passkey.pk)})
    return held + 1


def offer_unlock(visitor: Visitor) -> Offer:
    """Let a phone's passkey answer. Raises Refused."""
    known = _known(visitor)
    if not known:
        moved = Passkey.objects.filter(device=visitor.device).exists()
        raise passkeys.wrong_host() if moved else passkeys.unknown()
    ticket = _open_ticket(visitor.device, TicketPurpose.UNLOCK)
    options = passkeys.unlock_options(visitor.site, known=known, challenge=bytes(ticket.challenge))
    return Offer(options, ticket.id)


def unlock_phone(visitor: Visitor, answer: Answer) -> int:
    """Unlock on a passkey's answer; until when, in unix seconds. Raises Refused."""
    challenge = _take_ticket(visitor.device, TicketPurpose.UNLOCK, answer.ticket)
    passkey = _passkey_of(visitor, answer)
    count = passkeys.check_assertion(visitor.site, answer.told, challenge, bytes(passkey.public_key))
    if not _count_on(passkey, count):
        raise passkeys.counter_back()
    return grant_unlock(device=visitor.device, method="passkey", now_ms=visitor.now_ms)


def _known(visitor: Visitor) -> list[bytes]:
    rows = Passkey.objects.filter(device=visitor.device, rp_id=visitor.site.rp_id)
    return [bytes(one) for one in rows.values_list("credential_id", flat=True)]


def _check_may_register(visitor: Visitor, held: int) -> None:
    """So that a thief with the phone in hand adds none of his own: the first one is free while the phone is
    new or newly confirmed, later where an operator lets this phone, or the company all of them, make one. A
    further one needs an unlock in force.
    """
    if held >= MOST_PASSKEYS:
        raise Refused("too_many_passkeys", f"A phone has at most {MOST_PASSKEYS} passkeys.")
    if held:
        if not visitor.facts.unlocked_until(visitor.now_ms):
            raise Refused("unlock_required", "Unlock with a passkey of this phone first.", status=403)
        return
    new = timezone.now() - visitor.device.enrolled_at <= NEW_PHONE
    if not new and visitor.facts.device_state != DeviceState.ACTIVE:
        raise Refused("device_awaiting", "This phone has yet to be confirmed.", status=403, retry=True)
    if not new and not _may_make_its_first(visitor):
        raise Refused(
            "passkey_late",
            "This phone may no longer set up unlocking by itself. Ask your company.",
            status=403,
        )


def _may_make_its_first(visitor: Visitor) -> bool:
    now = timezone.now()
    vouched, opened = visitor.device.vouched_at, code_policy().passkeys_until
    if (vouched is not None and now - vouched <= FIRST_PASSKEY) or (opened is not None and now <= opened):
        return True
    let = DeviceUse.objects.filter(device=visitor.device.handle).values_list("passkey_until_ms", flat=True)
    return visitor.now_ms <= max(let, default=0)


@transaction.atomic
def allow_passkey(*, device: Device, by: str) -> None:
    """Let a phone that has none make its first passkey within a day: whoever says so has seen its holder.

    Raises Refused for a phone that is not ACTIVE.
    """
    row = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if row.state != DeviceState.ACTIVE:
        raise Refused("phone_not_active", "Only a confirmed phone can set up unlocking.")
    until = timezone.now() + FIRST_PASSKEY
    DeviceUse.objects.update_or_create(
        device=row.handle,
        defaults={"passkey_until_ms": int(until.timestamp() * 1000)},
        create_defaults={"seen_at": 0, "passkey_until_ms": int(until.timestamp() * 1000)},
    )
    ledger.record(actor=by, verb="passkey_allowed", subject_kind="device", handle=row.handle)


def _open_ticket(device: Device, purpose: TicketPurpose) -> UnlockTicket:
    now = timezone.now()
    mine = UnlockTicket.objects.filter(device=device)
    mine.exclude(used_at=None, expires_at__gt=now).delete()
    # Never more than a few, whatever a page does in a loop: the newest count.
    kept = mine.order_by("-expires_at").values_list("pk", flat=True)[: MOST_TICKETS - 1]
    mine.exclude(pk__in=list(kept)).delete()
    return UnlockTicket.objects.create(
        device=device, purpose=purpose, challenge=secrets.token_bytes(32), expires_at=now + TICKET_LIFE
    )


def _take_ticket(device: Device, purpose: TicketPurpose, ticket: UUID) -> bytes:
    """The challenge of a ticket, which is used up whatever the answer is worth. Raises Refused."""
    now = timezone.now()
    mine = UnlockTicket.objects.filter(pk=ticket, device=device, purpose=purpose)
    # One statement decides: of two answers to one ticket the second finds it used.
    if not mine.filter(used_at=None, expires_at__gt=now).update(used_at=now):
        raise passkeys.ticket_void()
    return bytes(mine.values_list("challenge", flat=True).get())


def _passkey_of(visitor: Visitor, answer: Answer) -> Passkey:
    passkey = Passkey.objects.filter(
        device=visitor.device, credential_id=passkeys.credential_id(answer.told)
    ).first()
    if passkey is None or passkeys.user_of(answer.told) not in {None, visitor.device.id.bytes}:
        raise passkeys.unknown()
    if passkey.rp_id != visitor.site.rp_id:
        raise passkeys.wrong_host()
    return passkey


@transaction.atomic
def _count_on(passkey: Passkey, count: int) -> bool:
    """Whether the counter went on (WebAuthn level 2, 7.2 step 21); one that went back is put on record."""
    row = Passkey.objects.select_for_update(of=("self",)).select_related("device__holder").get(pk=passkey.pk)
    if (count or row.sign_count) and count <= row.sign_count:
        _record(row.device, "passkey_counter_back", row, {"known": row.sign_count, "told": count})
        return False
    row.sign_count, row.last_used_at = count, timezone.now()
    row.save(update_fields=["sign_count", "last_used_at"])
    return True


def _record(device: Device, verb: str, passkey: Passkey, more: dict[str, int] | None = None) -> None:
    ledger.record(
        actor=f"holder:{device.holder.handle}",
        verb=verb,
        subject_kind="device",
        handle=device.handle,
        data={"passkey": str(passkey.pk), **(more or {})},
    )
