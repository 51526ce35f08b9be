"""The row behind a mailed link with which a person revokes a lost phone."""

import uuid

from django.db import models

from tenants.models import TenantModel


class LostLink(TenantModel):
    """Written for unknown addresses too (holder is null), so that asking tells nothing.

    Token and secret stand as hashes only: the token was mailed, the secret lies in the browser that used it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(
        "credentials.Holder", null=True, on_delete=models.PROTECT, related_name="lost_links"
    )
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    browser_hash = models.BinaryField(max_length=32, null=True, unique=True)
    browser_until = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["expires_at"], name="lost_link_ends")]

    def __str__(self) -> str:
        return str(self.pk)
