"""Keys that a reader has renewed. They open nothing any more, and stay to read what they have signed."""

from datetime import datetime
from typing import Final

from django.db import models

from tenants.models import TenantModel

SAME_MOMENT: Final = 2  # seconds


class FormerKey(TenantModel):
    """One public key that another took the place of; never deleted.

    `until` is when it would have ended at the latest. `overtaken_at` and `overtaken_by` (the reader's clock,
    unix seconds) are of the first request that was signed by a later key; without one, time has ended it.
    """

    reader = models.ForeignKey("readers.Reader", on_delete=models.PROTECT, related_name="former_keys")
    algorithm = models.CharField(max_length=20)
    public_key = models.BinaryField(max_length=65, unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField()
    overtaken_at = models.DateTimeField(null=True)
    overtaken_by = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-ended_at"]

    def __str__(self) -> str:
        return f"former key of {self.reader_id}"

    def was_used_after(self, created: int) -> bool:
        """Whether something signed at `created`, by the reader's clock, came after a later key had signed.

        A request that was on its way then is older, whatever the clock: it is the same one.
        """
        return self.overtaken_by is not None and created > self.overtaken_by + SAME_MOMENT

    def was_overtaken_since(self, since: datetime) -> bool:
        """Whether the first request that a later key has signed came at `since` or after it."""
        return self.overtaken_at is not None and self.overtaken_at >= since
