"""People who may pass doors: added, changed, suspended, off-boarded."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from credentials.models import (
    DeviceState,
    Holder,
    HolderKind,
    HolderState,
    Invitation,
    InvitationState,
    Language,
)
from credentials.refusals import Refused
from credentials.services.credentials import issue_credential, revoke_credential, set_validity
from credentials.services.invitations import withdraw_invitation
from credentials.services.phones import revoke_device
from credentials.signals import holder_added, holder_offboarded, holder_resumed, holder_suspended
from ledger import services as ledger
from vault.services import blind_index, create_subject

EMAIL_COLUMN = "credentials_holder.email"


@dataclass(frozen=True, slots=True)
class Validity:
    begins: dt.datetime | None = None
    ends: dt.datetime | None = None


def email_index(email: str) -> bytes | None:
    return blind_index(EMAIL_COLUMN, email) if email else None


def _save(holder: Holder, fields: Collection[str] | None = None) -> None:
    """Store a new holder; of an old one only `fields`: a name sealed anew would look like a new name."""
    holder.full_clean(exclude=["subject"], validate_constraints=False)
    try:
        with transaction.atomic():
            if fields is None:
                holder.save(force_insert=True)
            else:
                holder.save(update_fields=[*fields, "changed_at"])
    except IntegrityError as error:
        if "holder_email_once_among_the_present" not in str(error):
            raise
        text = "Somebody else with this mail address is already here."
        raise Refused("email_taken", text) from None


@transaction.atomic
def add_holder(
    *,
    name: str,
    email: str = "",
    kind: str = HolderKind.EMPLOYEE,
    language: str = Language.ENGLISH,
    validity: Validity | None = None,
    by: str,
) -> Holder:
    """A person with a live credential that opens nothing yet.

    Raises Refused("email_taken") and ValidationError.
    """
    name, email = name.strip(), email.strip()
    subject = create_subject()
    holder = Holder(
        handle=ledger.next_handle("holder"),
        subject=subject,
        kind=kind,
        language=language,
        name=name,
        email=email,
        email_index=email_index(email),
    )
    _save(holder)
    window = validity or Validity()
    credential = issue_credential(holder=holder, valid_from=window.begins, valid_until=window.ends)
    ledger.record(
        actor=by,
        verb="holder_added",
        subject_kind="holder",
        handle=holder.handle,
        data={"kind": str(kind), "credential": credential.handle},
        subject=subject,
        payload={"name": name, "email": email},
    )
    holder_added.send(sender=Holder, holder=holder, by=by)
    return holder


def _locked(holder: Holder) -> Holder:
    """Deeds on one person follow each other; the holder's row is always the first that is locked."""
    return Holder.objects.select_for_update(of=("self",)).get(pk=holder.pk)


def _told(holder: Holder, verb: str, by: str) -> None:
    ledger.record(actor=by, verb=verb, subject_kind="holder", handle=holder.handle)


@transaction.atomic
def edit_holder(*, holder: Holder, by: str, validity: Validity | None = None, **values: str) -> Holder:
    """Change name, email, kind or language, and with `validity` the time of the credential.

    The ledger keeps which, and what as ciphertext under the subject's key. Raises Refused: holder_offboarded,
    kind_fixed (who is a visitor stays one, and nobody becomes one), email_taken; ValidationError.
    """
    unknown = values.keys() - {"name", "email", "kind", "language"}
    if unknown:
        raise TypeError(f"edit_holder does not know {sorted(unknown)}")
    row = _locked(holder)
    if row.state == HolderState.OFFBOARDED:
        raise Refused("holder_offboarded", "This person has been off-boarded.")
    kind = values.get("kind", row.kind)
    if kind != row.kind and HolderKind.VISITOR in {kind, row.kind}:
        raise Refused("kind_fixed", "A visitor stays a visitor. Add the person anew.")
    if validity is not None:
        set_validity(holder=row, valid_from=validity.begins, valid_until=validity.ends, by=by)
    given = {field: value.strip() for field, value in values.items()}
    changed = {field: value for field, value in given.items() if getattr(row, field) != value}
    if not changed:
        return row
    for field, value in changed.items():
        setattr(row, field, value)
    row.email_index = email_index(row.email)
    _save(row, [*changed, "email_index"])
    ledger.record(
        actor=by,
        verb="holder_edited",
        subject_kind="holder",
        handle=row.handle,
        data={"fields": sorted(changed)},
        subject=row.subject,
        payload=changed,
    )
    return row


@transaction.atomic
def suspend_holder(*, holder: Holder, by: str) -> None:
    """Refused at every door from the next scan on; phones stay enrolled."""
    row = _locked(holder)
    if row.state != HolderState.ACTIVE:
        return
    row.state = HolderState.SUSPENDED
    row.save(update_fields=["state", "changed_at"])
    _told(row, "holder_suspended", by)
    holder_suspended.send(sender=Holder, holder=row, by=by)


@transaction.atomic
def resume_holder(*, holder: Holder, by: str) -> None:
    row = _locked(holder)
    if row.state != HolderState.SUSPENDED:
        return
    row.state = HolderState.ACTIVE
    row.save(update_fields=["state", "changed_at"])
    _told(row, "holder_resumed", by)
    holder_resumed.send(sender=Holder, holder=row, by=by)


@transaction.atomic
def offboard_holder(*, holder: Holder, by: str) -> None:
    """The end: phones and credential revoked, invitation withdrawn.

    It cannot be undone; a person who returns is added anew.
    """
    row = _locked(holder)
    if row.state == HolderState.OFFBOARDED:
        return
    row.state = HolderState.OFFBOARDED
    row.save(update_fields=["state", "changed_at"])
    for device in row.devices.exclude(state=DeviceState.REVOKED).order_by("handle"):
        revoke_device(device=device, reason="offboarded", by=by)
    revoke_credential(holder=row, by=by)
    for invitation in Invitation.objects.filter(holder=row, state=InvitationState.OPEN):
        withdraw_invitation(invitation=invitation, by=by)
    _told(row, "holder_offboarded", by)
    holder_offboarded.send(sender=Holder, holder=row, by=by)
