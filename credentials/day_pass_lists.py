"""Reads of day passes for the console."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from credentials.models import CredentialState, Holder
from credentials.names import holder_names
from credentials.paper import DayPass, DayPassState
from vault.fields import ERASED

PAGE = 50
RECENT = 5


@dataclass(frozen=True, slots=True)
class DayPassLine:
    """A day pass in a list: how it stands now, and in words where the state alone does not say it."""

    row: DayPass
    name: str
    state: str
    word: str

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to revoke or to print."""
        return self.state in {"REVOKED", "EXPIRED"}


def _rows() -> QuerySet[DayPass]:
    return DayPass.objects.select_related("credential", "holder").defer("holder__name", "holder__email")


def _standing(row: DayPass) -> tuple[str, str]:
    now = timezone.now()
    if row.state == DayPassState.SUSPENDED:
        return "SUSPENDED", "Too many wrong PINs"
    if row.state == DayPassState.REVOKED:
        return "REVOKED", ""
    if row.ends <= now:
        return "EXPIRED", ""
    if row.credential.state != CredentialState.ACTIVE:
        return "SUSPENDED", "Access has changed since"
    return ("ISSUED", "Not begun") if row.begins > now else ("ACTIVE", "")


def _lines(rows: Iterable[DayPass], names: Mapping[int, str]) -> list[DayPassLine]:
    return [DayPassLine(row, names.get(row.holder.handle, ""), *_standing(row)) for row in rows]


def day_passes_of(holder: Holder) -> list[DayPassLine]:
    """A person's newest day passes, without the name."""
    return _lines(_rows().filter(holder=holder)[:RECENT], {})


def day_passes(page: str | int) -> "tuple[Page[DayPass], list[DayPassLine]]":
    """A page of all day passes, newest first, and its lines."""
    found = Paginator(_rows(), PAGE).get_page(page)
    rows = list(found.object_list)
    handles = {row.holder.handle for row in rows}
    return found, _lines(rows, dict.fromkeys(handles, ERASED) | holder_names.names(handles))


def get_day_pass(handle: int) -> DayPass:
    """The day pass with this number. Raises Http404, also for one of another company."""
    row = DayPass.objects.select_related("holder__subject", "credential").filter(pk=handle).first()
    if row is None:
        raise Http404
    return row
