"""How long live codes lived, and since when: what readers that were cut off had been told is known later."""

from datetime import UTC, datetime
from typing import Final

from django.db import models

from tenants.models import TenantModel

FROM_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class CodeLife(TenantModel):
    """From `since` on, until the next row, codes lived `life` seconds. No row: it never changed."""

    since = models.DateTimeField(primary_key=True)
    life = models.PositiveSmallIntegerField(help_text="seconds")

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.life} s since {self.since:%Y-%m-%d %H:%M}"
