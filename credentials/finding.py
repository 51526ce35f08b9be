"""Whom this room knows: employees, contractors and visitors, also those who have left."""

from typing import Final
from uuid import UUID

from django.urls import reverse

from credentials.models import Holder
from credentials.names import holder_names
from credentials.services.holders import email_index
from vault.holdings import Known, finder

MOST: Final = 20


def known_of(holder: Holder) -> Known:
    """A cardholder as whoever answers requests knows people."""
    return Known(
        source="holder",
        subject=holder.subject_id,
        number=holder.handle,
        kind=holder.get_kind_display(),
        name=holder.name,
        email=holder.email,
        address=reverse("person", args=[holder.pk]),
    )


@finder("holder")
class Holders:
    """By the blind index of the address, or by the index of names."""

    def by_mail(self, email: str) -> list[Known]:
        """Several only where somebody left and came back."""
        index = email_index(email.strip())
        return [known_of(one) for one in Holder.objects.filter(email_index=index)] if index else []

    def by_name(self, term: str) -> list[Known]:
        """Best first."""
        numbers = holder_names.search(term, limit=MOST) if term.strip() else []
        found = {one.handle: one for one in Holder.objects.filter(handle__in=numbers)}
        return [known_of(found[number]) for number in numbers if number in found]

    def of(self, subject: UUID) -> Known | None:
        """Also one who was erased, whose name then says so."""
        holder = Holder.objects.filter(subject=subject).first()
        return known_of(holder) if holder else None
