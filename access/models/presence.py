"""Presence: who was last seen going into or out of an area that keeps watch; second entries to be told of."""

from django.db import models

from access.models.places import Area
from credentials.models import Holder
from tenants.models import TenantModel


class Presence(TenantModel):
    """One row per holder and area: the last grant that led in or out, as far as the record knows.

    Written by `commit_watched` in the grant's own transaction, at hand-ins, and when somebody is counted out
    by hand (`event` is NULL then), always under the area's lock. An area inside another: both know
    who is in the inner one.

    No foreign keys in the database: their checks would lock the rows of area and holder at a scan's COMMIT,
    which whoever changes these holds while waiting for the scan's own lock.
    """

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="presences", db_constraint=False)
    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    inside = models.BooleanField()
    at = models.DateTimeField(help_text="of the grant, or of the deed that counted the holder out")
    event = models.BigIntegerField(null=True, help_text="the access event's id; no foreign key, as none has")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["area", "holder"], name="one_presence_per_holder_and_area")
        ]
        indexes = [
            models.Index(fields=["area"], condition=models.Q(inside=True), name="presence_inside_by_area")
        ]

    def __str__(self) -> str:
        return f"holder {self.holder_id} {'in' if self.inside else 'out of'} area {self.area_id}"


class SecondEntry(TenantModel):
    """A grant into an area whose holder was inside already, until it is told of in an alarm."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    holder = models.ForeignKey(Holder, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    access_point = models.IntegerField()
    device = models.BigIntegerField(help_text="the device's handle; 0 for a day pass")
    first_event = models.BigIntegerField()
    second_event = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return f"holder {self.holder_id} twice into area {self.area_id}"
