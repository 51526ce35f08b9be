"""What visitors read and sign: documents in versions and languages, and what was signed."""

import uuid

from django.db import models
from django.db.models import Q

from credentials.models import Language
from tenants.models import TenantModel
from vault.fields import EncryptedText


class Document(TenantModel):
    """House rules, a confidentiality agreement ... Texts stand in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    signed = models.BooleanField(default=True, help_text="signed by hand; otherwise only read")
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(archived_at=None), name="document_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class DocumentVersion(TenantModel):
    """One text. Never changed once published: a new number is, in every language that it has."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=2, choices=Language)
    title = models.CharField(max_length=120)
    body = models.TextField(max_length=20_000)
    sha256 = models.CharField(max_length=64, editable=False)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)

    class Meta(TenantModel.Meta):
        ordering = ["document", "-number", "language"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number", "language"], name="document_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number} ({self.language})"


class SignedDocument(TenantModel):
    """What a visitor read or signed at a visit: strokes and the PDF, sealed under the visitor's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey("visitors.Visit", on_delete=models.CASCADE, related_name="signed")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    kiosk = models.PositiveIntegerField(null=True, help_text="handle of the kiosk; none: the visitor's phone")
    name = EncryptedText(subject_source="visit.holder.subject_id", help_text="as the visitor gave it")
    strokes = EncryptedText(
        subject_source="visit.holder.subject_id",
        blank=True,
        default="",
        help_text="JSON: [[[x, y, t], …], …]; empty where it was only read",
    )
    pdf = models.BinaryField(blank=True, default=b"", help_text="sealed for the subject")
    pdf_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "version"], name="document_signed_once_per_visit")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} by visit {self.visit_id}"
