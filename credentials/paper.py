"""What goes onto paper: the company's colours for codes, and day passes. Models."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from credentials.colours import BLACK, LEAST_CONTRAST, WHITE, Pair, contrast
from tenants.models import TenantModel

MOST_TRIES = 5
_COLOUR = RegexValidator(r"\A#[0-9a-f]{6}\Z", "Give a colour as #rrggbb.", code="no_colour")


class Branding(TenantModel):
    """How the company's codes and passes look: one row, and the defaults where there is none."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    foreground = models.CharField(max_length=7, default=BLACK, validators=[_COLOUR])
    background = models.CharField(max_length=7, default=WHITE, validators=[_COLOUR])
    accent = models.CharField(max_length=7, default="#1f62b5", validators=[_COLOUR])
    logo_text = models.CharField(max_length=40, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_branding")]

    def __str__(self) -> str:
        return "branding"

    def clean(self) -> None:
        """Refuse colours under which a code could not be read."""
        if not self.pair.readable:
            raise ValidationError("A code could not be read in these colours.", code="unreadable")
        if contrast(self.accent, WHITE) < LEAST_CONTRAST:
            raise ValidationError("The accent could not be read on paper.", code="unreadable_accent")

    @property
    def pair(self) -> Pair:
        """The colours of a code."""
        return Pair(self.foreground, self.background)


class DayPassState(models.TextChoices):
    ACTIVE = "ACTIVE", "Active"
    SUSPENDED = "SUSPENDED", "Suspended"
    REVOKED = "REVOKED", "Revoked"


class DayPass(TenantModel):
    """A pass on paper for one visit. Never opens alone; of its PIN only a slow, keyed hash is stored."""

    handle = models.PositiveIntegerField(
        primary_key=True, editable=False, help_text="number of the visit, as the code says it"
    )
    holder = models.ForeignKey("credentials.Holder", on_delete=models.PROTECT, related_name="day_passes")
    credential = models.ForeignKey(
        "credentials.Credential", on_delete=models.PROTECT, related_name="day_passes"
    )
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    time_zone = models.CharField(max_length=64, help_text="IANA name: in which the window is written")
    salt = models.BinaryField(max_length=16)
    pin_hash = models.BinaryField(max_length=32)
    tries = models.PositiveSmallIntegerField(default=0, help_text="wrong PINs, and those being looked at now")
    good_at = models.DateTimeField(null=True, blank=True, help_text="when the PIN was last right")
    state = models.CharField(max_length=12, choices=DayPassState, default=DayPassState.ACTIVE)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-handle"]
        indexes = [models.Index(fields=["ends"], name="day_pass_ends")]
        constraints = [
            models.CheckConstraint(
                condition=Q(begins__lt=models.F("ends")), name="day_pass_begins_before_it_ends"
            ),
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="day_pass_tries_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"day pass {self.handle}"
