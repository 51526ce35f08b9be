"""AccessEvent: one row per presentation, written once by the scanning room and never changed."""

from django.db import models

from tenants.models import TenantModel


class AccessEvent(TenantModel):
    """Handles, times and reasons only; (reader, counter) is the event id.

    No checks on the numbers: PostgreSQL reads checks anew for each statement, a tenth of a scan's cost there.
    No foreign keys: an erased person leaves it whole. `leaf` is the hash that the ledger sealed for this row;
    (batch, batch_index) say where.
    """

    reader = models.IntegerField()
    counter = models.BigIntegerField()
    at = models.DateTimeField()
    reader_at = models.DateTimeField()
    access_point = models.IntegerField()
    credential = models.BigIntegerField(null=True)
    device = models.BigIntegerField(null=True)
    profile = models.IntegerField(null=True)
    issued = models.BigIntegerField(null=True)
    nonce = models.BigIntegerField(null=True)
    code_hash = models.BinaryField(max_length=32)
    granted = models.BooleanField()
    reason = models.CharField(max_length=32)
    assurance = models.SmallIntegerField(default=0)
    policy_epoch = models.IntegerField()
    policy_seq = models.BigIntegerField()
    facts = models.TextField(default="{}", help_text="JSON: what the decision was made on")
    offline = models.BooleanField(default=False)
    batch = models.UUIDField()
    batch_index = models.IntegerField()
    leaf = models.BinaryField(max_length=32)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["reader", "counter"], name="event_id_once"),
            models.UniqueConstraint(fields=["batch", "batch_index"], name="event_place_in_batch_once"),
        ]
        indexes = [
            models.Index(fields=["at"], name="event_at"),
            models.Index(fields=["credential", "-id"], name="event_by_credential"),
            models.Index(fields=["access_point", "-id"], name="event_by_access_point"),
        ]

    def __str__(self) -> str:
        return f"{self.reader}/{self.counter} {self.reason}"
