"""The company's choices about phones and codes."""

from django.db import transaction

from credentials.models import CodePolicy
from ledger import services as ledger


@transaction.atomic
def set_code_policy(*, by: str, **values: str | int) -> CodePolicy:
    """Change vouching, code_life, mint_interval or max_phones. Raises ValidationError out of bounds."""
    policy = CodePolicy.objects.select_for_update().filter(pk=1).first() or CodePolicy()
    changed = {field: value for field, value in values.items() if getattr(policy, field) != value}
    if not changed:
        return policy
    for field, value in changed.items():
        setattr(policy, field, value)
    policy.full_clean()
    policy.save()
    ledger.record(actor=by, verb="code_policy_changed", subject_kind="code_policy", handle=1, data=changed)
    return policy
