"""Rows of the keys database. No foreign key leaves it, and no name or address ever enters it."""

from typing import ClassVar

from django.db import models


class SubjectKey(models.Model):
    """A person's key, wrapped under the company's; destroying the row erases what it sealed."""

    subject = models.UUIDField(primary_key=True)
    company = models.UUIDField(db_index=True)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["SubjectKey"]] = models.Manager()

    def __str__(self) -> str:
        return str(self.subject)


class ErasedSubject(models.Model):
    """An opaque id whose key was destroyed: replayed after a restore, before service."""

    subject = models.UUIDField(primary_key=True)
    company = models.UUIDField()
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["ErasedSubject"]] = models.Manager()

    def __str__(self) -> str:
        return str(self.subject)


class TakenBack(models.Model):
    """An opaque id of what a person took back, a consent: replayed after a restore, before service."""

    record = models.UUIDField(primary_key=True)
    company = models.UUIDField(db_index=True)
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["TakenBack"]] = models.Manager()

    def __str__(self) -> str:
        return str(self.record)
