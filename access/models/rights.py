"""Who may pass where, and when: Schedule, AccessRule, AccessLevel, AccessGrant, Profile."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from access.models.places import AccessPoint
from credentials.models import Holder
from tenants.models import TenantModel

MINUTES_A_DAY = 24 * 60


def _is_span(start: Any, end: Any) -> bool:
    whole = type(start) is int and type(end) is int
    return whole and 0 <= start < MINUTES_A_DAY and 0 <= end <= MINUTES_A_DAY and start != end


def check_intervals(value: Any) -> None:
    """`[[weekday 0-6 (Monday 0), start minute, end minute], …]`; an end before its start lies a day on"""
    if not isinstance(value, list):
        raise ValidationError("Hours are a list of spans.", code="bad_hours")
    for item in value:
        if not (isinstance(item, list) and len(item) == 3 and item[0] in range(7) and _is_span(*item[1:])):
            raise ValidationError("A span is [weekday, start minute, end minute].", code="bad_hours")


def check_special_intervals(value: Any) -> None:
    """`[[start minute, end minute], …]`; an end before the start is in the next day."""
    if not isinstance(value, list):
        raise ValidationError("Hours are a list of spans.", code="bad_hours")
    for item in value:
        if not (isinstance(item, list) and len(item) == 2 and _is_span(*item)):
            raise ValidationError("A span is [start minute, end minute].", code="bad_hours")


class SpecialRule(models.TextChoices):
    """What a schedule does on a special day of the site."""

    CLOSED = "closed", "Closed"
    AS_USUAL = "as_usual", "As on any day"
    OWN_HOURS = "own_hours", "Own hours"


class Schedule(TenantModel):
    name = models.CharField(max_length=100, unique=True)
    intervals = models.JSONField(default=list, validators=[check_intervals], blank=True)
    special_rule = models.CharField(max_length=12, choices=SpecialRule, default=SpecialRule.CLOSED)
    special_intervals = models.JSONField(default=list, validators=[check_special_intervals], blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AccessRule(TenantModel):
    access_point = models.ForeignKey(AccessPoint, on_delete=models.CASCADE, related_name="rules")
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="rules")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["access_point", "schedule"], name="rule_once_per_schedule")
        ]

    def __str__(self) -> str:
        return f"{self.access_point} · {self.schedule}"


class AccessLevel(TenantModel):
    name = models.CharField(max_length=100, unique=True)
    rules = models.ManyToManyField(AccessRule, related_name="levels", blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AccessGrant(TenantModel):
    """`holder_handle` repeats the holder's handle so that a change can be told to readers without a join."""

    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="grants")
    holder_handle = models.PositiveIntegerField(editable=False)
    level = models.ForeignKey(AccessLevel, on_delete=models.PROTECT, related_name="grants")
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["level__name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_from__lt=models.F("valid_until")),
                name="grant_begins_before_it_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} for holder {self.holder_handle}"


class Profile(TenantModel):
    """A small number standing for a set of access levels: what a code carries instead of the levels."""

    number = models.PositiveIntegerField(unique=True)
    levels = ArrayField(models.BigIntegerField(), help_text="ascending level ids")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["levels"], name="one_profile_per_set_of_levels")]

    def __str__(self) -> str:
        return f"profile {self.number}"
