"""A person's key: what is left of them anywhere under it can be read by nobody from then on."""

from uuid import UUID

from vault.holdings import Item, eraser
from vault.keystore.models import SubjectKey
from vault.models import Subject
from vault.services import destroy_subject_key

KEY = "Personal key: whatever is still sealed under it, here and in backups, becomes unreadable"


@eraser("key", title="Personal key", order=90)
class KeyEraser:
    """The key goes last: before it, rooms may still have to read what they end."""

    def plan(self, subject: UUID) -> list[Item]:
        count = SubjectKey.objects.filter(subject=subject).count()
        return [Item(KEY, count)] if count else []

    def obstacles(self, subject: UUID) -> list[str]:
        return []

    def erase(self, subject: UUID, *, by: str) -> list[Item]:
        found = self.plan(subject)
        destroy_subject_key(Subject.objects.get(pk=subject))
        return found
