"""A company's wrapped keys, and the Subject that stands for a person."""

import uuid

from django.db import models

from tenants.models import TenantModel


class Subject(TenantModel):
    """A person, as an opaque id that owns a key in the keys database. Holder and Operator point here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.id)


class TenantKey(TenantModel):
    """The company's own key, wrapped under the root key of that number."""

    wrapped = models.BinaryField()
    root_number = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.pk)


class KeySet(TenantModel):
    """What seals and signs the company's codes. Times in unix seconds; `key_id` is a tenants.KeyNumber.

    It issues from `not_before` until the next set begins. Each half may be older than the set: `seal_since`
    and `sign_since` say when it was first used. A refused set opens nothing any more.
    """

    class State(models.TextChoices):
        ACTIVE = "ACTIVE"
        REFUSED = "REFUSED"

    key_id = models.PositiveIntegerField(primary_key=True)
    seal_wrapped = models.BinaryField()
    sign_wrapped = models.BinaryField()
    verify_key = models.BinaryField()
    not_before = models.BigIntegerField()
    not_after = models.BigIntegerField(null=True, blank=True)
    seal_since = models.BigIntegerField()
    sign_since = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)

    class Meta(TenantModel.Meta):
        ordering = ["not_before", "key_id"]

    def __str__(self) -> str:
        return str(self.key_id)


class SigningKey(TenantModel):
    """An Ed25519 key for one purpose. The newest not retired signs; every `public` is published."""

    class Purpose(models.TextChoices):
        ANSWER = "answer"
        BUNDLE = "bundle"
        CHECKPOINT = "checkpoint"
        ANCHOR = "anchor"

    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    seed_wrapped = models.BinaryField()
    public = models.BinaryField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.purpose}/{self.pk}"


class SecretKey(TenantModel):
    """A secret of its own for one purpose, wrapped under the company's key. The newest of a purpose is in
    use; what was made under an older one names its number.
    """

    class Purpose(models.TextChoices):
        TEMPLATES = "templates"
        KIOSKS = "kiosks"  # what kiosks seal without network
        PUSH = "push"  # notices to browsers (RFC 8292)

    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    number = models.PositiveIntegerField()
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["purpose", "number"]
        constraints = [models.UniqueConstraint(fields=["purpose", "number"], name="secret_key_number_once")]

    def __str__(self) -> str:
        return f"{self.purpose}/{self.number}"
