"""What changes in this room, and only here."""

from credentials.services.branding import set_branding
from credentials.services.credentials import (
    holders_with_stale_profile,
    lock_active_credential,
    reissue_credential,
    set_profile,
    set_validity,
)
from credentials.services.day_passes import (
    Checked,
    IssuedDayPass,
    Window,
    check_pin,
    digits_of,
    issue_day_pass,
    revoke_day_pass,
)
from credentials.services.holders import (
    add_holder,
    edit_holder,
    offboard_holder,
    resume_holder,
    suspend_holder,
)
from credentials.services.invitations import Invited, invite_holder, withdraw_invitation
from credentials.services.minting import (
    mint_live_code,
    mint_signed,
    pass_signed,
    standing,
    standing_mark,
    visit_signed,
)
from credentials.services.moving import LeadOver, lead_over, move_company
from credentials.services.phones import (
    REVOKE_REASONS,
    bind_phone,
    doubt_device,
    enrol_device,
    revoke_device,
    vouch_device,
)
from credentials.services.policy import set_code_policy
from credentials.services.unlock import (
    allow_passkey,
    demand_unlock,
    grant_unlock,
    lock_phone,
    offer_registration,
    offer_unlock,
    register_passkey,
    unlock_phone,
)

__all__ = [
    "REVOKE_REASONS",
    "Checked",
    "Invited",
    "IssuedDayPass",
    "LeadOver",
    "Window",
    "add_holder",
    "allow_passkey",
    "bind_phone",
    "check_pin",
    "demand_unlock",
    "digits_of",
    "doubt_device",
    "edit_holder",
    "enrol_device",
    "grant_unlock",
    "holders_with_stale_profile",
    "invite_holder",
    "issue_day_pass",
    "lead_over",
    "lock_active_credential",
    "lock_phone",
    "mint_live_code",
    "mint_signed",
    "move_company",
    "offboard_holder",
    "offer_registration",
    "offer_unlock",
    "pass_signed",
    "register_passkey",
    "reissue_credential",
    "resume_holder",
    "revoke_day_pass",
    "revoke_device",
    "set_branding",
    "set_code_policy",
    "set_profile",
    "set_validity",
    "standing",
    "standing_mark",
    "suspend_holder",
    "unlock_phone",
    "visit_signed",
    "vouch_device",
    "withdraw_invitation",
]
