"""Events as pages show them: with names of doors, people and readers instead of handles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from access.models import AccessEvent
from access.selectors import PlaceName, credential_holders, place_names
from credentials.models import Holder
from readers.models import Reader
from sallyport.codes import minutes_of
from sallyport.reasons import Reason
from sallyport.texts import for_operator

NO_PLACE = PlaceName(door="A door that is gone", side="", area="", site="", time_zone="UTC")


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a list."""

    event: AccessEvent
    place: PlaceName
    holder: Holder | None
    reader: str
    text: str

    @property
    def who(self) -> str:
        """The person, or what is known instead."""
        if self.holder is not None:
            return self.holder.name
        return "Unknown code" if self.event.credential is None else f"Credential {self.event.credential}"


def reason_text(reason: str) -> str:
    """What a reason means to an operator; an unknown one stands for itself."""
    try:
        return for_operator(Reason(reason))
    except ValueError:
        return reason.replace("_", " ")


_KINDS = {"live": "Live code", "pass": "Pass and proof", "day_pass": "Day pass"}


def shown_text(facts: Mapping[str, Any]) -> str:
    """What stood before the reader, from the facts of a decision; empty where no code opened."""
    code = facts.get("code")
    if not code:
        return ""
    kind, flags = _KINDS.get(code[0], str(code[0])), code[5]
    if code[0] == "day_pass":
        return kind
    minutes = minutes_of(flags)
    if minutes is None:
        return f"{kind}, no phone unlock"
    if not minutes:
        return f"{kind} after a phone unlock in the same moment"
    return f"{kind} after a phone unlock, at most {minutes} minute{'s' if minutes > 1 else ''} before"


def span_text(seconds: int) -> str:
    """A span of time in words: "40 seconds", "11 minutes", "3 hours", "2 days"."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        count = seconds // size
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a second"


def offline_text(event: AccessEvent, facts: Mapping[str, Any]) -> str:
    """How a reader without network came to this decision; empty for one of the server's."""
    if not event.offline:
        return ""
    told = facts.get("offline")
    if not told:
        return "The reader decided alone, before it had to look at its list"
    age = max(0, facts["now"] - told[2])
    return f"The reader decided alone, by a list that was {span_text(age)} old"


def lines(events: Iterable[AccessEvent]) -> list[Line]:
    """Names for a page of events, with one query for each kind of name."""
    found = list(events)
    places = place_names() if found else {}
    holders = credential_holders({event.credential for event in found if event.credential is not None})
    readers = dict(
        Reader.objects.filter(handle__in={event.reader for event in found}).values_list("handle", "name")
    )
    return [
        Line(
            event=event,
            place=places.get(event.access_point, NO_PLACE),
            holder=holders.get(event.credential) if event.credential is not None else None,
            reader=readers.get(event.reader, f"Reader {event.reader}"),
            text=reason_text(event.reason),
        )
        for event in found
    ]
