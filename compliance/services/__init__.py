"""What changes in this room, and only here."""

from compliance.services.consents import Said, acknowledge, end_all, give_consent, withdraw
from compliance.services.locks import lock_person
from compliance.services.notices import drop_draft, publish_notice, save_draft
from compliance.services.policy import set_policy

__all__ = [
    "Said",
    "acknowledge",
    "drop_draft",
    "end_all",
    "give_consent",
    "lock_person",
    "publish_notice",
    "save_draft",
    "set_policy",
    "withdraw",
]
