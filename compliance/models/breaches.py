"""Breaches: what happened to data, what was done, who was told and when (GDPR Art. 33(5))."""

import json
import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from compliance.models.consents import PROFILE_CHOICES
from tenants.models import TenantModel
from vault.services import open_company, seal_company


class BreachState(models.TextChoices):
    OPEN = "OPEN", "Open"
    CLOSED = "CLOSED", "Closed"


class Risk(models.TextChoices):
    """What it means for people: the authority is told unless there is none, people where it is high."""

    UNLIKELY = "unlikely", "Unlikely to result in a risk"
    RISK = "risk", "A risk"
    HIGH = "high", "A high risk"


class PersonsGround(models.TextChoices):
    """Whether people are told, and if not, why not (GDPR Art. 34(1), 34(3))."""

    TELL = "tell", "They are told (Art. 34(1))"
    NOT_HIGH = "not_high", "Not told: no high risk (Art. 34(1))"
    PROTECTED = "protected", "Not told: the data cannot be read by others (Art. 34(3)(a))"
    AVERTED = "averted", "Not told: measures have averted the high risk (Art. 34(3)(b))"
    PUBLIC = "public", "Told in public: each one would be a disproportionate effort (Art. 34(3)(c))"


class Breach(TenantModel):
    """One breach. All words are sealed under the company's key: they may tell others where it is weak."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    state = models.CharField(max_length=6, choices=BreachState, default=BreachState.OPEN)
    profile = models.CharField(max_length=8, choices=PROFILE_CHOICES, help_text="whose clock runs")
    version = models.PositiveIntegerField(default=0, help_text="of two officers the second is told")
    aware_at = models.DateTimeField(help_text="when the company knew: the clock began")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    sealed = models.BinaryField(help_text="JSON: the words")
    persons = models.PositiveIntegerField(null=True, blank=True, help_text="about how many")
    records = models.PositiveIntegerField(null=True, blank=True, help_text="about how many")
    risk = models.CharField(max_length=8, choices=Risk, blank=True, default="")
    authority_told_at = models.DateTimeField(null=True, blank=True)
    ground = models.CharField(max_length=10, choices=PersonsGround, blank=True, default="")
    persons_told_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="OPEN", closed_at=None) | Q(state="CLOSED", closed_at__isnull=False),
                name="a_closed_breach_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(authority_told_at=None) | Q(authority_told_at__gte=F("aware_at")),
                name="told_of_a_breach_once_it_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"breach {self.number}"

    @property
    def words(self) -> dict[str, str]:
        """The words: what, nature, consequences, measures, contact, late, no_risk, ground, message."""
        found: dict[str, str] = json.loads(open_company(bytes(self.sealed), context=f"breach {self.pk}"))
        return found

    def write(self, words: dict[str, str]) -> None:
        """Seal the words; the row is saved by the caller."""
        self.sealed = seal_company(json.dumps(words).encode(), context=f"breach {self.pk}")


class BreachStep(TenantModel):
    """What was done: never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    verb = models.CharField(max_length=32)
    facts = models.JSONField(default=dict, help_text="handles, numbers, times and codes only")
    sealed = models.BinaryField(null=True, help_text="a note")

    class Meta(TenantModel.Meta):
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.verb} in {self.breach_id}"

    @property
    def note(self) -> str:
        """The officer's words."""
        if self.sealed is None:
            return ""
        return open_company(bytes(self.sealed), context=f"breach step {self.pk}").decode()

    @classmethod
    def made(cls, breach: Breach, verb: str, note: str, **values: Any) -> "BreachStep":
        """An unsaved step with its note sealed."""
        step = cls(breach=breach, verb=verb, **values)
        step.sealed = seal_company(note.encode(), context=f"breach step {step.pk}") if note else None
        return step
