"""Mailed links: 128 bits that need the company's key, stored as a hash, used on POST and once."""

import datetime as dt
import uuid
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sallyport.keys import b64url
from vault.services import hash_token
from visitors.models import Visit, VisitLink
from visitors.models.visits import OPEN_STATES, LinkPurpose

TOKEN_BYTES: Final = 16


@transaction.atomic
def make_link(*, visit: Visit, purpose: LinkPurpose, until: dt.datetime | None = None) -> VisitLink:
    """The open link of a visit for one purpose; made where there is none, else its end is moved."""
    ends = until or visit.closes
    held = VisitLink.objects.filter(visit=visit, purpose=purpose, used_at=None).first()
    if held is not None:
        if held.expires_at != ends:
            held.expires_at = ends
            held.save(update_fields=["expires_at"])
        return held
    link = VisitLink(
        id=uuid.uuid4(), visit=visit, purpose=purpose, created_at=timezone.now(), expires_at=ends
    )
    link.token_hash = _hash(token_of(link))
    link.save(force_insert=True)
    return link


def token_of(link: VisitLink) -> str:
    """The token in the mailed address: the same when the mail is made again."""
    return b64url(hash_token("visit.token", str(link.pk))[:TOKEN_BYTES])


def usable(token: str, purpose: LinkPurpose) -> VisitLink | None:
    """The link of a token: not used, not run out, of a visit that is open. Looking uses nothing up."""
    return _of(token, purpose).filter(used_at=None).first()


def of_open_visit(token: str, purpose: LinkPurpose) -> VisitLink | None:
    """The same, also one that was used: what it did is done, its visit can still be looked at."""
    return _of(token, purpose).first()


def known(token: str, purpose: LinkPurpose) -> VisitLink | None:
    """The link of a token, used or over as well: for a page that says what became of it."""
    found = VisitLink.objects.select_related(
        "visit__holder__subject", "visit__host__subject", "visit__site", "visit__type"
    )
    return found.filter(token_hash=_hash(token), purpose=purpose).first()


def use_up(link: VisitLink) -> bool:
    """Mark it used, in the caller's transaction; False where another request came first."""
    return bool(VisitLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now()))


def _of(token: str, purpose: LinkPurpose) -> QuerySet[VisitLink]:
    found = VisitLink.objects.select_related(
        "visit__holder__subject", "visit__host__subject", "visit__site", "visit__type"
    )
    return found.filter(
        token_hash=_hash(token),
        purpose=purpose,
        expires_at__gt=timezone.now(),
        visit__state__in=OPEN_STATES,
    )


def _hash(token: str) -> bytes:
    return hash_token("visit.link", token)
