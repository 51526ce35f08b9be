"""The credential of a holder: issued, brought up to date by access, replaced, revoked."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from credentials.models import LIVE_CREDENTIAL_STATES, Credential, CredentialState, Holder, HolderState
from credentials.signals import credential_reissued
from ledger import services as ledger
from sallyport.codes.passes import LONGEST_PASS

LONGEST = dt.timedelta(seconds=LONGEST_PASS)


def issue_credential(
    *, holder: Holder, valid_from: dt.datetime | None, valid_until: dt.datetime | None
) -> Credential:
    """The holder's one live credential; a second is refused by a constraint."""
    return Credential.objects.create(
        handle=ledger.next_handle("credential"), holder=holder, valid_from=valid_from, valid_until=valid_until
    )


def lock_active_credential(*, holder: Holder) -> Credential | None:
    """The holder's live credential with its row locked until the transaction ends, or None."""
    return (
        Credential.objects.select_for_update(of=("self",))
        .filter(holder=holder, state__in=LIVE_CREDENTIAL_STATES)
        .first()
    )


def set_profile(*, credential: Credential, profile: int, fresh_until: dt.datetime | None) -> None:
    """Written by access only, with the row locked: what the credential now stands for and until when that
    is known.
    """
    if (credential.profile, credential.fresh_until) == (profile, fresh_until):
        return
    credential.profile, credential.fresh_until = profile, fresh_until
    credential.save(update_fields=["profile", "fresh_until"])


@transaction.atomic
def reissue_credential(
    *, credential: Credential, profile: int, fresh_until: dt.datetime | None, by: str
) -> Credential:
    """Replace a credential whose rights shrank, so that codes already on the phone die with it.

    The old row is closed before the new one is made: one live credential per holder is a constraint.
    """
    old = Credential.objects.select_for_update().get(pk=credential.pk)
    state = CredentialState(old.state)
    old.state, old.ended_at = CredentialState.REVOKED, timezone.now()
    old.save(update_fields=["state", "ended_at"])
    new = Credential.objects.create(
        handle=ledger.next_handle("credential"),
        holder_id=old.holder_id,
        state=state,
        profile=profile,
        valid_from=old.valid_from,
        valid_until=old.valid_until,
        fresh_until=fresh_until,
    )
    ledger.record(
        actor=by,
        verb="credential_reissued",
        subject_kind="credential",
        handle=old.handle,
        data={"new": new.handle, "profile": profile},
    )
    credential_reissued.send(sender=Credential, old=old, new=new, by=by)
    return new


@transaction.atomic
def set_validity(
    *, holder: Holder, valid_from: dt.datetime | None, valid_until: dt.datetime | None, by: str
) -> None:
    credential = lock_active_credential(holder=holder)
    if credential is None or (credential.valid_from, credential.valid_until) == (valid_from, valid_until):
        return
    shrinks = _shrinks_under_a_pass(credential, valid_from, valid_until)
    credential.valid_from, credential.valid_until = valid_from, valid_until
    credential.full_clean()
    credential.save(update_fields=["valid_from", "valid_until"])
    told = {
        "from": valid_from and int(valid_from.timestamp()),
        "until": valid_until and int(valid_until.timestamp()),
    }
    ledger.record(
        actor=by, verb="validity_changed", subject_kind="credential", handle=credential.handle, data=told
    )
    if shrinks:
        # A reader that is cut off knows the pass's end and not the credential's: the pass has to die.
        reissue_credential(
            credential=credential, profile=credential.profile, fresh_until=credential.fresh_until, by=by
        )


def _shrinks_under_a_pass(
    credential: Credential, valid_from: dt.datetime | None, valid_until: dt.datetime | None
) -> bool:
    """Whether a pass that a phone holds by now may outlive what is left of the validity."""
    now = timezone.now()
    was_from, was_until = credential.valid_from, credential.valid_until
    ends_sooner = valid_until is not None and (was_until is None or valid_until < was_until)
    begins_later = valid_from is not None and (was_from is None or valid_from > was_from)
    return (ends_sooner and valid_until is not None and valid_until < now + LONGEST) or (
        begins_later and valid_from is not None and valid_from > now
    )


def revoke_credential(*, holder: Holder, by: str) -> None:
    credential = lock_active_credential(holder=holder)
    if credential is None:
        return
    credential.state, credential.ended_at = CredentialState.REVOKED, timezone.now()
    credential.save(update_fields=["state", "ended_at"])
    ledger.record(actor=by, verb="credential_revoked", subject_kind="credential", handle=credential.handle)


def holders_with_stale_profile(*, now: dt.datetime) -> list[Holder]:
    """Whose levels have changed by the clock since access last wrote them."""
    return list(
        Holder.objects.filter(
            credentials__state__in=LIVE_CREDENTIAL_STATES, credentials__fresh_until__lte=now
        ).exclude(state=HolderState.OFFBOARDED)
    )
