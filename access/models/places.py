"""Site → Area → Door → AccessPoint: the building, from the fence to one side of a leaf."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from biometrics.engine.thresholds import Strictness
from tenants.models import TenantModel

LONGEST_PASSBACK = 24 * 60  # minutes
LONGEST_ADDRESS = 200
LONGEST_UNLOCK = 120  # minutes: what a company may choose for its phones at most


def check_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError("This is not a time zone of the IANA database.", code="unknown_zone")


class Site(TenantModel):
    name = models.CharField(max_length=100, unique=True)
    time_zone = models.CharField(max_length=64, default="Europe/Berlin", validators=[check_zone])
    address = models.CharField(
        max_length=LONGEST_ADDRESS,
        blank=True,
        default="",
        db_default="",
        help_text="Street and town in one line, as visitors are told it and a map finds it.",
    )

    class Meta(TenantModel.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SpecialDay(TenantModel):
    """A day on which schedules follow their special rule: a public holiday, a works shutdown."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="special_days")
    date = models.DateField()
    name = models.CharField(max_length=100)

    class Meta(TenantModel.Meta):
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["site", "date"], name="one_special_day_per_date")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class Area(TenantModel):
    """What a door leads into; it says how sure we must be of who comes."""

    class RequiredAssurance(models.IntegerChoices):
        CODE = 1, "Code"
        CODE_UNLOCK = 2, "Code + phone unlock"
        CODE_FACE = 3, "Code + face"
        CODE_FACE_CHALLENGE = 4, "Code + face + challenge"

    class OfflineMode(models.TextChoices):
        REFUSE = "refuse", "Nobody passes"
        AS_ONLINE = "as_online", "As with network; where a face is asked for, nobody passes"
        CODE = "code", "The code alone opens"
        CODE_UNLOCK = "code_unlock", "Code + phone unlock opens"

    class OfflineTrust(models.IntegerChoices):
        SHORT = 4, "4 hours"
        DAY = 24, "24 hours"
        LONG = 72, "72 hours"

    class Passback(models.TextChoices):
        OFF = "off", "Lets them in"
        SOFT = "soft", "Lets them in and raises an alarm"
        HARD = "hard", "Refuses until they have left"
        TIMED = "timed", "Refuses for some minutes"

    class FaceMatch(models.TextChoices):
        STANDARD = Strictness.STANDARD.value, "Standard"
        HIGH = Strictness.HIGH.value, "High"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="areas")
    name = models.CharField(max_length=100)
    assurance = models.PositiveSmallIntegerField(
        choices=RequiredAssurance.choices, default=RequiredAssurance.CODE
    )
    unlock_age_minutes = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_UNLOCK)],
        help_text="how long ago a phone may have been unlocked; NULL: as long as its unlock lasts",
    )
    door_challenge = models.BooleanField(
        default=False, help_text="the doors show a number, and only a phone's proof over it opens"
    )
    equal_way = models.CharField(
        max_length=160,
        blank=True,
        default="",
        db_default="",
        help_text="the way in without a face, as people at the door are told it",
    )
    face_match = models.CharField(
        max_length=8,
        choices=FaceMatch,
        default=FaceMatch.STANDARD,
        db_default=FaceMatch.STANDARD,
        help_text="how near a face must be to the enrolled one: `biometrics.engine.thresholds`",
    )
    lockdown = models.BooleanField(default=False)
    offline_mode = models.CharField(
        max_length=12,
        choices=OfflineMode,
        default=OfflineMode.AS_ONLINE,
        help_text="what its readers do without network",
    )
    offline_trust_hours = models.PositiveSmallIntegerField(
        choices=OfflineTrust, default=OfflineTrust.DAY, help_text="for how long they trust their last list"
    )

    passback = models.CharField(
        max_length=8,
        choices=Passback,
        default=Passback.OFF,
        db_default=Passback.OFF,
        help_text="what becomes of who enters again without having left",
    )
    passback_minutes = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_PASSBACK)],
        help_text="for TIMED alone",
    )
    capacity = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="people at once; NULL: any number"
    )
    empty_at_hour = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(23)],
        help_text="the hour at the site at which everybody counts as gone; NULL: at none",
    )
    hour_chosen_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="when `empty_at_hour` was set; it is due after that"
    )
    emptied_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="when everybody was last counted out at once"
    )

    class Meta(TenantModel.Meta):
        ordering = ["site__name", "name"]
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="area_name_once_per_site"),
            models.CheckConstraint(
                condition=models.Q(passback="timed", passback_minutes__isnull=False)
                | (~models.Q(passback="timed") & models.Q(passback_minutes__isnull=True)),
                name="area_minutes_where_timed",
            ),
            models.CheckConstraint(
                condition=models.Q(assurance__lt=3) | ~models.Q(equal_way=""),
                name="area_equal_way_where_face",
                violation_error_message="An area that asks for a face needs a way in without one.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.site.name}"

    @property
    def asks_for_face(self) -> bool:
        """Whether its doors do, with or without a challenge."""
        return self.assurance >= self.RequiredAssurance.CODE_FACE

    @property
    def keeps_watch(self) -> bool:
        """Whether anybody knows who is inside."""
        return self.passback != self.Passback.OFF or self.capacity is not None


class DoorMode(models.TextChoices):
    NORMAL = "normal", "Normal"
    UNLOCKED_BY_SCHEDULE = "unlocked_by_schedule", "Unlocked by schedule"
    LOCKDOWN = "lockdown", "Lockdown"


class Door(TenantModel):
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="doors")
    name = models.CharField(max_length=100)
    mode = models.CharField(max_length=24, choices=DoorMode, default=DoorMode.NORMAL)
    unlock_schedule = models.ForeignKey(
        "access.Schedule", on_delete=models.PROTECT, null=True, blank=True, related_name="unlocks"
    )

    class Meta(TenantModel.Meta):
        ordering = ["area__site__name", "area__name", "name"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="door_name_once_per_area"),
            models.CheckConstraint(
                condition=~models.Q(mode="unlocked_by_schedule") | models.Q(unlock_schedule__isnull=False),
                name="unlocked_door_has_a_schedule",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Side(models.TextChoices):
    ENTRY = "entry", "Entry"
    EXIT = "exit", "Exit"


class AccessPoint(TenantModel):
    """One side of a door. `handle` is what codes, events and readers call it."""

    handle = models.PositiveIntegerField(unique=True)
    door = models.ForeignKey(Door, on_delete=models.PROTECT, related_name="access_points")
    side = models.CharField(max_length=8, choices=Side, default=Side.ENTRY)

    class Meta(TenantModel.Meta):
        ordering = ["door__name", "side"]
        constraints = [models.UniqueConstraint(fields=["door", "side"], name="one_access_point_per_side")]

    def __str__(self) -> str:
        return f"{self.door.name} ({self.get_side_display().lower()})"
