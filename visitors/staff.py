"""Members of staff by name: the only people whom a visitor can have come to see."""

from typing import Final

from credentials.models import Holder, HolderKind, HolderState
from credentials.names import holder_names
from vault.names import fold

_STAFF: Final = (HolderKind.EMPLOYEE, HolderKind.CONTRACTOR)


def staff_like(term: str, most: int) -> list[Holder]:
    """Active staff whose name fits, the best first, with their subjects. Visitors' names crowd nobody out."""
    here = Holder.objects.filter(state=HolderState.ACTIVE, kind__in=_STAFF)
    among = set(here.order_by().values_list("handle", flat=True))
    handles = holder_names.search(term, limit=most, among=among)
    found = {row.handle: row for row in here.filter(handle__in=handles).select_related("subject")}
    return [found[handle] for handle in handles if handle in found]


def staff_called(name: str) -> list[Holder]:
    """Active staff of just this name; accents and case do not matter."""
    wanted = fold(name)
    if not wanted:
        return []
    here = Holder.objects.filter(state=HolderState.ACTIVE, kind__in=_STAFF)
    names = holder_names.names(here.order_by().values_list("handle", flat=True))
    same = [handle for handle, known in names.items() if fold(known) == wanted]
    return list(here.filter(handle__in=same))
