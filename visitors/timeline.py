"""What happened to a visit, in words: its deeds in the ledger, oldest first."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.models import LedgerEntry
from visitors.actors import Actors
from visitors.models import Visit

MOST: Final = 200
# Verb → what is said of it. A deed that another part adds is said in its own word.
WORDS: Final[Mapping[str, str]] = {
    "visit_planned": "Planned",
    "visit_accepted": "The visitor opened the invitation",
    "visit_moved": "Moved",
    "visit_resent": "Invitation sent again",
    "visit_times_followed": "Its times followed the type of visit",
    "visit_arrived": "Arrived, waits to be admitted",
    "visit_admitted": "Admitted",
    "host_not_told": "The host could not be told",
    "visit_asked_first": "Those named were asked before admitting",
    "visit_extended": "The end was moved",
    "visit_signed_out": "Signed out",
    "visit_expired": "Over: its time with grace ran out",
    "visit_refused": "Refused",
    "visit_cancelled": "Cancelled",
    "visit_expected_again": "Expected again, as a new visit",
    "visit_way_chosen": "Way in chosen",
    "document_signed": "A document was signed",
    "document_read": "A document was read",
    "notice_declined": "Did not agree",
    "visit_corrected": "A fact was corrected",
    "photo_taken": "A photograph was taken for the badge",
    "badge_printed": "Badge printed",
}
_WAYS: Final = {"phone": "their phone", "day_pass": "a day pass", "escort": "an escort"}
_UNTOLD: Final = {
    "host_left": "has left",
    "no_host": "the visit has none",
    "no_way": "neither mail, phone nor webhook is open to them",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One deed."""

    at: dt.datetime
    what: str
    by: str


def timeline(visit: Visit) -> list[Moment]:
    """The deeds of a visit."""
    rows = LedgerEntry.objects.filter(subject_kind="visit", handle=visit.handle).order_by("at", "id")[:MOST]
    entries = list(rows)
    actors = Actors(entry.actor for entry in entries)
    return [Moment(entry.at, _said(entry.verb, entry.data), actors.name(entry.actor)) for entry in entries]


def _said(verb: str, data: Mapping[str, Any]) -> str:
    said = WORDS.get(verb) or verb.replace("_", " ").capitalize()
    if verb == "visit_way_chosen":
        return f"{said}: {_WAYS.get(str(data.get('way')), str(data.get('way')))}"
    if verb == "host_not_told" and data.get("why"):
        return f"{said}: {_UNTOLD.get(str(data['why']), str(data['why']))}"
    return said
