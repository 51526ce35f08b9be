"""Day passes: issued, revoked, and their PIN checked.

The PIN has six digits: whoever could try them all would find it. Against that stand the count of tries, kept
by PostgreSQL and committed before the PIN is looked at, and a key of the company in the hash, so that a copy
of the table alone tells nothing.
"""

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from credentials.models import Credential, CredentialState, Holder
from credentials.paper import MOST_TRIES, DayPass, DayPassState
from credentials.refusals import Refused
from credentials.services.credentials import lock_active_credential
from ledger import services as ledger
from sallyport.codes import DayPassContents, mint_day_pass
from vault.selectors import minting_keys
from vault.services import hash_token

SHORTEST: Final = dt.timedelta(minutes=1)
LONGEST: Final = dt.timedelta(days=31)
PIN_DIGITS: Final = 6
SALT_BYTES: Final = 16


class Checked(StrEnum):
    """What became of a PIN that was given."""

    GOOD = "good"
    WRONG = "wrong"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when a pass is good, and the zone in which people are told so."""

    begins: dt.datetime
    ends: dt.datetime
    time_zone: str


@dataclass(frozen=True, slots=True, repr=False)
class IssuedDayPass:
    """A new day pass and its PIN, which is nowhere else: it must be shown now or never."""

    day_pass: DayPass
    pin: str


@transaction.atomic
def issue_day_pass(*, holder: Holder, window: Window, by: str, mail: bool = False) -> IssuedDayPass:
    """A day pass for the holder's live credential. Raises Refused."""
    credential = _credential_of(holder)
    _check(holder, credential, window, mail=mail)
    handle = ledger.next_handle("visit")
    pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
    salt = secrets.token_bytes(SALT_BYTES)
    day_pass = DayPass.objects.create(
        handle=handle,
        holder=holder,
        credential=credential,
        begins=window.begins,
        ends=window.ends,
        time_zone=window.time_zone,
        salt=salt,
        pin_hash=_hash(handle, pin, salt),
        created_at=timezone.now(),
        created_by=by,
    )
    told = {"credential": day_pass.credential_id, "holder": holder.handle, "mail": mail}
    told |= {"from": int(window.begins.timestamp()), "until": int(window.ends.timestamp())}
    ledger.record(actor=by, verb="day_pass_issued", subject_kind="day_pass", handle=handle, data=told)
    if mail:
        ledger.emit("mail.day_pass", {"day_pass": handle})
    return IssuedDayPass(day_pass, pin)


def _credential_of(holder: Holder) -> Credential:
    credential = lock_active_credential(holder=holder)
    holder.refresh_from_db(fields=["state"])
    if not holder.is_active or credential is None or credential.state != CredentialState.ACTIVE:
        raise Refused("no_credential", "This person has no access at the moment.")
    return credential


def _check(holder: Holder, credential: Credential, window: Window, *, mail: bool) -> None:
    if window.ends - window.begins < SHORTEST:
        raise Refused("window_empty", "The end must be after the beginning.", status=422)
    if window.ends <= timezone.now():
        raise Refused("window_over", "This time is over.", status=422)
    if window.ends - window.begins > LONGEST:
        raise Refused("window_too_long", f"A day pass is for {LONGEST.days} days at most.", status=422)
    # A retired key set is kept for so long and no longer: a pass under it would die before its end.
    ahead = settings.RETIRED_KEY_SET_DAYS - 1
    if window.ends > timezone.now() + dt.timedelta(days=ahead):
        raise Refused("too_far_ahead", f"A day pass ends within {ahead} days from today.", status=422)
    begins, ends = credential.valid_from, credential.valid_until
    if (begins and window.begins < begins) or (ends and window.ends > ends):
        raise Refused("outside_validity", "This person's own access does not last so long.", status=422)
    if mail and not holder.email:
        raise Refused("no_email", "This person has no e-mail address.", status=422)


@transaction.atomic
def revoke_day_pass(*, day_pass: DayPass, by: str) -> DayPass:
    """End a day pass at every door. A second time does nothing."""
    held = DayPass.objects.select_for_update().get(pk=day_pass.pk)
    if held.state == DayPassState.REVOKED:
        return held
    held.state, held.revoked_at, held.revoked_by = DayPassState.REVOKED, timezone.now(), by
    held.save(update_fields=["state", "revoked_at", "revoked_by"])
    ledger.record(actor=by, verb="day_pass_revoked", subject_kind="day_pass", handle=held.handle)
    return held


def check_pin(*, handle: int, credential: int, pin: str) -> Checked:
    """Whether this is the PIN of the ACTIVE day pass; must not run inside a transaction.

    The try is counted and committed before the PIN is compared: neither many connections at once nor a
    process that dies in between gets a try for nothing. A good PIN gives its own try back and no other.
    """
    with transaction.atomic(durable=True):
        counted = DayPass.objects.filter(
            pk=handle, credential=credential, state=DayPassState.ACTIVE, tries__lt=MOST_TRIES
        ).update(tries=F("tries") + 1)
    if not counted:
        return _refused(handle, credential)
    day_pass = DayPass.objects.get(pk=handle)
    if hmac.compare_digest(_hash(handle, pin, bytes(day_pass.salt)), bytes(day_pass.pin_hash)):
        DayPass.objects.filter(pk=handle).update(tries=F("tries") - 1, good_at=timezone.now())
        return Checked.GOOD
    _suspend_if_spent(handle)
    return Checked.WRONG


def _refused(handle: int, credential: int) -> Checked:
    day_pass = DayPass.objects.filter(pk=handle, credential=credential).first()
    if day_pass is None or day_pass.state == DayPassState.REVOKED:
        return Checked.REVOKED
    _suspend_if_spent(handle)
    return Checked.SUSPENDED


@transaction.atomic
def _suspend_if_spent(handle: int) -> None:
    day_pass = DayPass.objects.select_for_update().get(pk=handle)
    if day_pass.state != DayPassState.ACTIVE or day_pass.tries < MOST_TRIES:
        return
    day_pass.state = DayPassState.SUSPENDED
    day_pass.save(update_fields=["state"])
    told = {"tries": day_pass.tries}
    ledger.record(
        actor="system", verb="day_pass_suspended", subject_kind="day_pass", handle=handle, data=told
    )


def digits_of(day_pass: DayPass) -> str:
    """The code of a day pass, sealed under the key set in force: 252 digits, the same as long as that is."""
    contents = DayPassContents(
        credential=day_pass.credential_id,
        visit=day_pass.handle,
        profile=day_pass.credential.profile,
        flags=0,
        begins=int(day_pass.begins.timestamp()),
        ends=int(day_pass.ends.timestamp()),
    )
    return mint_day_pass(contents, minting_keys())


def _hash(handle: int, pin: str, salt: bytes) -> bytes:
    keyed = hash_token("day_pass.pin", f"{handle}:{pin}")
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(keyed)  # 16 MiB, some 50 ms
