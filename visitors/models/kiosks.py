"""Kiosks, their pairing, what happens at one, and what one kept while the network was gone."""

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from access.models import Site
from credentials.models import Device, Language
from tenants.models import TenantModel
from visitors.models.visits import Visit


class KioskState(models.TextChoices):
    """An unpaired kiosk never comes back: its tablet is paired anew under another number."""

    ACTIVE = "active", "Active"
    UNPAIRED = "unpaired", "Unpaired"


def _every_language() -> list[str]:
    return list(Language.values)


class Kiosk(TenantModel):
    """A tablet at reception. Its P-256 key never leaves it; what stands here only verifies."""

    handle = models.PositiveIntegerField(primary_key=True)
    name = models.CharField(max_length=80)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="kiosks")
    state = models.CharField(max_length=10, choices=KioskState, default=KioskState.ACTIVE)
    public_key = models.BinaryField(max_length=65, help_text="P-256 point, uncompressed")
    thumbprint = models.CharField(max_length=43, unique=True)
    languages = ArrayField(models.CharField(max_length=2, choices=Language), default=_every_language)
    printer = models.BooleanField(default=False, help_text="whether a badge printer stands there")
    exit_hash = models.BinaryField(max_length=32, help_text="of the code by which staff leave full screen")
    paired_at = models.DateTimeField()
    last_heard = models.DateTimeField()
    waiting = models.PositiveIntegerField(default=0, help_text="sealed sign-ins it said it still holds")
    unpaired_at = models.DateTimeField(null=True, blank=True)
    unpaired_by = models.CharField(max_length=64, blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["name", "handle"]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> str:
        """The kiosk as the ledger names one who acts."""
        return f"kiosk:{self.handle}"


class KioskPairing(TenantModel):
    """A drawn code that one tablet may answer: like a reader's (`readers.services.pairing`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    locator = models.CharField(max_length=3, db_index=True)
    code_hash = models.BinaryField(max_length=32)
    name = models.CharField(max_length=80)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    languages = ArrayField(models.CharField(max_length=2, choices=Language), default=_every_language)
    printer = models.BooleanField(default=False)
    exit_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=64)
    expires = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    used_key = models.BinaryField(max_length=65, null=True)
    kiosk = models.ForeignKey(Kiosk, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"pairing of {self.name}"

    def is_open(self, now: datetime) -> bool:
        """Whether its code may still be answered."""
        return self.used_at is None and now < self.expires


class Flow(models.TextChoices):
    """What somebody came to a kiosk for."""

    EXPECTED = "expected", "Expected"
    WALK_IN = "walk_in", "Not announced"
    LEAVING = "leaving", "Leaving"


class Arrival(TenantModel):
    """One person's time at a kiosk, from the first touch to the badge. Everything it says, it says to this.

    Ends when done, when the kiosk begins the next one, and by itself. A kiosk that is reloaded has forgotten
    its number and begins anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kiosk = models.ForeignKey(Kiosk, on_delete=models.PROTECT, related_name="arrivals")
    flow = models.CharField(max_length=10, choices=Flow)
    visit = models.ForeignKey(Visit, null=True, on_delete=models.CASCADE, related_name="arrivals")
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=24, blank=True, default="")
    bind_hash = models.BinaryField(
        max_length=32, null=True, unique=True, help_text="of the token in the picture that a phone scans"
    )
    bind_until = models.DateTimeField(null=True)
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="+")
    digits = models.CharField(max_length=2, blank=True, default="", help_text="shown on both screens")
    notes = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="what was said here and stands nowhere else: the code given, a photo declined",
    )

    class Meta(TenantModel.Meta):
        ordering = ["-begun_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kiosk"], condition=models.Q(ended_at=None), name="one_arrival_at_a_kiosk"
            )
        ]

    def __str__(self) -> str:
        return f"{self.flow} at kiosk {self.kiosk_id}"


class SealedSignIn(TenantModel):
    """A sign-in that a kiosk took without network, sealed so that only the server reads it."""

    id = models.UUIDField(
        primary_key=True, help_text="chosen by the kiosk: handed in twice is handed in once"
    )
    kiosk = models.ForeignKey(Kiosk, on_delete=models.PROTECT, related_name="sealed")
    taken_at = models.DateTimeField(help_text="by the kiosk's clock")
    handed_in_at = models.DateTimeField()
    visit = models.ForeignKey(Visit, null=True, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=40, blank=True, default="", help_text="why it became no visit")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="when reception said that it saw it")
    seen_by = models.CharField(max_length=64, blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["-handed_in_at"]

    def __str__(self) -> str:
        return f"sign-in of kiosk {self.kiosk_id}"
