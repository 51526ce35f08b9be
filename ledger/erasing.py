"""What erasing leaves of a person in the record: numbers, times and reasons. Nothing of it is altered."""

from uuid import UUID

from ledger.models import LedgerEntry
from vault.holdings import Item, eraser
from vault.models import Subject

GROUND = "Art. 17(3)(b), (e) GDPR: the record proves what was done; numbers, times and reasons stay"
WORDS = "Words in the record: unreadable once the personal key is gone"


@eraser("record", title="Tamper-evident record", order=80)
class RecordEraser:
    """The ciphertext stays where it is, since it is part of what was signed; its key goes."""

    def plan(self, subject: UUID) -> list[Item]:
        count = LedgerEntry.objects.filter(subject=subject).count()
        if not count:
            return []
        readable = Subject.objects.filter(pk=subject, destroyed_at=None).exists()
        going = [Item(WORDS, count)] if readable else []
        return [*going, Item("Deeds about the person", count, goes=False, ground=GROUND)]

    def obstacles(self, subject: UUID) -> list[str]:
        return []

    def erase(self, subject: UUID, *, by: str) -> list[Item]:
        return self.plan(subject)
