"""A table with encrypted columns, as other rooms have them."""

import uuid

from django.db import models

from tenants.models import TenantModel
from vault.fields import EncryptedText
from vault.models import Subject


class Diary(TenantModel):
    """A person's page: encrypted under the person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    page = EncryptedText()
    note = EncryptedText(null=True)  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        app_label = "tests_of_vault"  # not installed: nobody else meets these tables


class Scrap(TenantModel):
    """A row whose person is found over another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    diary = models.ForeignKey(Diary, on_delete=models.CASCADE, related_name="+")
    words = EncryptedText(subject_source="diary.subject_id")

    class Meta(TenantModel.Meta):
        app_label = "tests_of_vault"  # not installed: nobody else meets these tables
