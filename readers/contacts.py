"""What a reader says of itself, the token by which a second one of it is found, and what its door did."""

from django.db import models

from tenants.models import TenantModel


class ReaderHealth(TenantModel):
    """One row per reader, beside the registry: it changes twice a minute and moves no policy.

    `token` is the one last given, `asked_token` and `asked_nonce` what it was asked with, `asked_created` the
    latest time (unix seconds, the reader's clock) at which a request that was taken was signed. `recent` are
    the requests taken last, each the unix second in 4 bytes and a digest of 16. Words (`camera`, `door`,
    `decoder`) are the reader's own; empty is "never said".
    """

    reader = models.OneToOneField(
        "readers.Reader", primary_key=True, on_delete=models.CASCADE, related_name="health"
    )
    token = models.BinaryField(max_length=24, default=b"")
    asked_token = models.BinaryField(max_length=24, default=b"")
    asked_nonce = models.BinaryField(max_length=16, default=b"")
    asked_created = models.BigIntegerField(null=True)
    recent = models.BinaryField(max_length=256 * 20, default=b"")
    forked_at = models.DateTimeField(null=True)
    wipe_asked_at = models.DateTimeField(null=True)
    wiped_at = models.DateTimeField(null=True)
    renewal_asked_at = models.DateTimeField(null=True)
    watched = models.BooleanField(
        null=True, help_text="silence is an alarm; NULL: for programs, not for pages"
    )
    contacted_at = models.DateTimeField(null=True)
    version = models.CharField(max_length=40, blank=True)
    program = models.CharField(max_length=40, blank=True)
    queue = models.PositiveBigIntegerField(default=0)
    list_at = models.DateTimeField(null=True)
    offline_since = models.DateTimeField(null=True)
    last_cut_off = models.DateTimeField(null=True)
    camera = models.CharField(max_length=24, blank=True)
    camera_since = models.DateTimeField(null=True)
    door = models.CharField(max_length=24, blank=True)
    decoder = models.CharField(max_length=24, blank=True)
    drift_ms = models.BigIntegerField(default=0, help_text="our clock minus the reader's")
    drifting_since = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"health of {self.reader_id}"


class DoorEventKind(models.TextChoices):
    """What a door or its reader did; the first two follow a grant."""

    OPENED = "opened", "Opened"
    NOT_OPENED = "not_opened", "Not opened"
    HELD_OPEN = "held_open", "Held open"
    CLOSED = "closed", "Closed"
    FORCED = "forced", "Forced"
    EXIT_BUTTON = "exit_button", "Exit button"
    TAMPERED = "tampered", "Tampered with"
    NO_SECURE_CHANNEL = "no_secure_channel", "No secure channel"


NEEDS_A_LOOK = frozenset(
    {
        DoorEventKind.FORCED,
        DoorEventKind.HELD_OPEN,
        DoorEventKind.TAMPERED,
        DoorEventKind.NO_SECURE_CHANNEL,
    }
)


class DoorEvent(TenantModel):
    """One line of what a reader told of its door: `number` has no gaps, `counter` names a grant."""

    pk = models.CompositePrimaryKey("reader_id", "number")
    reader = models.ForeignKey(
        "readers.Reader", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20, choices=DoorEventKind)
    at = models.DateTimeField(help_text="by the reader's clock")
    counter = models.PositiveBigIntegerField(null=True)
    received_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.reader_id}/{self.number}: {self.kind}"

    @property
    def is_bad(self) -> bool:
        """Whether somebody must look."""
        return self.kind in NEEDS_A_LOOK
