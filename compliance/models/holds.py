"""Why something of a person is kept or left alone although it would go: legal holds and restrictions."""

import uuid

from django.db import models
from django.db.models import F, Q

from compliance.models.cases import Case
from tenants.models import TenantModel
from vault.fields import EncryptedText
from vault.models import Subject


class LegalHold(TenantModel):
    """Nothing of the person is erased while it stands (GDPR Art. 17(3)(e)). Two people place it, two lift it.

    It stands from the first one's word on: one who waits for the second must not lose what is to be held.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedText()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=80, blank=True, default="")
    lift_asked_at = models.DateTimeField(null=True, blank=True)
    lift_asked_by = models.CharField(max_length=80, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True, default="", help_text="who lifted or declined it")

    class Meta(TenantModel.Meta):
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(ended_at=None), name="one_legal_hold_of_a_person"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by="") | ~Q(confirmed_by=F("asked_by")), name="a_hold_takes_two_people"
            ),
            models.CheckConstraint(
                condition=Q(ended_by="") | Q(lift_asked_by="") | ~Q(ended_by=F("lift_asked_by")),
                name="lifting_a_hold_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(confirmed_at=None) | Q(lift_asked_at__isnull=False),
                name="a_confirmed_hold_is_lifted",
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.id}"


class Restriction(TenantModel):
    """Data of the person are kept and not used otherwise, until it is lifted (GDPR Art. 18)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="restrictions")
    since = models.DateTimeField()
    by = models.CharField(max_length=80)
    announced_at = models.DateTimeField(
        null=True, blank=True, help_text="when the person was told that it ends (Art. 18(3))"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=80, blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(lifted_at=None), name="one_restriction_of_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"restriction {self.id}"
