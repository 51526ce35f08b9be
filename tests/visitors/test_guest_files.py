"""Reading files of guests: tables and calendars, whole, broken and hostile."""

import datetime as dt
import time
from collections.abc import Callable

import pytest

from visitors.files import calendars, tables
from visitors.files.lines import MOST_BYTES, Line, text_of
from visitors.refusals import Refused

NOW = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)  # a Monday
WHERE = calendars.Where("Europe/Berlin", dt.timedelta(hours=1), NOW)
GINA = "ATTENDEE;CN=Gina Guest:mailto:gina@guest.example\r\n"


def table(data: bytes) -> list[Line]:
    return tables.read(text_of(data))


def event(*lines: str, start: str = "DTSTART:20261103T090000Z", guests: str = GINA) -> str:
    inside = "".join(f"{line}\r\n" for line in (start, *lines))
    return f"BEGIN:VEVENT\r\nUID:1\r\n{inside}{guests}END:VEVENT\r\n"


def calendar(*events: str, method: str = "REQUEST") -> str:
    head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:{method}\r\n"
    return head + "".join(events) + "END:VCALENDAR\r\n"


def refused(code: str, deed: Callable[[], object]) -> None:
    with pytest.raises(Refused) as told:
        deed()
    assert told.value.code == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_table_is_read_however_it_was_saved(encoding: str, sign: str) -> None:
    rows = [("Name", "E-Mail", "Firma", "Sprache"), ("Jörg Müller", "joerg@guest.example", "Société", "DE")]
    data = "\r\n".join(sign.join(row) for row in rows).encode(encoding)
    (line,) = table(data)
    assert (line.number, line.name, line.email) == (2, "Jörg Müller", "joerg@guest.example")
    assert (line.firm, line.language, line.code) == ("Société", "de", "")


def test_each_wrong_line_says_what_is_wrong() -> None:
    data = (
        "email,name,language\n"
        "a@guest.example,,\n"
        "nonsense,Ada,\n"
        f"b@guest.example,{'x' * 201},\n"
        "c@guest.example,Cid,tlh\n"
        "\n"
        ",Nobody's Mail,fr\n"
        '"d@guest.example\nBcc: e@f.example",Dora,\n'
        "f@guest.example,\u202eevil\u202c نور 👩‍🚀 <b>,\n"
    )
    lines = table(data.encode())
    codes = ["name_missing", "mail_wrong", "name_too_long", "language_unknown", "", "mail_wrong", ""]
    assert [line.code for line in lines] == codes
    assert lines[-1].name == "evil نور 👩‍🚀 <b>"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b" \n\n", "file_empty"),
        (b"name,email\n", "file_empty"),
        (b"first,second\nVera,vera@guest.example\n", "columns_wrong"),
        (b"Vera,vera@guest.example\n", "columns_wrong"),
        (b'name,email\n"Vera,vera@guest.example\n', "table_broken"),
        (b"PK\x03\x04\x00\x00\x00\x00name", "not_a_text"),
        (b"\xff\xfe\x00\xd8", "not_a_text"),
        (b"name,email\n\x81\x8d\x8f", "not_a_text"),
        (b"x" * (MOST_BYTES + 1), "file_too_large"),
        (b"name,email\n" + b"V,v@guest.example\n" * 10_001, "too_many_lines"),
    ],
)
def test_a_broken_table_is_refused_as_a_whole(data: bytes, code: str) -> None:
    refused(code, lambda: table(data))


def test_ten_thousand_lines_are_read() -> None:
    assert len(table(b"name,email\n" + b"V,v@guest.example\n" * 10_000)) == 10_000


@pytest.mark.parametrize(
    ("start", "begins", "minutes"),
    [
        ("DTSTART:20261103T090000Z", dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC), 60),
        ("DTSTART;TZID=America/New_York:20261103T090000", dt.datetime(2026, 11, 3, 14, tzinfo=dt.UTC), 60),
        (
            "DTSTART;TZID=Eastern Standard Time:20261103T090000",
            dt.datetime(2026, 11, 3, 14, tzinfo=dt.UTC),
            60,
        ),
        ("DTSTART:20261103T090000", dt.datetime(2026, 11, 3, 8, tzinfo=dt.UTC), 60),
        ("DTSTART;VALUE=DATE:20261103", dt.datetime(2026, 11, 2, 23, tzinfo=dt.UTC), 24 * 60),
    ],
)
def test_an_event_begins_in_its_own_zone_or_the_sites(start: str, begins: dt.datetime, minutes: int) -> None:
    (line,) = calendars.read(calendar(event(start=start)), WHERE)
    assert line.begins is not None
    assert line.ends is not None
    assert (line.begins, line.ends - line.begins) == (begins, dt.timedelta(minutes=minutes))


def test_attendees_become_lines_and_rooms_do_not() -> None:
    guests = (
        GINA
        + "ATTENDEE;CUTYPE=ROOM;CN=Room 4:mailto:room4@acme.example\r\n"
        + "ATTENDEE;LANGUAGE=fr-CH:mailto:fred@guest.example\r\n"
        + "ATTENDEE;CN=nomail:urn:uuid:1\r\n"
    )
    lines = calendars.read(calendar(event("SUMMARY:Audit", "DURATION:PT30M", guests=guests)), WHERE)
    assert [(one.name, one.email, one.language, one.code) for one in lines] == [
        ("Gina Guest", "gina@guest.example", "", ""),
        ("fred", "fred@guest.example", "fr", ""),
        ("nomail", "", "", "mail_missing"),
    ]
    assert {one.subject for one in lines} == {"Audit"}


def test_a_repeating_event_keeps_its_hour_and_its_exceptions() -> None:
    series = event(
        "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20270415T000000Z",
        "EXDATE;TZID=Europe/Berlin:20261110T090000",
        start="DTSTART;TZID=Europe/Berlin:20261103T090000",
    )
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20261117T090000",
        start="DTSTART;TZID=Europe/Berlin:20261118T100000",
    )
    begins = [line.begins for line in calendars.read(calendar(series, moved), WHERE) if line.begins]
    assert {moment.strftime("%a %H:%M") for moment in begins} == {"Tue 09:00", "Wed 10:00"}
    days = {moment.date() for moment in begins}
    assert dt.date(2026, 11, 10) not in days
    assert dt.date(2026, 11, 17) not in days
    # Both before and after the clocks change, at the same hour there.
    assert {moment.utcoffset() for moment in begins} == {dt.timedelta(hours=1), dt.timedelta(hours=2)}


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=5",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYWEEKNO=53",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=NEVER",
    ],
)
def test_a_rule_that_would_run_for_long_is_told_and_never_tried(rule: str) -> None:
    begun = time.monotonic()
    lines = calendars.read(calendar(event(f"RRULE:{rule}")), WHERE)
    assert [line.code for line in lines] == ["rule_not_understood"]
    assert time.monotonic() - begun < 1


def test_a_bomb_of_rules_ends_soon() -> None:
    endless = "RRULE:FREQ=DAILY;COUNT=999999999"
    assert len(calendars.read(calendar(event(endless)), WHERE)) == 100
    old = calendars.read(calendar(event(endless, start="DTSTART:19700101T000000Z")), WHERE)
    assert [line.code for line in old] == ["rule_not_understood"]
    begun = time.monotonic()
    guests = "".join(f"ATTENDEE:mailto:g{n}@guest.example\r\n" for n in range(200))
    refused("too_many_lines", lambda: calendars.read(calendar(event(endless, guests=guests)), WHERE))
    never = event("RRULE:FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", start="DTSTART:20260203T090000Z")
    refused("file_too_costly", lambda: calendars.read(calendar(*[never] * 1_900), WHERE))
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT", "calendar_broken"),
        ("nonsense", "calendar_broken"),
        ("BEGIN:A\r\n" * 50_000 + "END:A\r\n" * 50_000, "no_attendees"),
        (calendar(), "no_attendees"),
        (calendar(event(guests="")), "no_attendees"),
        (calendar(event(), method="CANCEL"), "calendar_cancels"),
        (calendar(event("STATUS:CANCELLED")), "no_attendees"),
    ],
)
def test_a_broken_calendar_is_refused(text: str, code: str) -> None:
    refused(code, lambda: calendars.read(text, WHERE))


@pytest.mark.parametrize(
    ("start", "more", "code"),
    [
        ("DTSTART:20261103T090000Z", "DTEND:20261103T080000Z", "window_empty"),
        ("SUMMARY:No time", "DURATION:PT1H", "time_wrong"),
        ("DTSTART:20200103T090000Z", "RRULE:FREQ=DAILY;COUNT=3", "rule_not_understood"),
        ("DTSTART:20260103T090000Z", "RRULE:FREQ=DAILY;COUNT=3", "window_over"),
    ],
)
def test_an_event_that_cannot_be_used_says_why(start: str, more: str, code: str) -> None:
    (line,) = calendars.read(calendar(event(more, start=start)), WHERE)
    assert (line.code, line.email) == (code, "gina@guest.example")
