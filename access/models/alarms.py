"""Alarm: something that people at a desk must look at. SiteTravel and AlarmWatch serve to find them."""

import uuid

from django.core.validators import MaxValueValidator
from django.db import models

from access.models.places import Site
from credentials.models import Holder
from tenants.models import TenantModel
from vault.fields import EncryptedText

LONGEST_TRAVEL = 24 * 60


class SiteTravel(TenantModel):
    """The least time from one site to another, either way, where the company said it. `one` has the smaller
    id.
    """

    one = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField(validators=[MaxValueValidator(LONGEST_TRAVEL)])

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_travel_time_per_pair"),
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("other")), name="travel_pair_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one_id}-{self.other_id}: {self.minutes} min"


class AlarmKind(models.TextChoices):
    """The first four are about a phone and two events, the last two about a person, others about a reader."""

    TOO_FAR_APART = "TOO_FAR_APART", "One phone at two sites"
    CODE_USED_TWICE = "CODE_USED_TWICE", "One code opened two doors"
    PASSED_AFTER_REVOCATION = "PASSED_AFTER_REVOCATION", "A revoked phone passed a reader without network"
    ENTERED_TWICE = "ENTERED_TWICE", "Somebody entered an area twice without leaving"
    JOURNAL_BROKEN = "JOURNAL_BROKEN", "A reader's journal has a gap or was changed"
    JOURNAL_QUARANTINED = "JOURNAL_QUARANTINED", "A reader handed in what cannot be believed"
    IDENTITY_FORKED = "IDENTITY_FORKED", "Two readers with one identity"
    READER_SILENT = "READER_SILENT", "A reader is silent"
    READER_DRIFTING = "READER_DRIFTING", "A reader's clock is wrong"
    READER_BEHIND = "READER_BEHIND", "A reader does not take up changes"
    READER_TAMPERED = "READER_TAMPERED", "A reader was opened or moved"
    CAMERA_AWAY = "CAMERA_AWAY", "A reader's camera is gone"
    NO_SECURE_CHANNEL = "NO_SECURE_CHANNEL", "A door device claims to have no secure channel"
    DOOR_FORCED = "DOOR_FORCED", "A door was forced"
    DOOR_HELD_OPEN = "DOOR_HELD_OPEN", "A door is held open"
    OFFLINE_AT_FACE_AREA = "OFFLINE_AT_FACE_AREA", "A reader at a face area was cut off"
    FACE_LOCKED_OUT = "FACE_LOCKED_OUT", "A face was refused too often"
    TEMPLATE_UNREADABLE = "TEMPLATE_UNREADABLE", "An enrolled face cannot be read"


ABOUT_PERSON = ("FACE_LOCKED_OUT", "TEMPLATE_UNREADABLE")  # of `AlarmKind`, as constraints are written


class AlarmState(models.TextChoices):
    OPEN = "OPEN", "Open"
    ACKNOWLEDGED = "ACKNOWLEDGED", "Acknowledged"
    CLOSED = "CLOSED", "Closed"


class Finding(models.TextChoices):
    """What came of an alarm about a reader: a choice, since no person's key would hide a note."""

    NOTHING = "NOTHING", "Nothing found"
    MENDED = "MENDED", "Mended"
    REPLACED = "REPLACED", "Replaced"
    ATTACK = "ATTACK", "Attack"


class Alarm(TenantModel):
    """Handles, ids and times only. Events are ids, no foreign keys, as events have none; so is the reader.

    About a phone: holder, device and two events, the same one twice where one says it all. About a reader:
    its handle; there is one at most of a kind that is not closed. About a person: the holder alone; there is
    one at most of a kind that is open.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=24, choices=AlarmKind)
    at = models.DateTimeField(help_text="of the later event, or when it began")
    found_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=AlarmState, default=AlarmState.OPEN)
    holder = models.ForeignKey(Holder, null=True, on_delete=models.PROTECT, related_name="+")
    device = models.BigIntegerField(null=True, help_text="the device's handle")
    first_event = models.BigIntegerField(null=True)
    second_event = models.BigIntegerField(null=True)
    reader = models.BigIntegerField(null=True, help_text="the reader's handle")
    facts = models.JSONField(default=dict, help_text="what it was found by: handles and numbers only")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=64, blank=True)
    finding = models.CharField(max_length=10, choices=Finding, blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["-at", "-second_event"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "first_event", "second_event"], name="one_alarm_per_pair"
            ),
            models.UniqueConstraint(
                fields=["kind", "reader"],
                condition=models.Q(reader__isnull=False) & ~models.Q(state="CLOSED"),
                name="one_open_alarm_per_reader",
            ),
            models.UniqueConstraint(
                fields=["kind", "holder"],
                condition=models.Q(state="OPEN", kind__in=ABOUT_PERSON),
                name="one_open_alarm_per_person",
            ),
            models.CheckConstraint(
                condition=models.Q(reader__isnull=False)
                | models.Q(
                    holder__isnull=False,
                    device__isnull=False,
                    first_event__isnull=False,
                    second_event__isnull=False,
                )
                | models.Q(holder__isnull=False, kind__in=ABOUT_PERSON),
                name="alarm_is_about_something",
            ),
        ]
        indexes = [models.Index(fields=["state", "-at"], name="alarm_by_state")]

    def __str__(self) -> str:
        kind, handle = self.about
        return f"{self.kind} of {kind} {handle}"

    @property
    def about(self) -> tuple[str, int | None]:
        """What it is about, as deeds name it: a device, a reader or a holder, and its handle."""
        if self.device is not None:
            return "device", self.device
        if self.reader is not None or self.holder is None:
            return "reader", self.reader
        return "holder", self.holder.handle


class AlarmNote(TenantModel):
    """What one found who answered an alarm. About a person, and so sealed under that person's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    text = EncryptedText(subject_source="alarm.holder.subject_id")

    class Meta(TenantModel.Meta):
        ordering = ["at"]

    def __str__(self) -> str:
        return f"note on alarm {self.alarm_id}"


class AlarmWatch(TenantModel):
    """How far events have been looked through: one row.

    Ids are given before commit, so a smaller one may appear after a larger: `mark` follows `next_mark` only
    when `next_at` is so long ago that no scan of then can be open, and what is between is looked at again.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    mark = models.BigIntegerField()
    next_mark = models.BigIntegerField()
    next_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_alarm_watch")]

    def __str__(self) -> str:
        return f"looked through to {self.mark}"
