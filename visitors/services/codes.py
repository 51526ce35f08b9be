"""The code in a visitor's mail, typed or held before the kiosk's camera: eight signs, five tries.

Derived from the visit's id under the company's key, as a phone's invitation is (`credentials.short_codes`):
the first three find the visit, so that every guess counts against it.
"""

import hmac
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from credentials import short_codes
from vault.services import hash_token
from visitors.models import OPEN_STATES, Visit
from visitors.refusals import Refused

TRIES: Final = 5
DRAWS: Final = 8  # of a locator: the one that the fewest open visits hold is taken


def set_code(visit: Visit) -> None:
    """Give a visit that is not saved yet its code."""
    visit.code_locator = _free_locator()
    visit.code_hash = _hash(code_of(visit))


def _free_locator() -> str:
    """One that few open visits hold: what is guessed at one of them counts against all of them."""
    drawn = [short_codes.random_locator() for _ in range(DRAWS)]
    held = Visit.objects.filter(code_locator__in=drawn, state__in=OPEN_STATES).order_by()
    counts = dict(held.values_list("code_locator").annotate(Count("pk")))
    return min(drawn, key=lambda locator: counts.get(locator, 0))


def code_of(visit: Visit) -> str:
    """The code as it stands in the mail."""
    return visit.code_locator + _secret(visit.pk)


def find(typed: str) -> Visit:
    """The open visit whose code this is; must not run inside a transaction.

    Raises Refused("code_wrong"), or ("code_exhausted") after five wrong ones for a visit. Each try is
    counted and committed before the code is compared.
    Guessing from one place is for the caller to bound: several visits may share a locator.
    """
    code = short_codes.normalise(typed)
    if code is None:
        raise _wrong()
    open_ones = Visit.objects.filter(
        code_locator=code[: short_codes.LOCATOR], state__in=OPEN_STATES, closes__gt=timezone.now()
    )
    found = list(open_ones.values_list("pk", flat=True))
    with transaction.atomic(durable=True):
        Visit.objects.filter(pk__in=found).update(code_attempts=F("code_attempts") + 1)
    digest = _hash(code)
    for visit in Visit.objects.select_related("holder__subject", "host", "type", "site").filter(pk__in=found):
        if not hmac.compare_digest(bytes(visit.code_hash or b""), digest):
            continue
        # Whoever knows a code guessed at none of the others.
        others = Visit.objects.filter(pk__in=found, code_attempts__gt=0).exclude(pk=visit.pk)
        others.update(code_attempts=F("code_attempts") - 1)
        if visit.code_attempts > TRIES:
            raise Refused(
                "code_exhausted", "This code was tried too often. Ask at the reception.", status=403
            )
        Visit.objects.filter(pk=visit.pk).update(code_attempts=0)
        return visit
    raise _wrong()


def forgive(visit: Visit) -> None:
    """The code was sent anew: what was tried before counts no more."""
    Visit.objects.filter(pk=visit.pk).update(code_attempts=0)


def _wrong() -> Refused:
    return Refused(
        "code_wrong", "This code is not valid. Check it, or ask at the reception.", status=403, retry=True
    )


def _secret(visit: UUID) -> str:
    bits = int.from_bytes(hash_token("visit.secret", str(visit))[:8], "big")
    return "".join(short_codes.ALPHABET[bits >> shift & 31] for shift in range(0, 25, 5))


def _hash(code: str) -> bytes:
    return hash_token("visit.code", code)
