"""Where notices to hosts go: mail, the company's webhook, the host's browser."""

import uuid

from django.db import models
from django.db.models import Q

from credentials.models import Device, Holder
from tenants.models import TenantModel
from vault.fields import EncryptedText


class NoticePolicy(TenantModel):
    """The company's choices: one row, and the defaults where there is none."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    mail = models.BooleanField(default=True)
    push = models.BooleanField(default=True)
    webhook = models.BinaryField(blank=True, default=b"", help_text="address, sealed; empty: none")
    webhook_secret = models.BinaryField(blank=True, default=b"", help_text="sealed; signs what is sent")
    closing_hour = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="hour at the site at which everybody is signed out; NULL: at none"
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_notice_policy"),
            models.CheckConstraint(
                condition=Q(closing_hour=None) | Q(closing_hour__lte=23), name="closing_hour_of_a_day"
            ),
        ]

    def __str__(self) -> str:
        return "notice policy"


class HostChoice(TenantModel):
    """What one host wants to be told by; the company's policy where there is none."""

    holder = models.OneToOneField(Holder, on_delete=models.CASCADE, primary_key=True, related_name="+")
    mail = models.BooleanField(default=True)
    push = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"notices of {self.holder_id}"


class PushSubscription(TenantModel):
    """Where a host's browser takes pushes (RFC 8030, keys as RFC 8291 names them)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device = models.OneToOneField(Device, on_delete=models.CASCADE, related_name="+")
    endpoint = EncryptedText(subject_source="device.holder.subject_id")
    p256dh = EncryptedText(subject_source="device.holder.subject_id")
    auth = EncryptedText(subject_source="device.holder.subject_id")
    made_at = models.DateTimeField()
    failed = models.PositiveSmallIntegerField(default=0, help_text="in a row; at five it is dropped")

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"push to device {self.device_id}"
