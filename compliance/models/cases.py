"""What a person asked of the company about their data, and all that was done about it."""

import uuid

from django.db import models
from django.db.models import Q

from compliance.models.consents import PROFILE_CHOICES, Language
from tenants.models import TenantModel
from vault.fields import EncryptedText
from vault.models import Subject


class CaseKind(models.TextChoices):
    """What is asked for (GDPR Art. 15, 20, 16, 17, 18, 21, 7(3))."""

    ACCESS = "access", "Access"
    PORTABILITY = "portability", "Portability"
    RECTIFICATION = "rectification", "Rectification"
    ERASURE = "erasure", "Erasure"
    RESTRICTION = "restriction", "Restriction"
    OBJECTION = "objection", "Objection"
    WITHDRAWAL = "withdrawal", "Withdrawal"


class CaseState(models.TextChoices):
    """Where a case stands. No clock runs before a mail address was confirmed."""

    UNCONFIRMED = "UNCONFIRMED", "Mail address not confirmed"
    IDENTITY = "IDENTITY", "Who asks?"
    OPEN = "OPEN", "To be done"
    REVIEW = "REVIEW", "To be looked through"
    ANSWERED = "ANSWERED", "Answered"  # or: carried out here, and not everywhere confirmed
    CLOSED = "CLOSED", "Closed"
    REFUSED = "REFUSED", "Refused"


OVER = (CaseState.CLOSED, CaseState.REFUSED)


class Via(models.TextChoices):
    """By which way it came."""

    WALLET = "wallet", "Wallet"
    FORM = "form", "Public form"
    OFFICER = "officer", "Written down by an officer"
    RETENTION = "retention", "Proposed by the retention schedule"  # nobody asked: nobody is told of it


class IdentityHow(models.TextChoices):
    """By what somebody was believed to be who they say (GDPR Art. 12(6))."""

    PHONE = "phone", "The key of a confirmed phone"
    MAIL = "mail", "A mail address on file, confirmed"
    SEEN = "seen", "Seen in person, with a document"
    KNOWN = "known", "Known to an officer by other means"


class Case(TenantModel):
    """One request. What was said in it is sealed for `applicant`, a subject of this case alone.

    So it can be answered after the person's own key is gone, and its words are destroyed with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    kind = models.CharField(max_length=16, choices=CaseKind)
    via = models.CharField(max_length=16, choices=Via)
    profile = models.CharField(max_length=8, choices=PROFILE_CHOICES, help_text="whose clock runs")
    state = models.CharField(max_length=12, choices=CaseState, default=CaseState.IDENTITY)
    version = models.PositiveIntegerField(default=0, help_text="of two officers the second is told")
    applicant = models.OneToOneField(Subject, on_delete=models.PROTECT, related_name="+")
    name = EncryptedText(subject_source="applicant_id", blank=True, default="")
    email = EncryptedText(subject_source="applicant_id", blank=True, default="")
    message = EncryptedText(subject_source="applicant_id", blank=True, default="")
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    received_at = models.DateTimeField(help_text="when the clock began")
    acknowledge_by = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    identity_how = models.CharField(max_length=8, choices=IdentityHow, blank=True, default="")
    identity_at = models.DateTimeField(null=True, blank=True)
    identity_by = models.CharField(max_length=80, blank=True, default="")
    handled_by = models.CharField(max_length=80, blank=True, default="", help_text="an operator as an actor")
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) ^ Q(state__in=OVER),
                name="a_case_that_is_over_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(identity_at=None, identity_how="")
                | (Q(identity_at__isnull=False) & ~Q(identity_how="")),
                name="an_identity_has_its_how",
            ),
        ]
        indexes = [models.Index(fields=["state", "answer_by"], name="cases_by_clock")]

    def __str__(self) -> str:
        return f"case {self.number}"

    @property
    def over(self) -> bool:
        return self.state in OVER


class CasePerson(TenantModel):
    """Somebody on the company's books whom the case is about; a person who is holder and visitor is two."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="persons")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=24, help_text="the finder of vault.holdings that knows the person")
    number = models.PositiveIntegerField(null=True, help_text="the number under which that room knows them")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["case", "subject"], name="a_person_once_in_a_case")]

    def __str__(self) -> str:
        return f"{self.source} {self.number} in {self.case_id}"


class CaseStep(TenantModel):
    """What was done in a case: by whom, when, and in the officer's words, sealed as the case is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    verb = models.CharField(max_length=32)
    facts = models.JSONField(default=dict, help_text="handles, numbers and codes only")
    note = EncryptedText(subject_source="case.applicant_id", blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.verb} in {self.case_id}"
