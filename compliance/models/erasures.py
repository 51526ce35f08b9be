"""Carrying out an erasure: its steps, and where it has been confirmed."""

import uuid

from django.db import models
from django.db.models import Q

from compliance.models.cases import Case
from compliance.models.certificates import Certificate
from tenants.models import TenantModel
from vault.models import Subject


class ErasureState(models.TextChoices):
    """How far it is."""

    RUNNING = "RUNNING", "Being carried out"
    WAITING = "WAITING", "Waiting for readers"
    DONE = "DONE", "Confirmed everywhere"


class Erasure(TenantModel):
    """What was begun for a case. `plan` is what the officer saw; `places` says who confirmed, and when.

    No JSON here holds anything personal: rooms, counts, grounds, readers and times.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="erasure")
    state = models.CharField(max_length=8, choices=ErasureState, default=ErasureState.RUNNING)
    plan = models.JSONField(default=list)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=80)
    stopped = models.CharField(max_length=200, blank=True, default="", help_text="why it does not go on now")
    done_here_at = models.DateTimeField(null=True)
    epoch = models.PositiveIntegerField(null=True, help_text="of the policy that readers must have taken up")
    seq = models.PositiveBigIntegerField(null=True)
    places = models.JSONField(default=list)
    confirmed_at = models.DateTimeField(null=True)
    final_on = models.DateField(null=True, help_text="when the keys' last backup is gone")
    certificate = models.OneToOneField(Certificate, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(
        null=True, help_text="when the certificate left and the case lost its words"
    )

    class Meta(TenantModel.Meta):
        ordering = ["-begun_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="RUNNING", done_here_at=None)
                | (~Q(state="RUNNING") & Q(done_here_at__isnull=False, seq__isnull=False)),
                name="an_erasure_waits_when_it_is_done_here",
            ),
            models.CheckConstraint(
                condition=Q(state="DONE", certificate__isnull=False, confirmed_at__isnull=False)
                | (~Q(state="DONE") & Q(certificate=None, confirmed_at=None)),
                name="a_confirmed_erasure_has_its_certificate",
            ),
        ]
        indexes = [models.Index(fields=["state"], condition=Q(sent_at=None), name="erasures_to_go_on")]

    def __str__(self) -> str:
        return f"erasure {self.id}"


class ErasureStep(TenantModel):
    """One room's part for one person, done in one transaction with what it erases: never half done."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    room = models.CharField(max_length=24, help_text="the eraser of vault.holdings")
    title = models.CharField(max_length=80)
    items = models.JSONField(default=list, help_text="what went, and what stays by which ground")
    done_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["erasure", "position"], name="erasure_steps_in_order")]

    def __str__(self) -> str:
        return f"step {self.position} of {self.erasure_id}"
