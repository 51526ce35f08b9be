"""What the company can show: that it erased a person, or what a night's retention deleted."""

import uuid

from django.db import models

from tenants.models import TenantModel


class CertificateKind(models.TextChoices):
    ERASURE = "erasure", "Erasure"
    RETENTION = "retention", "Retention"


class Certificate(TenantModel):
    """Signed by the company's anchor over the bytes of `body`, canonical JSON without personal data."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=CertificateKind)
    issued_at = models.DateTimeField()
    body = models.TextField()
    signature = models.BinaryField(max_length=64)
    signer = models.BinaryField(max_length=32, help_text="public Ed25519 key of the anchor")

    class Meta(TenantModel.Meta):
        ordering = ["-number"]
        indexes = [models.Index(fields=["kind", "-number"], name="certificates_newest")]

    def __str__(self) -> str:
        return f"certificate {self.number}"
