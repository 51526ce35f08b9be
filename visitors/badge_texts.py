"""What stands on a badge, in the visit's language."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    visitor: str
    host: str
    until: str
    until_day: str
    escort: str
    number: str
    pin: str


# Whoever meets a visitor in a corridor reads this, not the visitor: so it stands in English as well.
ESCORT: Final = "ESCORT"

WORDS: Final = {
    "en": Words(
        visitor="Visitor",
        host="Visits {host}",
        until="{day}, until {clock}",
        until_day="{day} until {last}, {clock}",
        escort="ESCORT",
        number="Visit {number}",
        pin="Asks for the PIN at the door",
    ),
    "de": Words(
        visitor="Besuch",
        host="Besucht {host}",
        until="{day}, bis {clock}",
        until_day="{day} bis {last}, {clock}",
        escort="NUR IN BEGLEITUNG",
        number="Besuch {number}",
        pin="An der Tür mit PIN",
    ),
    "fr": Words(
        visitor="Visiteur",
        host="Rend visite à {host}",
        until="{day}, jusqu’à {clock}",
        until_day="{day} jusqu’au {last}, {clock}",
        escort="ACCOMPAGNEMENT",
        number="Visite {number}",
        pin="Code PIN demandé à la porte",
    ),
    "es": Words(
        visitor="Visita",
        host="Visita a {host}",
        until="{day}, hasta las {clock}",
        until_day="{day} hasta el {last}, {clock}",
        escort="CON ACOMPAÑANTE",
        number="Visita {number}",
        pin="Pide el PIN en la puerta",
    ),
}
