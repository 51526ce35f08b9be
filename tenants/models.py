"""Companies, their hosts, their key numbers, and how far each schema and life cycle has come."""

import uuid
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from tenants.querysets import TenantManager, TenantRow
from tenants.refs import CompanyKind, CompanyRef, CompanyState, schema_for


class TenantModel(TenantRow):
    """Base of every company-owned model. Inherit `TenantModel.Meta`: it holds Django's own look-ups too."""

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class Company(models.Model):
    """One company. Its `uid` stands in codes and associated data and never changes; the schema follows it."""

    id = models.AutoField(primary_key=True)  # 4 bytes: second half of the policy lock's key
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    schema_name = models.CharField(max_length=63, unique=True, editable=False)
    subdomain = models.CharField(max_length=63, unique=True)
    # Two subdomains that a person would take for one another share it: the database refuses the second.
    skeleton = models.CharField(max_length=127, unique=True, editable=False)
    name = models.CharField(max_length=200)
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in CompanyState], default=CompanyState.ACTIVE
    )
    kind = models.CharField(
        max_length=12, choices=[(k.value, k.value) for k in CompanyKind], default=CompanyKind.COMPANY
    )
    created_at = models.DateTimeField(auto_now_add=True)

    # Read by django-tenants when a row is deleted: a life-cycle step drops a schema, never a deletion.
    auto_drop_schema: ClassVar[bool] = False

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "companies"
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(kind="PLATFORM"), name="tenants_one_platform_company"
            )
        ]

    def __str__(self) -> str:
        return self.subdomain

    def save(self, *args: Any, **kwargs: Any) -> None:
        expected = schema_for(self.uid.hex)
        if self.schema_name and self.schema_name != expected:
            raise ValidationError("the schema follows from the uid")
        self.schema_name = expected
        super().save(*args, **kwargs)

    def ref(self) -> CompanyRef:
        """This company as a frozen value."""
        primary = next((d for d in self.domains.all() if d.is_primary), None)
        return CompanyRef(
            id=self.id,
            uid=self.uid.bytes,
            schema=self.schema_name,
            name=self.name,
            host=primary.domain if primary else "",
            subdomain=self.subdomain,
            state=CompanyState(self.state),
            kind=CompanyKind(self.kind),
        )


class Domain(models.Model):
    """A host name that leads to a company, in lower case, without port."""

    domain = models.CharField(max_length=253, unique=True)
    tenant = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="domains")
    is_primary = models.BooleanField(default=True)
    # A former address leads to the company until then, and is nobody else's while the row stands.
    ends_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_primary=False) | models.Q(ends_at__isnull=True),
                name="tenants_primary_never_ends",
            ),
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_primary=True), name="tenants_one_primary_domain"
            ),
        ]

    def __str__(self) -> str:
        return self.domain


class KeyNumber(models.Model):
    """A key id: unique over the whole platform, so that a code tells which company's keys open it."""

    id = models.AutoField(primary_key=True)  # 4 bytes in the code
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.id)


class StepDone(models.Model):
    """A life-cycle step that has run for a company, written in the step's own transaction."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="steps")
    event = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "event", "name"], name="tenants_step_once")]

    def __str__(self) -> str:
        return f"{self.event}/{self.name}"


class SchemaState(models.Model):
    """The fingerprint of the migrations a schema stands at; where it matches, a run costs nothing."""

    schema_name = models.CharField(max_length=63, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    migrated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.schema_name
