"""Whom this room knows: those who sign in to the console, also deactivated ones."""

from typing import Final
from uuid import UUID

from django.urls import reverse

from operators.models import Operator
from operators.selectors import operator_by_email
from vault.holdings import Known, finder
from vault.names import fold

MOST: Final = 20


def _known(operator: Operator) -> Known:
    return Known(
        source="operator",
        subject=operator.subject_id,
        number=None,
        kind=f"Operator, {operator.get_role_display()}",
        name=operator.name,
        email=operator.email,
        address=reverse("operator-edit", args=[operator.pk]),
    )


@finder("operator")
class Operators:
    """A company has few of them: their names are opened and compared."""

    def by_mail(self, email: str) -> list[Known]:
        """One or none."""
        found = operator_by_email(email.strip()) if email.strip() else None
        return [_known(found)] if found else []

    def by_name(self, term: str) -> list[Known]:
        """Whose name, or a word of it, begins so."""
        wanted = fold(term)
        named = [(fold(one.name), one) for one in Operator.objects.all()] if wanted else []
        fits = [one for name, one in named if name.startswith(wanted) or f" {wanted}" in name]
        return [_known(one) for one in fits[:MOST]]

    def of(self, subject: UUID) -> Known | None:
        """The operator who is this person."""
        found = Operator.objects.filter(subject=subject).first()
        return _known(found) if found else None
