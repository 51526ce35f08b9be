"""Wrong tries of one source, counted by the hour and kept: neither a restart nor parallel tries win any."""

import time
from typing import Final

from django.db import transaction
from django.db.models import F

from credentials.models import WrongCodes
from credentials.refusals import Refused

WINDOW: Final = 3600  # seconds over which wrong tries of one source are counted
_TOO_MANY: Final = "Too many wrong codes from here. Try again in an hour."


def refuse_noisy(source: bytes, *, most: int, text: str = _TOO_MANY) -> None:
    """Raises Refused("too_many_tries") where this source (32 bytes, keyed hash) was wrong `most` times."""
    rows = WrongCodes.objects.filter(source=source, window=_window())
    counted = rows.values_list("count", flat=True).first()
    if counted is not None and counted >= most:
        raise Refused("too_many_tries", text, status=429, retry=True, wait=WINDOW)


def count_wrong(source: bytes) -> None:
    """One more wrong try, committed at once; must not run inside a transaction."""
    window = _window()
    with transaction.atomic(durable=True):
        WrongCodes.objects.filter(window__lt=window).delete()
        row, new = WrongCodes.objects.get_or_create(source=source, window=window, defaults={"count": 1})
        if not new:
            WrongCodes.objects.filter(pk=row.pk).update(count=F("count") + 1)


def _window() -> int:
    return int(time.time()) // WINDOW
