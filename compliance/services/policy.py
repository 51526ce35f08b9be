"""The company's choices: jurisdiction, who is responsible, how long things are kept, who approved."""

from datetime import date

from django.db import transaction

from compliance.law import Act, Purpose
from compliance.models import CompliancePolicy, ConsentRecord, Ended
from compliance.services.locks import hold_policy
from compliance.services.notices import end_answers
from compliance.signals import consents_ended
from ledger import services as ledger

FIELDS = frozenset(
    {
        *("profile", "controller", "contact", "schedule", "destruction", "dpia_by", "dpia_on", "equal_way"),
        *("country", "subdivision", "time_zone"),
    }
)


@transaction.atomic
def set_policy(*, by: str, **values: str | bool | date | None) -> CompliancePolicy:
    """Change what is given. Another jurisdiction ends all answers: they were given to the old one's notices.

    The ledger keeps which fields changed, and of the texts nothing. Raises ValidationError.
    """
    if unknown := values.keys() - FIELDS:
        raise TypeError(f"set_policy does not know {sorted(unknown)}")
    policy = hold_policy()
    changed = {name: value for name, value in values.items() if getattr(policy, name) != value}
    if not changed:
        return policy
    for name, value in changed.items():
        setattr(policy, name, value)
    policy.full_clean()
    policy.save()
    ended = _end_all() if "profile" in changed else 0
    ledger.record(
        actor=by,
        verb="compliance_policy_changed",
        subject_kind="compliance_policy",
        handle=1,
        data={"fields": sorted(changed), "profile": policy.profile, "asked_again": ended},
    )
    return policy


def _end_all() -> int:
    count = 0
    for purpose in Purpose:
        standing = ConsentRecord.objects.filter(purpose=purpose, ended_at=None)
        consents = set(standing.filter(act=Act.CONSENT).values_list("subject_id", flat=True))
        subjects = end_answers(list(standing.values_list("pk", flat=True)), Ended.PROFILE_CHANGED)
        count += len(subjects)
        if gone := [subject for subject in subjects if subject in consents]:
            consents_ended.send(
                sender=ConsentRecord, purpose=purpose, subjects=gone, how=Ended.PROFILE_CHANGED
            )
    return count
