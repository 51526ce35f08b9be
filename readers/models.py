"""State of readers: registry, pairing, acknowledgements, witnesses, door reports, used codes.

Tables that grow with scans or policy name their reader by handle without a database constraint: a
batch of a thousand rows must not take a thousand share locks on the registry.
"""

import uuid
from datetime import datetime

from django.db import models

from access.models import AccessPoint
from readers.contacts import DoorEvent, DoorEventKind, ReaderHealth
from readers.former_keys import FormerKey
from readers.keys import Overlap
from sallyport.offline import FIRST_PREVIOUS
from tenants.models import TenantModel

__all__ = [
    "PAIRING_ATTEMPTS",
    "Algorithm",
    "CheckpointWitness",
    "DoorEvent",
    "DoorEventKind",
    "DoorReport",
    "FormerKey",
    "JournalQuarantine",
    "Pairing",
    "Reader",
    "ReaderAck",
    "ReaderHealth",
    "ReaderKind",
    "ReaderState",
    "UsedCode",
]

PAIRING_ATTEMPTS = 5


class ReaderKind(models.TextChoices):
    """What runs the reader."""

    BROWSER = "browser", "Reader page"
    PROGRAM = "program", "Reader program"


class ReaderState(models.TextChoices):
    """A suspended reader may come back; a retired one never does, and its handle is never reused."""

    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    RETIRED = "retired", "Retired"


class Algorithm(models.TextChoices):
    """Signature algorithms as RFC 9421 section 3.3 names them."""

    ED25519 = "ed25519", "Ed25519"
    P256 = "ecdsa-p256-sha256", "P-256"


class Reader(TenantModel):
    """One paired reader. Its key never leaves it; what stands here only verifies."""

    handle = models.PositiveIntegerField(primary_key=True)
    name = models.CharField(max_length=80)
    access_point = models.ForeignKey(
        AccessPoint, to_field="handle", on_delete=models.PROTECT, related_name="readers"
    )
    kind = models.CharField(max_length=10, choices=ReaderKind.choices)
    state = models.CharField(max_length=10, choices=ReaderState.choices, default=ReaderState.ACTIVE)
    algorithm = models.CharField(max_length=20, choices=Algorithm.choices)
    public_key = models.BinaryField(max_length=65)
    paired_at = models.DateTimeField()
    key_since = models.DateTimeField(null=True, help_text="NULL: the key it was paired with")
    # A key that takes over once it has signed a request, or when the time of the one in force is up.
    next_key = models.BinaryField(max_length=65, null=True)
    key_ends = models.DateTimeField(null=True)
    key_unseen_since = models.DateTimeField(null=True, help_text="took over by time and never signed since")
    last_heard = models.DateTimeField(null=True)
    applied_epoch = models.PositiveIntegerField(default=0)
    applied_seq = models.PositiveBigIntegerField(default=0)
    keys_held = models.PositiveIntegerField(default=0)  # the newest key set for codes it says it holds
    keys_held_at = models.DateTimeField(null=True)
    bundle_number = models.PositiveBigIntegerField(default=0)  # of the newest offline bundle made for it
    fork_alarm_at = models.DateTimeField(null=True)
    # The last entry of its journal that was handed in, and that entry's hash.
    journal_position = models.PositiveBigIntegerField(default=0)
    journal_hash = models.BinaryField(max_length=32, default=FIRST_PREVIOUS)
    # Since when pieces that begin at this position are sent back, as something before it has not come.
    gap_position = models.PositiveBigIntegerField(null=True)
    gap_since = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=~models.Q(state="retired"), name="readers_reader_name"
            ),
            models.UniqueConstraint(
                fields=["next_key"],
                condition=models.Q(next_key__isnull=False),
                name="readers_reader_next_key",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> str:
        """The reader as the ledger names it."""
        return f"reader:{self.handle}"

    @property
    def in_force_since(self) -> datetime:
        """Since when its key is the one in force."""
        return self.key_since or self.paired_at

    @property
    def overlap(self) -> Overlap:
        """The keys under which it may speak."""
        ends = self.key_ends.timestamp() if self.key_ends is not None else None
        return Overlap(bytes(self.public_key), bytes(self.next_key) if self.next_key else None, ends)


class Pairing(TenantModel):
    """An open invitation for one reader. The first characters of the code find it, the whole proves it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    locator = models.CharField(max_length=4, db_index=True)
    code_hash = models.BinaryField(max_length=32)
    reader = models.ForeignKey(Reader, null=True, on_delete=models.PROTECT, related_name="pairings")
    name = models.CharField(max_length=80)
    access_point = models.ForeignKey(
        AccessPoint, to_field="handle", on_delete=models.PROTECT, related_name="pairings"
    )
    kind = models.CharField(max_length=10, choices=ReaderKind.choices)
    created_by = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    used_key = models.BinaryField(max_length=65, null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"pairing of {self.name}"

    def is_open(self, now: datetime) -> bool:
        """Whether the code may still be tried."""
        return self.used_at is None and now < self.expires and self.attempts < PAIRING_ATTEMPTS


class ReaderAck(TenantModel):
    """A reader's signed word that it has applied the policy up to `(epoch, seq)`."""

    pk = models.CompositePrimaryKey("reader_id", "epoch", "seq")
    reader = models.ForeignKey(Reader, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    epoch = models.PositiveIntegerField()
    seq = models.PositiveBigIntegerField()
    at_ms = models.BigIntegerField()
    received_at = models.DateTimeField()
    signature = models.BinaryField(max_length=64)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.reader_id} at {self.epoch}.{self.seq}"


class CheckpointWitness(TenantModel):
    """A reader's signature under a checkpoint it has stored: a cut or forked record contradicts it."""

    pk = models.CompositePrimaryKey("reader_id", "number")
    reader = models.ForeignKey(Reader, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    number = models.PositiveBigIntegerField()
    checkpoint_hash = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["number"], name="readers_witness_number")]

    def __str__(self) -> str:
        return f"{self.reader_id} saw {self.number}"


class DoorReport(TenantModel):
    """What the door did after a grant, as its reader tells it."""

    pk = models.CompositePrimaryKey("reader_id", "counter")
    reader = models.ForeignKey(Reader, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    counter = models.PositiveBigIntegerField()
    opened = models.BooleanField()
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.reader_id}/{self.counter}: {'opened' if self.opened else 'not opened'}"


class UsedCode(TenantModel):
    """A code that opened a door. The key is what makes a second grant impossible."""

    pk = models.CompositePrimaryKey("device", "issued", "nonce")
    device = models.BigIntegerField()
    issued = models.BigIntegerField()
    nonce = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.device}/{self.issued}/{self.nonce}"


class QuarantineReason(models.TextChoices):
    """Why an entry of a journal became no event: `readers.handin.told.Fault` in words."""

    SIGNATURE_WRONG = "signature_wrong", "Its signature is not this reader’s"
    CHAIN_BROKEN = "chain_broken", "It does not follow the entry before it"
    EVENT_ID_REUSED = "event_id_reused", "Its number is on record for another code"
    CODE_NOT_OURS = "code_not_ours", "It let somebody pass on a code that does not open"
    FACTS_DIFFER = "facts_differ", "What it says it was decided on does not fit"
    FACTS_TOO_LONG = "facts_too_long", "What it says it was decided on is too long to be kept as an event"
    OUT_OF_TIME = "out_of_time", "Its time cannot be"


class JournalQuarantine(TenantModel):
    """An entry that a reader handed in and that could not be believed: kept whole, never an event.

    `entry` is JSON text in ASCII, the code in it; `identity` its SHA-256, by which a repeated one is known.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reader = models.ForeignKey(Reader, on_delete=models.PROTECT, related_name="quarantined")
    position = models.PositiveBigIntegerField()
    counter = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=20, choices=QuarantineReason.choices)
    entry = models.TextField()
    identity = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        ordering = ["-received_at", "-position"]
        constraints = [
            models.UniqueConstraint(fields=["reader", "identity"], name="quarantined_once"),
        ]
        indexes = [models.Index(fields=["-received_at"], name="quarantine_newest")]

    def __str__(self) -> str:
        return f"{self.reader_id}, entry {self.position}: {self.reason}"
