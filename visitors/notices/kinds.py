"""What a notice is, and what each way of telling it has to do."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from access.models import Site
from credentials.models import Holder
from visitors.models import Visit

# Topics of the outbox: one row for each way.
MAIL: Final = "notice.mail"
WEBHOOK: Final = "notice.webhook"
PUSH: Final = "notice.push"


class Kind(StrEnum):
    """What has happened. These words go outside by the webhook: they never change."""

    WAITING = "waiting"  # stands at reception until somebody admits them
    ARRIVED = "arrived"  # is in
    CANNOT_COME = "cannot_come"  # the visitor has called it off
    DELIVERY = "delivery"  # something was brought for the host


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one host. `id` is the same for a repetition."""

    id: UUID
    kind: Kind
    host: Holder | None = field(repr=False)
    visit: Visit | None
    site: Site
    at: dt.datetime


class Channel(Protocol):
    """One way of telling."""

    def send(self, notice: Notice) -> None:
        """Tell it. Raises whatever keeps it from being told: then it is tried again later."""
        ...
