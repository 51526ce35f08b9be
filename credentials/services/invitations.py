"""Inviting a person to bind a phone: a mail with a link and a short code, or a code read out at the desk."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from credentials import short_codes
from credentials.models import Holder, HolderState, Invitation, InvitationState
from credentials.refusals import Refused
from ledger import services as ledger

INVITATION_LIFE = dt.timedelta(hours=72)
ATTEMPTS = 5
_LOCATOR_TRIES = 20


@dataclass(frozen=True, slots=True)
class Invited:
    """`code` is for the desk: it is None when the invitation went by mail."""

    invitation: Invitation
    code: str | None


def _open_invitation(holder: Holder, by: str, now: dt.datetime) -> Invitation:
    """A row with a locator that no other open invitation has; a clash is tried again with another."""
    for _ in range(_LOCATOR_TRIES):
        invitation = Invitation(
            holder=holder,
            locator=short_codes.random_locator(),
            created_at=now,
            created_by=by,
            expires_at=now + INVITATION_LIFE,
        )
        invitation.code_hash = short_codes.hash_of(short_codes.code_of(invitation.locator, invitation.id))
        try:
            with transaction.atomic():
                invitation.save(force_insert=True)
        except IntegrityError as error:
            if "open_locator_once" not in str(error):
                raise
        else:
            return invitation
    raise Refused(
        "try_again", "Too many invitations are open. Try again in a moment.", status=503, retry=True
    )


@transaction.atomic
def invite_holder(*, holder: Holder, by: str, at_desk: bool = False) -> Invited:
    """Open an invitation; an earlier one of the same person ends.

    It goes by mail unless `at_desk` or there is no address.
    """
    row = Holder.objects.select_for_update(of=("self",)).get(pk=holder.pk)
    if row.state != HolderState.ACTIVE:
        raise Refused("holder_inactive", "Only an active person can be invited.")
    now = timezone.now()
    Invitation.objects.filter(state=InvitationState.OPEN, expires_at__lte=now).update(
        state=InvitationState.EXPIRED, closed_at=now
    )
    for earlier in Invitation.objects.filter(holder=row, state=InvitationState.OPEN):
        withdraw_invitation(invitation=earlier, by=by)
    invitation = _open_invitation(row, by, now)
    by_mail = bool(row.email) and not at_desk
    ledger.record(
        actor=by,
        verb="holder_invited",
        subject_kind="holder",
        handle=row.handle,
        data={"invitation": str(invitation.pk), "way": "mail" if by_mail else "desk"},
    )
    if by_mail:
        ledger.emit("mail.invitation", {"invitation": str(invitation.pk)})
        return Invited(invitation, None)
    return Invited(invitation, short_codes.code_of(invitation.locator, invitation.id))


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: str) -> None:
    row = Invitation.objects.select_for_update(of=("self",)).select_related("holder").get(pk=invitation.pk)
    if row.state != InvitationState.OPEN:
        return
    row.state, row.closed_at = InvitationState.WITHDRAWN, timezone.now()
    row.save(update_fields=["state", "closed_at"])
    ledger.record(
        actor=by,
        verb="invitation_withdrawn",
        subject_kind="holder",
        handle=row.holder.handle,
        data={"invitation": str(row.pk)},
    )
