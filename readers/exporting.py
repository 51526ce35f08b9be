"""What this room holds of a person: what doors did after a grant of theirs, and that a code was used up."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from django.db import connection

from access.selectors import place_names
from credentials.models import Device, Holder
from readers.models import Reader, UsedCode
from vault.holdings import Asking, Cell, Table, exporter
from vault.telling import Four, moment, table, word, yes_no

DOORS: Final[Four] = (
    "What doors did after you were let in",
    "Was Türen taten, nachdem Sie eingelassen wurden",
    "Ce que firent les portes après votre passage",
    "Qué hicieron las puertas tras dejarle pasar",
)
CODES: Final[Four] = (
    "Codes that opened a door and open none again",
    "Codes, die eine Tür geöffnet haben und keine mehr öffnen",
    "Codes ayant ouvert une porte et n’en ouvrant plus",
    "Códigos que abrieron una puerta y ya no abren ninguna",
)
_OPENED: Final[Mapping[str, Four]] = {
    "opened": ("opened", "aufgegangen", "ouverte", "se abrió"),
    "not_opened": ("not opened", "nicht aufgegangen", "non ouverte", "no se abrió"),
    "held_open": ("held open", "offen gehalten", "maintenue ouverte", "se dejó abierta"),
}
# Joined to the person's events by their id: neither table has one of its own for the person.
_REPORTS: Final = (
    "SELECT r.reader_id, r.at, r.opened FROM readers_doorreport r JOIN access_accessevent e"
    " ON e.reader = r.reader_id AND e.counter = r.counter WHERE e.credential = ANY(%s) ORDER BY r.at"
)
_TOLD: Final = (
    "SELECT d.reader_id, d.at, d.kind FROM readers_doorevent d JOIN access_accessevent e"
    " ON e.reader = d.reader_id AND e.counter = d.counter WHERE e.credential = ANY(%s) ORDER BY d.at"
)


@exporter("readers", title="Doors and used codes", order=35)
def tables(asking: Asking) -> Iterator[Table]:
    """Door reports to events of the person; how many codes of each phone were used up."""
    holder = Holder.objects.filter(subject=asking.subject).first()
    if holder is None:
        return
    yield table(asking, "doors", DOORS, "at site door opened", _doors(asking, holder))
    yield table(asking, "used_codes", CODES, "number used", _codes(holder))


def _doors(asking: Asking, holder: Holder) -> Iterator[tuple[Cell, ...]]:
    carried = list(holder.credentials.values_list("handle", flat=True))
    places = place_names()
    points = dict(Reader.objects.values_list("handle", "access_point"))
    for reader, at, said in (*_asked(_REPORTS, carried), *_asked(_TOLD, carried)):
        place = places.get(points.get(reader, 0))
        told = (
            yes_no(said, asking.language) if isinstance(said, bool) else word(_OPENED, said, asking.language)
        )
        yield moment(at), place.site if place else "", place.door if place else "", told


def _asked(statement: str, carried: list[int]) -> list[tuple[int, datetime, bool | str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [carried])
        return list(cursor.fetchall())


def _codes(holder: Holder) -> Iterator[tuple[Cell, ...]]:
    phones = Device.objects.filter(holder=holder).order_by("handle").values_list("handle", flat=True)
    for phone in phones:
        yield phone, UsedCode.objects.filter(device=phone).count()
