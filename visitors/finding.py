"""Whom the watch list speaks of. Visitors themselves are holders: their own room finds them."""

from typing import Final
from uuid import UUID

from vault.holdings import Known, finder
from vault.names import fold
from vault.services import normalise
from visitors.models import WatchEntry

MOST: Final = 20


def known_of(entry: WatchEntry) -> Known:
    """An entry as whoever answers requests knows people."""
    return Known(
        source="watch",
        subject=entry.subject_id,
        number=None,
        kind="On the watch list",
        name=entry.name,
        email=entry.email,
    )


@finder("watch")
class Watched:
    """Names lie under keys of their own: each entry is opened and compared. A list has hundreds at most."""

    def by_mail(self, email: str) -> list[Known]:
        """Those with this address."""
        wanted = normalise(email.strip()) if email.strip() else ""
        return [known_of(one) for one in _readable() if wanted and normalise(one.email) == wanted]

    def by_name(self, term: str) -> list[Known]:
        """Those of whom a name, or a part of one, begins so."""
        wanted = fold(term.strip())
        if not wanted:
            return []
        found = [known_of(one) for one in _readable() if _begins(one, wanted)]
        return sorted(found, key=lambda one: one.name.casefold())[:MOST]

    def of(self, subject: UUID) -> Known | None:
        """Also one whose key is gone, whose name then says so."""
        entry = WatchEntry.objects.select_related("subject").filter(subject=subject).first()
        return known_of(entry) if entry else None


def _readable() -> list[WatchEntry]:
    return list(WatchEntry.objects.select_related("subject").filter(subject__destroyed_at=None))


def _begins(entry: WatchEntry, wanted: str) -> bool:
    names = [fold(name) for name in (entry.name, *entry.others.splitlines())]
    return any(part.startswith(wanted) for name in names for part in (name, *name.split()))
