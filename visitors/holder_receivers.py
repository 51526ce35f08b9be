"""What this room does when something is announced of a visitor as a cardholder."""

from collections.abc import Mapping
from typing import Any, Final

from django.dispatch import receiver as hears

from credentials.models import Credential, Holder
from credentials.signals import credential_reissued, holder_offboarded
from ledger import services as ledger
from ledger.outbox import receiver
from visitors.desk_receivers import hint
from visitors.models import OPEN_STATES, Visit
from visitors.services.moving import drop_unfit_passes, end_all

PASSES_OVER: Final = "visitors.passes_over"


@hears(credential_reissued)
def look_at_passes(*, old: Credential, by: str, **_: Any) -> None:
    """By the outbox: the credential is locked here, and whoever moves a visit locks its holder first."""
    if Visit.objects.filter(day_pass__credential=old, state__in=OPEN_STATES).exists():
        ledger.emit(PASSES_OVER, {"credential": old.handle, "by": by})


@receiver(PASSES_OVER)
def drop_passes(data: Mapping[str, Any]) -> None:
    drop_unfit_passes(credential=data["credential"], by=data["by"])
    hint()


@hears(holder_offboarded)
def end_visits(*, holder: Holder, by: str, **_: Any) -> None:
    """Whoever off-boards a visitor ends their visits with it; the end of the last visit finds none."""
    end_all(holder=holder, by=by)
