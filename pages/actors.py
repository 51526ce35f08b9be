"""Who did it, in words: the ledger knows actors as opaque strings only."""

from collections.abc import Iterable
from uuid import UUID

from credentials.models import Holder
from operators.models import Operator
from readers.models import Reader
from visitors.models import Kiosk


class Doers:
    """Names of the actors of a list, four queries however long it is."""

    def __init__(self, actors: Iterable[str]) -> None:
        parts = [actor.partition(":") for actor in set(actors)]
        operators = [UUID(rest) for kind, _, rest in parts if kind == "operator" and _is_uuid(rest)]
        numbers = [(kind, int(rest)) for kind, _, rest in parts if rest.isascii() and rest.isdigit()]
        self._names = {
            operator.actor: operator.name for operator in Operator.objects.filter(pk__in=operators)
        }
        holders = Holder.objects.select_related("subject").filter(
            handle__in=[number for kind, number in numbers if kind == "holder"]
        )
        self._names |= {f"holder:{holder.handle}": holder.name for holder in holders}
        readers = Reader.objects.filter(handle__in=[number for kind, number in numbers if kind == "reader"])
        self._names |= {f"reader:{reader.handle}": reader.name for reader in readers}
        kiosks = Kiosk.objects.filter(handle__in=[number for kind, number in numbers if kind == "kiosk"])
        self._names |= {kiosk.actor: kiosk.name for kiosk in kiosks}

    def name(self, actor: str) -> str:
        """The name, or the actor as it is recorded where nobody is known by it."""
        return self._names.get(actor) or ("Sallyport" if actor == "system" else actor)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
