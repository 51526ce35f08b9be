"""Key sets for codes in time: laid in ahead, handed over without a gap, refused at once, pruned.

A set issues from its `not_before` until the next one begins and opens what it made for as long as it is kept.
Each verb is one transaction under the company's lock: whatever dies half-way leaves the sets as they were.
"""

import time
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from tenants import context
from vault import caches
from vault.keys import VaultEmpty
from vault.models import KeySet
from vault.selectors import usable_key_sets
from vault.services import OVERLAP_SECONDS, new_key_set
from vault.signals import code_keys_changed

# A set is known this long before it issues: longer than any process holds the list without it.
LEAD_SECONDS: Final = 120
MOST_LAID_IN: Final = 100  # a plan that wants more is a mistake in the settings
DAY: Final = 86_400
HOUR: Final = 3_600


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings, in seconds."""

    seal: int
    sign: int
    ahead: int
    keep: int


def plan() -> Plan:
    """How long each half of a set is used, how far ahead sets are laid in, how long retired ones stay.

    One period more than the trust: a reader may have asked a while before it was cut off, beat may be late.
    """
    seal, sign = settings.CODE_SEAL_KEY_DAYS * DAY, settings.CODE_SIGN_KEY_DAYS * DAY
    ahead = settings.OFFLINE_TRUST_HOURS * HOUR + min(seal, sign)
    return Plan(seal, sign, ahead, settings.RETIRED_KEY_SET_DAYS * DAY)


def due(newest: KeySet, planned: Plan) -> int:
    """When the set after `newest` should begin (unix seconds)."""
    return min(newest.seal_since + planned.seal, newest.sign_since + planned.sign)


def lay_in(*, by: str = "system") -> list[KeySet]:
    """Lay in what is due within the next days; does nothing where that was done. Raises keys.VaultEmpty."""
    now, planned, laid = int(time.time()), plan(), list[KeySet]()
    with transaction.atomic():
        _lock()
        newest = _newest()
        while due(newest, planned) < now + planned.ahead and len(laid) < MOST_LAID_IN:
            # After an outage of beat the set is late: it begins as soon as all can know of it.
            newest = _follow(
                newest, max(due(newest, planned), newest.not_before + 1, now + LEAD_SECONDS), planned
            )
            laid.append(newest)
        if laid:
            _announce("code_keys_laid_in", by, laid)
    return laid


def rotate_now(*, by: str, ahead: int = LEAD_SECONDS) -> KeySet:
    """A set with both halves new takes over in `ahead` seconds; what was laid in after that is made anew."""
    start = int(time.time()) + ahead
    with transaction.atomic():
        _lock()
        # Nothing was ever made under them, and they carry the key that is to go.
        usable_key_sets().filter(not_before__gt=start).delete()
        _end(usable_key_sets(), start + OVERLAP_SECONDS)
        fresh = new_key_set(not_before=start)
        _announce("code_keys_rotated", by, [fresh])
    lay_in(by=by)
    return fresh


def refuse_and_rotate(*, by: str, cut_off: dict[str, int] | None = None) -> KeySet:
    """Refuse every set there is, those laid in ahead too, and issue under a new one from this second on.

    The rows change under the policy's number: no scan commits a grant under them once this has committed.
    """
    now = int(time.time())
    with transaction.atomic():
        _lock()
        old = list(usable_key_sets().values_list("key_id", flat=True))
        _end(usable_key_sets(), now)
        usable_key_sets().update(state=KeySet.State.REFUSED)
        fresh = new_key_set(not_before=now)
        _announce("code_keys_refused", by, [fresh], refused=old, **(cut_off or {}))
    lay_in(by=by)
    return fresh


def prune(*, by: str = "system") -> int:
    """Remove the sets that ended longer ago than any hand-in may take. Returns how many."""
    with transaction.atomic():
        _lock()
        old = KeySet.objects.filter(not_after__lt=int(time.time()) - plan().keep)
        gone = list(old.values_list("key_id", flat=True))
        if gone:
            KeySet.objects.filter(key_id__in=gone).delete()
            _announce("code_keys_pruned", by, [], removed=gone)
    return len(gone)


def _newest() -> KeySet:
    newest = usable_key_sets().order_by("-not_before", "-key_id").first()
    if newest is None:
        raise VaultEmpty("no key set to follow")
    return newest


def _follow(old: KeySet, start: int, planned: Plan) -> KeySet:
    """The set after `old`: it keeps whichever half is not due at its start."""
    fresh = new_key_set(
        not_before=start,
        seal_of=old if start < old.seal_since + planned.seal else None,
        sign_of=old if start < old.sign_since + planned.sign else None,
    )
    _end(usable_key_sets().exclude(pk=fresh.pk), start + OVERLAP_SECONDS)
    return fresh


def _end(sets: QuerySet[KeySet], at: int) -> None:
    sets.filter(Q(not_after=None) | Q(not_after__gt=at)).update(not_after=at)


def _announce(verb: str, by: str, made: list[KeySet], **more: Any) -> None:
    data: dict[str, Any] = {}
    if made:
        fresh_sign = [row.key_id for row in made if row.sign_since == row.not_before]
        data = {
            "key_sets": [row.key_id for row in made],
            "begins": made[0].not_before,
            "with_new_sign_key": fresh_sign,
        }
    handle = made[-1].key_id if made else None
    code_keys_changed.send(KeySet, verb=verb, by=by, handle=handle, data=data | more)
    transaction.on_commit(partial(caches.drop_everywhere, context.current().id))


def _lock() -> None:
    # Two rotations at once would each end the other's new set and leave none that mints.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(11, %s)", [context.current().id])
