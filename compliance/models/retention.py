"""How long the company keeps what, and what each night deleted."""

import uuid

from django.db import models
from django.db.models import Q

from compliance.models.certificates import Certificate
from tenants.models import TenantModel


class RetentionRule(TenantModel):
    """A period that the company chose for a kind of data, everywhere or at one site.

    The site is a number of a room above, without a foreign key.
    """

    kind = models.CharField(max_length=40, help_text="a name of tenants.keeping")
    site = models.PositiveIntegerField(null=True, blank=True)
    days = models.PositiveIntegerField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        ordering = ["kind", "site"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "site"], nulls_distinct=False, name="one_rule_of_a_kind"),
            models.CheckConstraint(condition=Q(days__gte=1), name="a_rule_keeps_a_day_at_least"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.site or 'every site'}: {self.days} days"


class RetentionRun(TenantModel):
    """What one night deletes: begun once, taken up again where it was cut, certified when it is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    night = models.DateField(unique=True, help_text="in UTC")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    plan = models.JSONField(help_text="by kind: cutoffs as they stood when it began")
    done = models.JSONField(default=dict, help_text="by kind: how many went, whether it is over, what failed")
    spared = models.PositiveIntegerField(default=0, help_text="people whose data were left alone")
    certificate = models.ForeignKey(Certificate, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantModel.Meta):
        ordering = ["-night"]

    def __str__(self) -> str:
        return f"retention of {self.night}"
