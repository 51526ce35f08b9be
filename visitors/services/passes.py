"""The day pass of a visit under way: from now to its end, or as long as a pass may be."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from credentials.services import issue_day_pass
from credentials.services.day_passes import LONGEST, IssuedDayPass, Window
from visitors.models import Visit


def issue_for(visit: Visit, *, by: str) -> IssuedDayPass:
    """A new pass for the visitor; which one the visit holds is for the caller to write. Raises Refused."""
    now = timezone.now()
    ahead = now + dt.timedelta(days=settings.RETIRED_KEY_SET_DAYS - 1)
    window = Window(now, min(visit.closes, now + LONGEST, ahead), visit.site.time_zone)
    return issue_day_pass(holder=visit.holder, window=window, by=by)
