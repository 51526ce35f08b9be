"""Calendar files of a host's wallet: one with guests handed in and begun; one of a visit taken along."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from credentials.services import add_holder, suspend_holder
from ledger.outbox import deliver
from operators.services.throttling import Limit
from tenants.context import CompanyRef
from tests.credentials.phone import HOST, Phone, enrolled
from tests.visitors.build import BY, Reception
from visitors import services
from visitors.files.lines import Line
from visitors.models import Visit, VisitGroup
from visitors.services import group_files
from visitors.services.codes import code_of

pytestmark = pytest.mark.django_db
PATH = "/api/v1/wallet/visits"
BEGINS = (timezone.now() + dt.timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
GUESTS = (("Vera Visitor", "vera@guest.example"), ("Otto", "otto@guest.example"))


@pytest.fixture
def phone(desk: Reception) -> Phone:
    return enrolled(desk.host)[0]


def meeting(*guests: tuple[str, str], begins: dt.datetime = BEGINS, method: str = "REQUEST") -> bytes:
    people = [f'ATTENDEE;CN="{name}":mailto:{email}' for name, email in guests]
    lines = [
        "BEGIN:VCALENDAR",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        "UID:1@guest.example",
        f"DTSTART:{begins:%Y%m%dT%H%M%SZ}",
        f"DTEND:{begins + dt.timedelta(hours=2):%Y%m%dT%H%M%SZ}",
        "SUMMARY:The new press",
        *people,
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join([*lines, ""]).encode()


def handed_in(desk: Reception, phone: Phone, data: bytes, **other: str) -> tuple[int, dict[str, object]]:
    asked = {"type": str(desk.type.pk), "site": str(desk.place.site.pk), "language": "de"} | other
    path = f"{PATH}/files?" + "&".join(f"{name}={value}" for name, value in asked.items())
    response = Client().generic(
        "POST",
        path,
        data,
        content_type="application/octet-stream",
        headers={"Host": HOST} | phone.headers("POST", path, data),
    )
    return response.status_code, response.json()


def begun(phone: Phone, file: object) -> tuple[int, dict[str, object]]:
    return phone.send("POST", f"{PATH}/files/{file}/begin", {})


def told() -> list[str]:
    """Which guests have a mail; the host has one of their phone, too."""
    return sorted(one.to[0] for one in mail.outbox if one.to[0].endswith("@guest.example"))


def test_looked_at_then_invited_and_staff_are_told_apart(
    desk: Reception, phone: Phone, in_acme: CompanyRef
) -> None:
    data = meeting(*GUESTS, ("Henri", "henri@acme.example"))
    status, answer = handed_in(desk, phone, data)
    assert status == 201
    guests = answer["guests"]
    assert isinstance(guests, list)
    assert [(one["name"], one["skipped"]) for one in guests] == [
        ("Vera Visitor", ""),
        ("Otto", ""),
        ("Henri", "is_staff"),
    ]
    assert (guests[0]["subject"], guests[0]["begins"]) == ("The new press", int(BEGINS.timestamp()))
    deliver(in_acme)
    assert not Visit.objects.exists()
    assert not told()
    for _ in range(2):  # the answer to the first was lost on the way
        assert begun(phone, answer["file"])[1]["invited"] == 2
    deliver(in_acme)
    visits = Visit.objects.order_by("handle").select_related("holder")
    assert [(one.holder.name, one.begins, one.language) for one in visits] == [
        (name, BEGINS, "de") for name, _ in GUESTS
    ]
    assert {(one.host_id, one.created_by) for one in visits} == {(desk.host.pk, f"holder:{desk.host.handle}")}
    assert told() == sorted(email for _, email in GUESTS)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b" ", "file_empty"),
        (b"\x00\x01\x02", "not_a_text"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT", "calendar_broken"),
        (meeting(), "no_attendees"),
        (meeting(*GUESTS, method="CANCEL"), "calendar_cancels"),
        (meeting(*[(f"G {n}", f"g{n}@guest.example") for n in range(101)]), "too_many_guests"),
    ],
)
def test_files_that_are_refused(desk: Reception, phone: Phone, data: bytes, code: str) -> None:
    status, answer = handed_in(desk, phone, data)
    assert (status, answer["code"]) == (422, code)
    assert not VisitGroup.objects.exists()


def test_larger_ones_are_not_read(desk: Reception, phone: Phone) -> None:
    most = 256 * 1024
    status, answer = handed_in(desk, phone, meeting(*GUESTS) + b" " * most)
    assert (status, answer["code"]) == (413, "too_large")
    padded = meeting(*GUESTS)
    status, _ = handed_in(desk, phone, padded + b"\n" * (most - len(padded)))
    assert status == 201


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"language": "xx"}, 400, "malformed"),
        ({"site": "here"}, 400, "malformed"),
        ({"site": "999999"}, 422, "no_such_site"),
        ({"type": str(uuid.uuid4())}, 422, "no_such_type"),
    ],
)
def test_wishes_that_are_refused(
    desk: Reception, phone: Phone, other: dict[str, str], status: int, code: str
) -> None:
    answer = handed_in(desk, phone, meeting(*GUESTS), **other)
    assert (answer[0], answer[1]["code"]) == (status, code)


def test_a_file_of_which_nobody_can_come(desk: Reception, phone: Phone) -> None:
    past = timezone.now() - dt.timedelta(days=2)
    _, answer = handed_in(desk, phone, meeting(*GUESTS, begins=past))
    status, answer = begun(phone, answer["file"])
    assert (status, answer["code"]) == (422, "nobody_invited")


def test_nobody_begins_anothers_file(desk: Reception, phone: Phone) -> None:
    _, mine = handed_in(desk, phone, meeting(*GUESTS))
    other = enrolled(add_holder(name="Zoe", email="zoe@acme.example", by=BY))[0]
    plan = desk.plan(begins_in=60)
    lines = [Line(1, "Gil", "gil@guest.example")]
    consoles = group_files.lay_in(lines=lines, plan=plan, language="en", name="Fair", by=BY)
    for asking, file in ((other, mine["file"]), (phone, consoles.pk), (phone, uuid.uuid4())):
        status, answer = begun(asking, file)
        assert (status, answer["code"]) == (404, "no_such_file")
    suspend_holder(holder=desk.host, by=BY)
    assert begun(phone, mine["file"])[1]["code"] == "host_left"


def test_a_days_limits(desk: Reception, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    day = dt.timedelta(days=1)
    monkeypatch.setattr("visitors.services.host_files.LOOKED_AT", Limit("host_files", 1, day))
    monkeypatch.setattr("visitors.services.host_inviting.INVITED", Limit("host_invites", 1, day))
    _, answer = handed_in(desk, phone, meeting(*GUESTS))
    status, refused = handed_in(desk, phone, meeting(*GUESTS))
    assert (status, refused["code"]) == (429, "too_many_files")
    status, refused = begun(phone, answer["file"])
    assert (status, refused["code"]) == (429, "too_many_invitations")
    assert VisitGroup.objects.get().rows == 0


def test_files_that_are_refused_count_as_well(
    desk: Reception, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = Limit("host_files", 2, dt.timedelta(days=1))
    monkeypatch.setattr("visitors.services.host_files.LOOKED_AT", limit)
    for _ in range(2):
        assert handed_in(desk, phone, b"BEGIN:VCALENDAR")[1]["code"] == "calendar_broken"
    status, refused = handed_in(desk, phone, meeting(*GUESTS))
    assert (status, refused["code"]) == (429, "too_many_files")


def taken(phone: Phone, visit: Visit) -> tuple[int, bytes, str]:
    path = f"{PATH}/{visit.pk}/calendar"
    response = Client().get(path, headers={"Host": HOST} | phone.headers("GET", path, b""))
    return response.status_code, response.content, response["Content-Type"]


def test_a_visit_for_the_hosts_own_calendar(desk: Reception, phone: Phone) -> None:
    type(desk.host).objects.filter(pk=desk.host.pk).update(language="de")
    visit = desk.visit(begins_in=60)
    status, data, kind = taken(phone, visit)
    assert (status, kind.partition(";")[0]) == (200, "text/calendar")
    assert code_of(visit).encode() not in data
    event: Any  # its parts are of many kinds
    (event,) = Calendar.from_ical(data.decode()).walk("VEVENT")
    assert str(event["summary"]) == "Besuch: Vera Visitor, Guest & Sons"
    assert event["dtstart"].dt == visit.begins.replace(microsecond=0)
    assert str(event["location"]) == desk.place.site.name
    services.cancel(visit=visit, by=BY)
    assert taken(phone, visit)[0] == 409


def test_anothers_visit_is_not_taken_along(desk: Reception, phone: Phone) -> None:
    other = add_holder(name="Zoe", email="zoe@acme.example", by=BY)
    theirs = services.plan_visit(guest=services.Guest("Otto"), plan=desk.plan(host=other), by=BY)
    assert taken(phone, theirs)[0] == 404
