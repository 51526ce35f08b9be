"""The company's choices about phones and codes."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils import timezone

from credentials.lives import FROM_EVER, CodeLife
from credentials.models import CodePolicy
from ledger import services as ledger

# Whoever must unlock from today on gets the time to set it up.
PASSKEYS_OPEN: Final = dt.timedelta(days=14)


@transaction.atomic
def set_code_policy(*, by: str, **values: str | int) -> CodePolicy:
    """Change vouching, code_life, mint_interval or max_phones. Raises ValidationError out of bounds."""
    policy = CodePolicy.objects.select_for_update().filter(pk=1).first() or CodePolicy()
    changed = _changed(policy, values)
    if changed and policy._state.adding:
        # Of two first changes at once neither found a row to wait for: now there is one.
        CodePolicy.objects.get_or_create(pk=1)
        policy = CodePolicy.objects.select_for_update().get(pk=1)
        changed = _changed(policy, values)
    if not changed:
        return policy
    before = policy.code_life
    for field, value in changed.items():
        setattr(policy, field, value)
    if changed.get("unlock_required"):
        policy.passkeys_until = timezone.now() + PASSKEYS_OPEN
    policy.full_clean()
    if "code_life" in changed:
        _note_life(before, policy.code_life)
    policy.save()
    ledger.record(actor=by, verb="code_policy_changed", subject_kind="code_policy", handle=1, data=changed)
    return policy


def _changed(policy: CodePolicy, values: dict[str, str | int]) -> dict[str, str | int]:
    return {field: value for field, value in values.items() if getattr(policy, field) != value}


def _note_life(before: int, after: int) -> None:
    """Keep what stood until now: a reader that was told of it may hand in what it decided by it."""
    if not CodeLife.objects.exists():
        CodeLife.objects.create(since=FROM_EVER, life=before)
    CodeLife.objects.create(since=timezone.now(), life=after)
