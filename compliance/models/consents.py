"""Notices, what people said to them, and the company's choices."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from compliance.clocks import calendar
from compliance.law import PROFILES, Act, Purpose
from tenants.models import TenantModel
from vault.fields import EncryptedText
from vault.models import Subject

PURPOSE_CHOICES = [(purpose.value, purpose.value) for purpose in Purpose]
PROFILE_CHOICES = [(key, profile.name) for key, profile in PROFILES.items()]


KIOSK = "kiosk:"  # how the ledger names a kiosk that acts


def is_kiosk(actor: str) -> bool:
    """Whether it is a kiosk that acts: nobody attended what was said at it."""
    return actor.startswith(KIOSK)


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"
    FRENCH = "fr", "Français"
    SPANISH = "es", "Español"


class NoticeDraft(TenantModel):
    """The words of the next version of a notice in one language. Nobody but officers sees it."""

    purpose = models.CharField(max_length=24, choices=PURPOSE_CHOICES)
    profile = models.CharField(max_length=8, choices=PROFILE_CHOICES)
    language = models.CharField(max_length=2, choices=Language)
    title = models.CharField(max_length=120)
    text = models.TextField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["purpose", "profile", "language"], name="one_draft_of_a_notice"),
        ]

    def __str__(self) -> str:
        return f"draft of {self.purpose} ({self.profile}, {self.language})"


class NoticeVersion(TenantModel):
    """A published text, written once: the database refuses more. All languages of a number came out at once.

    The newest number of a purpose and profile is in force.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=24, choices=PURPOSE_CHOICES)
    profile = models.CharField(max_length=8, choices=PROFILE_CHOICES)
    language = models.CharField(max_length=2, choices=Language)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    sha256 = models.CharField(max_length=64, help_text="of wording.shown_bytes, in hexadecimal digits")
    changed = ArrayField(
        models.CharField(max_length=12), help_text="law.Change values; empty for the first version"
    )
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)

    class Meta(TenantModel.Meta):
        ordering = ["purpose", "-number", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "profile", "language", "number"], name="notice_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.number} ({self.profile}, {self.language})"


class Ended(models.TextChoices):
    """How a consent or an acknowledgement came to an end."""

    WITHDRAWN = "withdrawn", "Withdrawn"
    ASKED_AGAIN = "asked_again", "A new notice asks again"
    PROFILE_CHANGED = "profile_changed", "The company's jurisdiction changed"
    RENEWED = "renewed", "Given anew to a later text"
    OFFBOARDED = "offboarded", "Off-boarded"


class ConsentRecord(TenantModel):
    """What a person said to a notice: the proof of GDPR Art. 7(1), the release of 740 ILCS 14/15(b)(3).

    In force while `ended_at` is empty. Only the end is ever written to it: the database refuses the rest.
    """

    id = models.UUIDField(primary_key=True, help_text="chosen by the phone: said twice is said once")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    person = models.PositiveIntegerField(help_text="the number under which rooms above know the person")
    purpose = models.CharField(max_length=24, choices=PURPOSE_CHOICES)
    act = models.CharField(max_length=12, choices=[(act.value, act.value) for act in Act])
    notice = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, help_text="of the text that was shown, as the phone told it")
    given_at = models.DateTimeField()
    device = models.PositiveIntegerField(
        null=True, help_text="handle of the phone it was said on; none: a desk"
    )
    key_print = models.CharField(max_length=43, blank=True, help_text="of the phone's key that signed it")
    attended_by = models.CharField(
        max_length=80, blank=True, default="", help_text="who attended at the desk, as the ledger names them"
    )
    told = EncryptedText(help_text="JSON: what was pressed, the name signed, the signed request itself")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=16, choices=Ended, blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["-given_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "purpose"], condition=Q(ended_at=None), name="one_answer_in_force"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="an_end_has_its_how",
            ),
            models.CheckConstraint(
                condition=(Q(device__isnull=False, attended_by="") & ~Q(key_print=""))
                | (Q(device=None, key_print="") & ~Q(attended_by="")),
                name="said_on_a_phone_or_at_a_desk",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "-given_at"], name="consents_of_a_person"),
            models.Index(fields=["-given_at"], name="consents_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.id}"

    @property
    def in_force(self) -> bool:
        return self.ended_at is None

    @property
    def at_desk(self) -> bool:
        """Said on the company's own screen, at a desk or a kiosk: no key of the person's signed it."""
        return bool(self.attended_by)

    @property
    def at_kiosk(self) -> bool:
        """Said on a kiosk's screen, whose key signed it: nobody attended."""
        return is_kiosk(self.attended_by)


class CompliancePolicy(TenantModel):
    """The company's choices: one row. Before a jurisdiction was chosen nothing can be agreed to."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    profile = models.CharField(max_length=8, choices=PROFILE_CHOICES, blank=True, default="")
    controller = models.CharField(max_length=200, blank=True, default="")
    contact = models.CharField(max_length=200, blank=True, default="")
    schedule = models.TextField(blank=True, default="", max_length=20_000)
    destruction = models.TextField(blank=True, default="", max_length=20_000)
    dpia_by = models.CharField(max_length=120, blank=True, default="", help_text="the role that approved it")
    dpia_on = models.DateField(null=True, blank=True)
    equal_way = models.BooleanField(default=False)
    country = models.CharField(
        max_length=2, blank=True, default="", help_text="ISO 3166-1 alpha-2: whose holidays are free"
    )
    subdivision = models.CharField(
        max_length=8, blank=True, default="", help_text="its part as ISO 3166-2 names it, without the country"
    )
    time_zone = models.CharField(max_length=64, blank=True, default="UTC", help_text="IANA: where days end")
    card_data = models.BooleanField(default=False, help_text="whether the company falls under PCI DSS")

    class Meta(TenantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_compliance_policy")]

    def __str__(self) -> str:
        return "compliance policy"

    def clean(self) -> None:
        """A calendar that exists: deadlines are counted in it."""
        try:
            calendar(self.country, self.subdivision, self.time_zone)
        except ValueError as unknown:
            raise ValidationError(f"Of this there is no calendar: {unknown}.") from None
