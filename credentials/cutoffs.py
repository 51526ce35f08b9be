"""What of this room a refusal of all keys would cut off."""

import time

from django.utils import timezone

from credentials.models import DeviceUse
from credentials.paper import DayPass, DayPassState
from credentials.selectors import code_policy
from sallyport.codes.passes import LONGEST_PASS
from vault.cutoffs import counts


@counts("phones_showing_a_code", one="phone showing a code", many="phones showing a code")
def phones_showing_a_code() -> int:
    """Phones whose newest code has not run out."""
    return DeviceUse.objects.filter(minted_ms__gt=int((time.time() - code_policy().code_life) * 1000)).count()


@counts("phones_that_may_hold_a_pass", one="phone that may hold a pass", many="phones that may hold a pass")
def phones_that_may_hold_a_pass() -> int:
    """Phones heard within the longest life of a pass: which of them took one is not kept."""
    return DeviceUse.objects.filter(seen_at__gt=int((time.time() - LONGEST_PASS) * 1000)).count()


@counts("day_passes", one="day pass", many="day passes")
def day_passes() -> int:
    """Those that have not ended."""
    return DayPass.objects.filter(state=DayPassState.ACTIVE, ends__gt=timezone.now()).count()
