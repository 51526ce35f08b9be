"""What of a cardholder may be corrected on their request: name, mail address, language."""

from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from credentials.models import Holder, HolderState, Language
from credentials.refusals import Refused
from credentials.services.holders import edit_holder
from vault.holdings import Correctable, corrector


@corrector("holder")
class Holders:
    """By the same service as the page that edits people."""

    def fields(self, subject: UUID) -> list[Correctable]:
        """Nothing of one who has left: such a row only waits to go."""
        holder = _present(subject)
        if holder is None:
            return []
        return [
            Correctable("name", "Name", holder.name),
            Correctable("email", "E-mail address", holder.email),
            Correctable("language", "Language (en, de, fr or es)", holder.language),
        ]

    def correct(self, subject: UUID, values: Mapping[str, str], *, by: str) -> list[str]:
        """Raises ValueError for what cannot be written."""
        holder = _present(subject)
        if holder is None:
            raise ValueError("This person has left: nothing of them is corrected any more.")
        given = {key: values[key].strip() for key in ("name", "email", "language") if key in values}
        changed = sorted(key for key, value in given.items() if value != getattr(holder, key))
        _check(given)
        try:
            edit_holder(holder=holder, by=by, validity=None, **{key: given[key] for key in changed})
        except Refused as refused:
            raise ValueError(refused.text) from None
        except ValidationError as wrong:
            raise ValueError(" ".join(wrong.messages)) from None
        return changed


def _check(given: Mapping[str, str]) -> None:
    if not given.get("name", "-"):
        raise ValueError("A person has a name.")
    if given.get("email"):
        try:
            validate_email(given["email"])
        except ValidationError:
            raise ValueError("That is no mail address.") from None
    if given.get("language", "en") not in Language.values:
        raise ValueError("Languages are en, de, fr and es.")


def _present(subject: UUID) -> Holder | None:
    return Holder.objects.filter(subject=subject).exclude(state=HolderState.OFFBOARDED).first()
