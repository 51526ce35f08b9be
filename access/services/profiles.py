"""The access profile of a credential: the number that stands for what its holder may now enter."""

import datetime as dt
import logging

from django.db import DatabaseError, transaction

from access.models import AccessGrant, Profile
from credentials import services as credentials
from credentials.models import Credential, Holder
from ledger import services as ledger

logger = logging.getLogger(__name__)


def _effective(grants: list[AccessGrant], now: dt.datetime) -> list[int]:
    return sorted(
        {
            grant.level_id
            for grant in grants
            if (grant.valid_from is None or grant.valid_from <= now)
            and (grant.valid_until is None or now < grant.valid_until)
        }
    )


def _next_change(grants: list[AccessGrant], now: dt.datetime) -> dt.datetime | None:
    edges = (edge for grant in grants for edge in (grant.valid_from, grant.valid_until))
    return min((edge for edge in edges if edge and edge > now), default=None)


def profile_of(levels: list[int]) -> Profile:
    """The profile of this set of levels, made when it is new; numbers are never reused."""
    found = Profile.objects.filter(levels=levels).first()
    if found is not None:
        return found
    return Profile.objects.get_or_create(levels=levels, defaults={"number": ledger.next_handle("profile")})[0]


def _is_reduction(credential: Credential, levels: list[int]) -> bool:
    before = Profile.objects.filter(number=credential.profile).first()
    return before is not None and not set(before.levels) <= set(levels)


@transaction.atomic
def refresh_profile(*, holder: Holder, now: dt.datetime, by: str) -> None:
    """Bring the profile of a holder's credential up to date.

    A reduction by a deed issues a new handle and revokes the old one, so that a code or pass already on the
    phone dies with it; an end that was known beforehand does not need to: `fresh_until` let no code live past
    it. The credential's row is locked first, so that two deeds on one person follow each other.
    """
    credential = credentials.lock_active_credential(holder=holder)
    if credential is None:
        return
    grants = list(AccessGrant.objects.filter(holder=holder))
    levels = _effective(grants, now)
    profile, fresh_until = profile_of(levels).number, _next_change(grants, now)
    known_beforehand = credential.fresh_until is not None and credential.fresh_until <= now
    if _is_reduction(credential, levels) and not known_beforehand:
        credentials.reissue_credential(credential=credential, profile=profile, fresh_until=fresh_until, by=by)
    else:
        credentials.set_profile(credential=credential, profile=profile, fresh_until=fresh_until)


def refresh_due_profiles(*, now: dt.datetime) -> int:
    """Bring up to date every credential whose levels have changed by the clock. Returns how many."""
    done = 0
    for holder in credentials.holders_with_stale_profile(now=now):
        try:
            refresh_profile(holder=holder, now=now, by="system")
            done += 1
        except DatabaseError:
            # One person's trouble must not keep the others out; the next round tries again.
            logger.exception("the profile of holder %s could not be refreshed", holder.handle)
    return done
