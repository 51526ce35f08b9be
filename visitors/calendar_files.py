"""Calendar files that go with mails (RFC 5545, iTIP of RFC 5546): one visit, its change, its end, a series.

Neither the code nor the link stands in them: calendars are shared with more people than mails are.
"""

import datetime as dt
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from tenants.context import current
from vault.fields import ERASED
from visitors.invitation_texts import WORDS
from visitors.models import Visit
from visitors.moments import place_at

OF_HOST: Final = {"en": "Visit", "de": "Besuch", "fr": "Visite", "es": "Visita"}
PRODUCT: Final = "-//Sallyport//Visitors//EN"


def request(visit: Visit, sequence: int) -> bytes:
    """Invited, or invited to another time: METHOD:REQUEST."""
    return _file("REQUEST", [_event(visit, sequence, "CONFIRMED", answers=True)])


def cancellation(visit: Visit, sequence: int) -> bytes:
    """METHOD:CANCEL: the calendar strikes it out."""
    return _file("CANCEL", [_event(visit, sequence, "CANCELLED", answers=True)])


def series(visits: Sequence[tuple[Visit, int]]) -> bytes:
    """Visits with their sequence. METHOD:PUBLISH, for a REQUEST holds one UID only (RFC 5546, 3.2.2)."""
    return _file("PUBLISH", [_event(visit, number, "CONFIRMED", answers=False) for visit, number in visits])


def for_host(visits: Sequence[tuple[Visit, int]], language: str) -> bytes:
    """The same visits for their host's calendar: whom they receive, in the host's language."""
    events = []
    for visit, number in visits:
        event = _event(visit, number, "CONFIRMED", answers=False)
        event["summary"] = vText(f"{OF_HOST[language]}: {_whom(visit)}")
        events.append(event)
    return _file("PUBLISH", events)


def _whom(visit: Visit) -> str:
    told = [visit.holder.name, visit.firm]
    return ", ".join(part for part in told if part and part != ERASED)


def _file(method: str, events: Sequence[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(visit: Visit, sequence: int, status: str, *, answers: bool) -> Event:
    words, company = WORDS[visit.language], current()
    event = Event()
    event.add("uid", f"visit-{visit.pk}@{company.host}")
    event.add("dtstamp", visit.changed_at.astimezone(dt.UTC).replace(microsecond=0))
    event.add("sequence", sequence)
    event.add("status", status)
    event.add("dtstart", visit.begins.astimezone(dt.UTC).replace(microsecond=0))
    event.add("dtend", visit.ends.astimezone(dt.UTC).replace(microsecond=0))
    event.add("summary", words["summary"].format(company=company.name))
    event.add("location", place_at(visit.site))
    told = f"{words['host']}: {visit.host.name}" if visit.host and visit.host.name != ERASED else ""
    if visit.subject and visit.subject != ERASED:
        told = f"{told}\n{words['subject']}: {visit.subject}".strip()
    if told:
        event.add("description", told)
    event.add("organizer", _organizer(visit))
    if answers:
        event.add("attendee", _attendee(visit))
    return event


def _organizer(visit: Visit) -> vCalAddress:
    """The host where they have a mail address: answers of calendars go there; sent by this server."""
    ours = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    host = visit.host
    if host is None or not host.email or host.email == ERASED or not host.is_active:
        address = vCalAddress(f"mailto:{ours}")
        address.params["CN"] = vText(_quotable(current().name))
        return address
    address = vCalAddress(f"mailto:{host.email}")
    address.params["CN"] = vText(_quotable(host.name))
    address.params["SENT-BY"] = vText(f"mailto:{ours}")
    return address


def _attendee(visit: Visit) -> vCalAddress:
    address = vCalAddress(f"mailto:{visit.holder.email}")
    address.params["CN"] = vText(_quotable(visit.holder.name))
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("NEEDS-ACTION")
    address.params["RSVP"] = vText("TRUE")
    return address


def _quotable(name: str) -> str:
    """A parameter's value holds no double quote and no control sign (RFC 5545, 3.2)."""
    return " ".join("".join(" " if ord(sign) < 32 else sign for sign in name.replace('"', "'")).split())
