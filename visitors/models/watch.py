"""The watch list: people about whom somebody wants to be told, and who came near to one of them."""

import uuid

from django.db import models

from operators.models import Operator
from tenants.models import TenantModel
from vault.fields import EncryptedText
from vault.models import Subject
from visitors.models.visits import Visit


class WatchEntry(TenantModel):
    """One person, under a key of their own. Never shown to a visitor or to a kiosk."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.OneToOneField(Subject, on_delete=models.PROTECT, related_name="+")
    name = EncryptedText()
    others = EncryptedText(blank=True, default="", help_text="other names and spellings, a line each")
    email = EncryptedText(blank=True, default="")
    why = EncryptedText(help_text="the ground, and what to do")
    told = models.ManyToManyField(Operator, related_name="+", help_text="who is told, quietly")
    until = models.DateField(help_text="looked at again by then; nobody stands on it for good")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)
    changed_at = models.DateTimeField(
        null=True, blank=True, help_text="whom it is about was last changed; a verdict from before is none"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.CharField(max_length=64, blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["-added_at"]

    def __str__(self) -> str:
        return f"watch entry {self.id}"


class How(models.TextChoices):
    EXACT = "exact", "The same name"
    NEAR = "near", "A name near to it"
    EMAIL = "email", "The same mail address"


class Verdict(models.TextChoices):
    SAME = "same", "The same person"
    OTHER = "other", "Somebody else"


class WatchMatch(TenantModel):
    """A visit whose visitor's name is, or is near to, one on the list."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(WatchEntry, on_delete=models.CASCADE, related_name="matches")
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="matches")
    how = models.CharField(max_length=8, choices=How)
    found_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=64, blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["-found_at"]
        constraints = [models.UniqueConstraint(fields=["entry", "visit"], name="watch_match_once")]

    def __str__(self) -> str:
        return f"match {self.id}"

    def outdated(self, entry: WatchEntry, how: str) -> bool:
        """Whether the likeness is another by now, or it was judged before the entry was changed."""
        if self.how != how:
            return True
        if not self.verdict or entry.changed_at is None:
            return False
        return self.decided_at is None or self.decided_at <= entry.changed_at
