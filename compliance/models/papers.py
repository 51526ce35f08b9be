"""What the papers need besides the configuration, who else gets data, and what people were told of that."""

import uuid

from django.db import models
from django.db.models import Q

from tenants.models import TenantModel


class Particulars(TenantModel):
    """What no setting says and papers must: one row. Words of the company, about itself."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    officer = models.CharField(max_length=200, blank=True, default="", help_text="data protection officer")
    representative = models.CharField(max_length=200, blank=True, default="", help_text="GDPR Art. 27")
    joint = models.CharField(max_length=400, blank=True, default="", help_text="joint controllers, Art. 26")
    authority = models.CharField(max_length=200, blank=True, default="", help_text="supervisory authority")
    recipients = models.TextField(blank=True, default="", max_length=4_000)
    measures = models.TextField(blank=True, default="", max_length=8_000, help_text="of the company's own")
    necessity = models.TextField(blank=True, default="", max_length=8_000, help_text="Art. 35(7)(b)")
    views = models.TextField(blank=True, default="", max_length=8_000, help_text="of those concerned, 35(9)")
    advice = models.TextField(blank=True, default="", max_length=8_000, help_text="of the officer, 35(2)")

    class Meta(TenantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_particulars")]

    def __str__(self) -> str:
        return "particulars"


class SubProcessor(TenantModel):
    """Somebody who handles data for the company, as the next list will name them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    does = models.CharField(max_length=200)
    data = models.CharField(max_length=200)
    country = models.CharField(max_length=80)
    safeguard = models.CharField(max_length=200, blank=True, default="", help_text="GDPR Art. 46, outside")

    class Meta(TenantModel.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SubProcessorList(TenantModel):
    """A published list: never changed. It holds from `effective_on`; until then the one before does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    entries = models.JSONField(help_text="[{name, does, data, country, safeguard}, …] in order of names")
    added = models.JSONField(default=list, help_text="names")
    removed = models.JSONField(default=list, help_text="names")
    changed = models.JSONField(default=list, help_text="names")
    effective_on = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)

    class Meta(TenantModel.Meta):
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"list {self.number}"
