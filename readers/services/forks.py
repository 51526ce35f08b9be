"""Two readers of one identity: which of them is real cannot be told from here, so it is switched off."""

from datetime import datetime

from access.models import AlarmKind
from access.services import raise_reader_alarm
from ledger import services as ledger
from readers.models import Reader, ReaderHealth, ReaderState


def switch_off(*, row: Reader, health: ReaderHealth, now: datetime, facts: dict[str, int]) -> None:
    """Suspend the identity and raise the alarm; only a new pairing ends that. The caller holds the row, and
    commits: a refusal that is raised in the same transaction would take it back.
    """
    row.state, health.forked_at = ReaderState.SUSPENDED, now
    row.save(update_fields=["state"])
    health.save(update_fields=["forked_at"])
    data = {"because": "identity_forked", **facts}
    ledger.record(
        actor="system", verb="reader_suspended", subject_kind="reader", handle=row.handle, data=data
    )
    raise_reader_alarm(kind=AlarmKind.IDENTITY_FORKED, reader=row.handle, at=now, facts=facts)
