"""People: added, changed, suspended, off-boarded, and what the ledger keeps of it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from credentials.models import Credential, CredentialState, DeviceState, Holder, HolderState, InvitationState
from credentials.refusals import Refused
from credentials.selectors import live_credential
from credentials.services import (
    edit_holder,
    invite_holder,
    lock_active_credential,
    offboard_holder,
    reissue_credential,
    resume_holder,
    set_validity,
    suspend_holder,
)
from ledger.models import LedgerEntry
from tests.credentials.phone import ALICE, enrolled, henri

pytestmark = pytest.mark.usefixtures("in_acme")


def verbs() -> list[str]:
    return list(LedgerEntry.objects.order_by("at").values_list("verb", flat=True))


def test_a_new_person_has_a_credential_that_opens_nothing() -> None:
    holder = henri()
    credential = live_credential(holder)
    assert credential is not None
    assert (credential.state, credential.profile) == (CredentialState.ACTIVE, 0)
    assert verbs()[-1:] == ["holder_added"]


def test_names_and_addresses_lie_as_ciphertext() -> None:
    holder = henri()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, email FROM credentials_holder WHERE handle = %s", [holder.handle])
        name, email = cursor.fetchone()
        cursor.execute("SELECT data::text, payload FROM ledger_ledgerentry WHERE verb = 'holder_added'")
        data, payload = cursor.fetchone()
    for lying in (bytes(name), bytes(email), data.encode(), bytes(payload)):
        assert b"enri" not in lying
    assert Holder.objects.get(pk=holder.pk).name == "Henri Holder"


def test_handles_are_dense() -> None:
    handles = [henri(email=f"p{n}@acme.example").handle for n in range(3)]
    assert handles == list(range(handles[0], handles[0] + 3))


def test_one_address_is_one_person_among_the_present() -> None:
    first = henri()
    with pytest.raises(Refused) as refused:
        henri(email=" HENRI@acme.example ")
    assert refused.value.code == "email_taken"
    offboard_holder(holder=first, by=ALICE)
    assert henri().handle > first.handle


def test_a_person_needs_a_name() -> None:
    with pytest.raises(ValidationError):
        henri(name="  ")


def test_editing_tells_which_fields_and_hides_what() -> None:
    holder = henri()
    edit_holder(holder=holder, name="Henri Huber", by=ALICE)
    holder.refresh_from_db()
    entry = LedgerEntry.objects.get(verb="holder_edited")
    assert holder.name == "Henri Huber"
    assert entry.data == {"fields": ["name"]}
    assert b"Huber" not in bytes(entry.payload or b"")


def test_editing_nothing_is_no_deed() -> None:
    holder = henri()
    edit_holder(holder=holder, name="Henri Holder", by=ALICE)
    assert "holder_edited" not in verbs()


def test_suspend_and_resume() -> None:
    holder = henri()
    suspend_holder(holder=holder, by=ALICE)
    suspend_holder(holder=holder, by=ALICE)
    holder.refresh_from_db()
    assert holder.state == HolderState.SUSPENDED
    resume_holder(holder=holder, by=ALICE)
    holder.refresh_from_db()
    assert holder.state == HolderState.ACTIVE
    assert verbs()[-2:] == ["holder_suspended", "holder_resumed"]


def test_off_boarding_ends_phones_credential_and_invitation() -> None:
    holder = henri()
    _, device = enrolled(holder)
    invitation = invite_holder(holder=holder, by=ALICE).invitation
    offboard_holder(holder=holder, by=ALICE)
    for row in (holder, device, invitation):
        row.refresh_from_db()
    assert (holder.state, device.state) == (HolderState.OFFBOARDED, DeviceState.REVOKED)
    assert device.revoked_reason == "offboarded"
    assert invitation.state == InvitationState.WITHDRAWN
    assert live_credential(holder) is None
    with pytest.raises(Refused, match="holder_inactive"):
        invite_holder(holder=holder, by=ALICE)
    with pytest.raises(Refused, match="holder_offboarded"):
        edit_holder(holder=holder, name="Other", by=ALICE)


def test_a_reissued_credential_has_a_new_handle_and_the_old_is_revoked() -> None:
    holder = henri()
    old = lock_active_credential(holder=holder)
    assert old is not None
    new = reissue_credential(credential=old, profile=7, fresh_until=None, by=ALICE)
    assert new.handle > old.handle
    assert Credential.objects.get(pk=old.pk).state == CredentialState.REVOKED
    assert live_credential(holder) == new


@pytest.mark.parametrize(
    ("begins", "ends", "reissued"),
    [
        (None, 1, True),
        (None, 23, True),
        (None, 48, False),  # no pass lives so long
        (1, None, True),
        (-1, None, False),
        (None, None, False),
    ],
)
def test_a_validity_that_shrinks_under_a_pass_takes_the_pass_with_it(
    begins: int | None, ends: int | None, reissued: bool
) -> None:
    holder = henri()
    before = live_credential(holder)
    now = timezone.now()
    moments = [None if hours is None else now + dt.timedelta(hours=hours) for hours in (begins, ends)]
    set_validity(holder=holder, valid_from=moments[0], valid_until=moments[1], by=ALICE)
    after = live_credential(holder)
    assert before is not None
    assert after is not None
    assert (after.handle != before.handle) == reissued
    assert (after.valid_from, after.valid_until) == tuple(moments)
    assert Credential.objects.get(handle=before.handle).state == ("REVOKED" if reissued else "ACTIVE")


def test_a_validity_that_grows_keeps_the_credential() -> None:
    holder = henri()
    for hours in (48, 72):
        set_validity(
            holder=holder,
            valid_from=None,
            valid_until=timezone.now() + dt.timedelta(hours=hours),
            by=ALICE,
        )
    assert Credential.objects.filter(holder=holder).count() == 1
