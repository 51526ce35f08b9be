"""Rows of the record. No table uses a sequence: numbers come from locked rows, so none is skipped."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from tenants.models import TenantModel


class PolicyCounter(TenantModel):
    """The one row that says which policy stands; read as (epoch, seq).

    A row and not a database sequence, since sequences commit out of order. A restore raises the epoch.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    company_id = models.IntegerField()
    epoch = models.IntegerField(default=1, db_default=1)
    seq = models.BigIntegerField(default=0, db_default=0)
    # Changes up to this number are no longer kept: whoever stands below it starts over.
    pruned = models.BigIntegerField(default=0, db_default=0)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="policy_counter_is_one_row"),
        ]

    def __str__(self) -> str:
        return f"{self.epoch}.{self.seq}"


class PolicyChange(TenantModel):
    """What changed under one number of the policy: the delta that readers are sent."""

    pk = models.CompositePrimaryKey("seq", "kind", "handle")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    handle = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}:{self.handle}"


class HandleCounter(TenantModel):
    """The last handle given out of each kind; dense, never reused."""

    kind = models.CharField(max_length=24, primary_key=True)
    last = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.kind} {self.last}"


class BatchKind(models.TextChoices):
    """Whose rows a batch holds: the name of a leaf source."""

    DEED = "deed"
    SCAN = "scan"


class LedgerEntry(TenantModel):
    """One deed: who did what to whom, when. Personal payload is ciphertext under the subject's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    verb = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40, blank=True, default="")
    handle = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    subject = models.UUIDField(null=True)
    payload = models.BinaryField(null=True)
    batch = models.UUIDField()
    batch_index = models.IntegerField()
    leaf = models.BinaryField()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "batch_index"], name="ledger_entry_place"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="ledger_entry_newest"),
            models.Index(fields=["subject_kind", "handle", "-at"], name="ledger_entry_of"),
            models.Index(fields=["actor", "-at"], name="ledger_entry_by"),
            models.Index(fields=["verb", "-at"], name="ledger_entry_verb"),
            models.Index(
                fields=["subject"], condition=models.Q(subject__isnull=False), name="ledger_entry_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.subject_kind}:{self.handle}"


class PendingBatch(TenantModel):
    """Written in the transaction that writes the leaf rows; waits for the sealer."""

    batch = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=16, choices=BatchKind.choices)
    count = models.IntegerField()
    hash = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(count__gte=1), name="pending_batch_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.batch} ({self.count})"


class Checkpoint(TenantModel):
    """A signed statement over a run of sealed batches, linked to the one before."""

    number = models.BigIntegerField(primary_key=True)
    previous_hash = models.BinaryField()
    root = models.BinaryField()
    first_position = models.BigIntegerField()
    last_position = models.BigIntegerField()
    at = models.DateTimeField()
    hash = models.BinaryField()
    signature = models.BinaryField()
    signer = models.CharField(max_length=64)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"checkpoint {self.number} ({self.first_position}-{self.last_position})"


class SealedBatch(TenantModel):
    """A batch that has its place: positions are gap-free per company."""

    position = models.BigIntegerField(primary_key=True)
    batch = models.UUIDField(unique=True)
    kind = models.CharField(max_length=16, choices=BatchKind.choices)
    count = models.IntegerField()
    hash = models.BinaryField()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.position} {self.kind} {self.batch}"


class PrunedLeaf(TenantModel):
    """The leaf of a row that retention deleted, with which its batch is hashed. `deed` says that it went."""

    pk = models.CompositePrimaryKey("batch", "batch_index")
    batch = models.UUIDField()
    batch_index = models.IntegerField()
    leaf = models.BinaryField()
    deed = models.UUIDField()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"leaf {self.batch_index} of {self.batch}"


class Outbox(TenantModel):
    """An announcement, written with what it announces, delivered after commit, retried until parked."""

    id = models.UUIDField(
        primary_key=True, default=uuid.uuid4, db_default=models.Func(function="gen_random_uuid")
    )
    topic = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    created = models.DateTimeField(db_default=Now())
    due = models.DateTimeField(db_default=Now())
    attempts = models.IntegerField(default=0, db_default=0)
    error = models.TextField(blank=True, default="", db_default="")
    done = models.DateTimeField(null=True)
    parked = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(
                fields=["due"], name="outbox_open", condition=models.Q(done__isnull=True, parked__isnull=True)
            ),
            models.Index(fields=["parked"], name="outbox_parked", condition=models.Q(parked__isnull=False)),
            models.Index(fields=["done"], name="outbox_done", condition=models.Q(done__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.id}"


class Verification(TenantModel):
    """A verification that somebody asked for in the console, and its verdict. Not part of the record."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    asked = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=80)
    ended = models.DateTimeField(null=True)
    holds = models.BooleanField(null=True)
    report = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(fields=["-asked"], name="verification_newest")]

    def __str__(self) -> str:
        return f"verification {self.asked:%Y-%m-%d %H:%M}"


class StreamKind(models.TextChoices):
    """Where a stream goes, and with it what it carries: checkpoints to witnesses, entries to the others."""

    WITNESS_HTTPS = "witness_https", "Witness by HTTPS"
    WITNESS_FILE = "witness_file", "Witness in a file share"
    SYSLOG = "syslog", "Syslog"
    WEBHOOK = "webhook", "Webhook"


class Stream(TenantModel):
    """Somewhere outside that the record is sent to, in its order, each thing at least once.

    `cursor` is the last thing that was taken there: a checkpoint's number for a witness, else a position of
    sealed batches. `sealed` holds address, secret and the certificates to trust, under the company's key:
    addresses of webhooks are often secrets themselves. `host` is what people are shown of the address.
    """

    class State(models.TextChoices):
        """Whether it is sent to."""

        ACTIVE = "ACTIVE"
        PAUSED = "PAUSED"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=16, choices=StreamKind.choices)
    host = models.CharField(max_length=300, blank=True, default="")
    sealed = models.BinaryField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    cursor = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    last_ok_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=40, blank=True, default="")
    actor = models.CharField(max_length=80)
    created = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="stream_due", condition=models.Q(state="ACTIVE")),
        ]

    @property
    def witness(self) -> bool:
        """Whether it is sent checkpoints."""
        return self.kind in {StreamKind.WITNESS_HTTPS, StreamKind.WITNESS_FILE}

    def __str__(self) -> str:
        return f"{self.kind} {self.host}"
