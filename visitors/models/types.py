"""VisitType: what a visit asks of the visitor, what it opens, and how long its data are kept."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from access.models import AccessLevel
from tenants.models import TenantModel
from visitors.models.documents import Document

LONGEST_MINUTES = 31 * 24 * 60
LONGEST_GRACE = 12 * 60  # minutes
LONGEST_KEEP = 3650  # days


class Photo(models.TextChoices):
    """Whether a photograph is taken; nobody is turned away for declining an optional one."""

    NONE = "none", "No photo"
    OPTIONAL = "optional", "A photo if the visitor agrees"
    REQUIRED = "required", "A photo"


class Way(models.TextChoices):
    """How a visitor gets through doors."""

    PHONE = "phone", "Their own phone"
    DAY_PASS = "day_pass", "A printed day pass with PIN"
    ESCORT = "escort", "With an escort"


class BadgeSize(models.TextChoices):
    """What is printed."""

    NONE = "none", "No badge"
    LABEL = "label", "Label, 62 mm"
    A6 = "a6", "A6"


def _every_way() -> list[str]:
    return [Way.PHONE.value, Way.DAY_PASS.value, Way.ESCORT.value]


class VisitType(TenantModel):
    """One kind of visit. Editing it changes visits that have not begun; one under way keeps its times."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    walk_in = models.BooleanField(default=True, help_text="offered at kiosks to who was not invited")
    host_confirms = models.BooleanField(
        default=False, help_text="who has the code waits as well until somebody has let them in"
    )
    documents = models.ManyToManyField(Document, related_name="visit_types", blank=True)
    levels = models.ManyToManyField(AccessLevel, related_name="visit_types", blank=True)
    photo = models.CharField(max_length=8, choices=Photo, default=Photo.NONE)
    face = models.BooleanField(default=False, help_text="whether a face may be enrolled; never a must")
    ways = ArrayField(models.CharField(max_length=8, choices=Way), default=_every_way)
    unlock = models.BooleanField(
        default=False, help_text="a phone makes a code only after its unlock, as a pass needs its PIN"
    )
    escort = models.BooleanField(default=False, help_text="somebody goes with the visitor: no door opens")
    badge = models.CharField(max_length=8, choices=BadgeSize, default=BadgeSize.LABEL)
    badge_photo = models.BooleanField(default=False)
    length_minutes = models.PositiveIntegerField(
        default=60, validators=[MinValueValidator(5), MaxValueValidator(LONGEST_MINUTES)]
    )
    grace_before = models.PositiveIntegerField(
        default=120, validators=[MaxValueValidator(LONGEST_GRACE)], help_text="minutes"
    )
    grace_after = models.PositiveIntegerField(
        default=120, validators=[MaxValueValidator(LONGEST_GRACE)], help_text="minutes"
    )
    bring = models.CharField(max_length=300, blank=True, default="", help_text="what the mail says to bring")
    keep_days = models.PositiveIntegerField(
        default=7, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_KEEP)]
    )
    keep_least = models.PositiveIntegerField(
        default=0, validators=[MaxValueValidator(LONGEST_KEEP)], help_text="days that a rule demands"
    )
    keep_rule = models.CharField(max_length=200, blank=True, default="", help_text="the rule, as it is cited")
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(archived_at=None), name="visit_type_name_once"
            ),
            models.CheckConstraint(
                condition=Q(keep_days__gte=models.F("keep_least")), name="visit_type_keeps_its_minimum"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Somebody gets in somehow, and what a rule demands names the rule."""
        if not self.ways:
            raise ValidationError({"ways": ValidationError("Choose at least one way in.", code="no_way")})
        if self.keep_days < self.keep_least:
            text = f"The rule demands {self.keep_least} days."
            raise ValidationError({"keep_days": ValidationError(text, code="kept_too_short")})
        if self.keep_least and not self.keep_rule.strip():
            raise ValidationError({"keep_rule": ValidationError("Name the rule.", code="no_rule")})
        if self.badge_photo and self.photo == Photo.NONE:
            text = "A badge can show a photo only where one is taken."
            raise ValidationError({"badge_photo": ValidationError(text, code="no_photo")})

    @property
    def ways_in(self) -> list[str]:
        """The ways that are really open: with an escort no door opens by itself."""
        return [Way.ESCORT.value] if self.escort else list(self.ways)
