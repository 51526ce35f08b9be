"""What this room holds of a person: rights, the door record, presence, alarms. In words, never in handles."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from access import exporting_texts as texts
from access.models import AccessEvent, AccessGrant, Alarm, AlarmNote, Presence, SecondEntry
from access.selectors import PlaceName, place_names
from credentials.models import Credential, Holder
from sallyport.reasons import Reason
from sallyport.texts import for_person
from vault.holdings import Asking, Cell, Table, exporter
from vault.telling import doer, moment, speak, table, word, yes_no

CHUNK = 2_000
Row = tuple[Cell, ...]


@exporter("access", title="Rights, door record and alarms", order=30)
def tables(asking: Asking) -> Iterator[Table]:
    """Grants, each event at a door, who was counted where, alarms with their notes."""
    holder = Holder.objects.filter(subject=asking.subject).first()
    if holder is None:
        return
    places = place_names()
    yield _grants(asking, holder)
    columns = "at site area door side result reason offline"
    rows = _events(asking, holder, places)
    yield table(asking, "door_record", texts.EVENTS, columns, rows, said=texts.EVENTS_SAID)
    yield from _presence(asking, holder, places)
    yield from _alarms(asking, holder)


def _grants(asking: Asking, holder: Holder) -> Table:
    grants = AccessGrant.objects.filter(holder=holder).order_by("created_at")
    found = grants.values_list("level__name", "valid_from", "valid_until", "created_at")
    rows = ((name, moment(begins), moment(ends), moment(made)) for name, begins, ends, made in found)
    return table(asking, "grants", texts.GRANTS, "level from until created", rows)


def _events(asking: Asking, holder: Holder, places: dict[int, PlaceName]) -> Iterator[Row]:
    """One row a presentation, streamed: a person may have hundreds of thousands."""
    language = asking.language
    zones = {handle: ZoneInfo(place.time_zone) for handle, place in places.items()}
    gone = PlaceName(speak(texts.GONE, language), "", "", "", "UTC")
    said = {reason.value: for_person(reason, language) for reason in Reason}
    results = {True: speak(texts.GRANTED, language), False: speak(texts.REFUSED, language)}
    alone = {True: yes_no(True, language), False: ""}
    carried = list(Credential.objects.filter(holder=holder).values_list("handle", flat=True))
    found = AccessEvent.objects.filter(credential__in=carried).order_by("at", "id")
    columns = ("at", "access_point", "granted", "reason", "offline")
    for at, point, granted, reason, offline in found.values_list(*columns).iterator(chunk_size=CHUNK):
        place = places.get(point, gone)
        yield (
            moment(at.astimezone(zones.get(point, dt.UTC))),
            *(place.site, place.area, place.door, word(texts.SIDES, place.side, language)),
            *(results[granted], said.get(reason, reason), alone[offline]),
        )


def _presence(asking: Asking, holder: Holder, places: dict[int, PlaceName]) -> Iterator[Table]:
    counted = Presence.objects.filter(holder=holder).order_by("at")
    found = counted.values_list("area__site__name", "area__name", "inside", "at")
    rows = ((site, area, yes_no(inside, asking.language), moment(at)) for site, area, inside, at in found)
    yield table(asking, "presence", texts.PRESENCE, "site area inside at", rows)
    second = SecondEntry.objects.filter(holder=holder).order_by("at")
    again = (
        (moment(at), places[point].site if point in places else "", area)
        for at, point, area in second.values_list("at", "access_point", "area__name")
    )
    yield table(asking, "second_entries", texts.SECOND, "at site area", again)


def _alarms(asking: Asking, holder: Holder) -> Iterator[Table]:
    language, you = asking.language, {f"holder:{holder.handle}"}
    found = Alarm.objects.filter(holder=holder).order_by("at")
    rows = (
        (
            *(moment(one.at), word(texts.KINDS, one.kind, language), word(texts.STATES, one.state, language)),
            *(moment(one.answered_at), doer(one.answered_by, you, language)),
        )
        for one in found
    )
    yield table(asking, "alarms", texts.ALARMS, "at kind state ended by", rows)
    notes = AlarmNote.objects.filter(alarm__holder=holder).select_related("alarm__holder").order_by("at")
    said = ((moment(one.at), doer(one.by, you, language), one.text) for one in notes)
    yield table(asking, "alarm_notes", texts.NOTES, "at by note*", said)
