"""What was collected for a request, and how it left: both sealed for the case alone, both for a while."""

import uuid

from django.db import models
from django.db.models import Q

from compliance.models.cases import Case, CasePerson
from tenants.models import TenantModel
from vault.fields import EncryptedText


class CaseSection(TenantModel):
    """What one room holds of one person of a case: waiting, then collected, then looked through.

    `withheld` is JSON: a cell's place (table/row/column) and the code of the reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sections")
    person = models.ForeignKey(CasePerson, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=24, help_text="the exporter of vault.holdings")
    rows = models.PositiveIntegerField(default=0)
    free = models.PositiveIntegerField(default=0, help_text="cells that people wrote freely")
    sealed = models.BinaryField(null=True, help_text="tables, compressed, under the key of the case")
    withheld = EncryptedText(subject_source="case.applicant_id", blank=True, default="")
    collected_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=80, blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["person", "source"]
        constraints = [
            models.UniqueConstraint(fields=["case", "person", "source"], name="one_section_of_a_room"),
            models.CheckConstraint(
                condition=Q(collected_at=None, sealed=None)
                | Q(collected_at__isnull=False, sealed__isnull=False),
                name="a_collected_section_holds_something",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by="")
                | (Q(reviewed_at__isnull=False, collected_at__isnull=False) & ~Q(reviewed_by="")),
                name="only_what_was_collected_is_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} for {self.case_id}"


class CaseDelivery(TenantModel):
    """An answer that waits for download: a locked ZIP behind a mailed link, whose token is kept as a hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="deliveries")
    token_hash = models.BinaryField(max_length=32, unique=True)
    phrase = EncryptedText(subject_source="case.applicant_id", blank=True, default="")
    sealed = models.BinaryField(
        null=True, help_text="the ZIP, under the key of the case; empty once it ended"
    )
    size = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField()
    built_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when its bytes were deleted")
    downloads = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["expires_at"], name="deliveries_by_end")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="one_delivery_of_a_case"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(sealed=None), name="an_ended_delivery_holds_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"delivery for {self.case_id}"
