"""Protected templates, capture sessions, and how often somebody failed."""

import uuid

from django.db import models
from django.db.models import Q

from compliance.models import ConsentRecord
from tenants.models import TenantModel
from vault.models import Subject


class Supervision(models.TextChoices):
    """Who saw to it that the face before the camera was its holder's."""

    ATTENDED = "attended", "At a desk, with an operator"
    PHONE = "phone", "On the own phone, by itself"


class Destroyed(models.TextChoices):
    """Why a template is no more."""

    CONSENT_ENDED = "consent_ended", "The consent ended"
    REPLACED = "replaced", "Enrolled anew"
    DELETED = "deleted", "Deleted by an operator"
    UNUSED = "unused", "Not used for long"
    PURPOSE_OVER = "purpose_over", "Its purpose was over for a year"
    LONG_SILENT = "long_silent", "No interaction for three years"


class FaceTemplate(TenantModel):
    """A person's protected template. A destroyed one's row stays and holds nothing of the face."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    person = models.PositiveIntegerField(help_text="the number under which rooms above know the person")
    consent = models.ForeignKey(ConsentRecord, on_delete=models.PROTECT, related_name="+")
    supervision = models.CharField(max_length=8, choices=Supervision)
    model_id = models.CharField(max_length=60)
    model_version = models.CharField(max_length=80)
    key_number = models.PositiveIntegerField(help_text="of the company's secret for templates")
    salt = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    enrolled_at = models.DateTimeField()
    enrolled_by = models.CharField(max_length=80)
    verified_at = models.DateTimeField(null=True, help_text="when an operator saw the person and the face")
    verified_by = models.CharField(max_length=80, blank=True, default="")
    last_used_at = models.DateTimeField(null=True, help_text="to the hour")
    reenrol_asked_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    destroyed_how = models.CharField(max_length=16, choices=Destroyed, blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["-enrolled_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(destroyed_at=None), name="one_template_of_a_person"
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at=None, destroyed_how="", salt__isnull=False, sealed__isnull=False)
                | (Q(destroyed_at__isnull=False, salt=None, sealed=None) & ~Q(destroyed_how="")),
                name="a_destroyed_template_holds_nothing",
            ),
        ]
        indexes = [models.Index(fields=["subject", "-enrolled_at"], name="templates_of_a_person")]

    def __str__(self) -> str:
        return f"template {self.id}"

    @property
    def verified(self) -> bool:
        return self.verified_at is not None


class Use(models.TextChoices):
    """What a capture is for."""

    DESK = "desk", "Enrolment at a desk"
    ENROL = "enrol", "Enrolment on the phone"
    UNLOCK = "unlock", "Unlocking the phone"
    DOOR = "door", "Opening a door"


class FaceSession(TenantModel):
    """A capture: begun, fed frame by frame, ended once. `sealed` is all that is measured so far; when it has
    ended, the marks alone by which its frames would be known again. No picture.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    person = models.PositiveIntegerField()
    use = models.CharField(max_length=8, choices=Use)
    place = models.CharField(max_length=48, help_text="device:7, reader:3 or operator:<uuid>")
    consent = models.ForeignKey(ConsentRecord, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    sealed = models.BinaryField()
    version = models.PositiveIntegerField(default=0)
    # Of a door: the event that it belongs to, and how near the face must be.
    counter = models.BigIntegerField(null=True)
    code_hash = models.BinaryField(max_length=32, null=True)
    match = models.CharField(max_length=8, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=24, blank=True, default="", help_text="passed, or why not")

    class Meta(TenantModel.Meta):
        ordering = ["-begun_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "counter"],
                condition=Q(counter__isnull=False),
                name="one_session_of_an_event",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "-begun_at"], name="sessions_of_a_person"),
            models.Index(fields=["begun_at"], name="sessions_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.use} {self.id}"


class FaceTries(TenantModel):
    """The sessions of one holder or phone that were begun and have not passed (`liveness.tries.Tries`)."""

    who = models.CharField(max_length=24, primary_key=True, help_text="holder:7 or device:3")
    tries = models.JSONField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return self.who
