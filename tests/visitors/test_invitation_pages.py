"""The console's pages of invitations."""

import datetime as dt
import re
from collections.abc import Mapping

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from credentials.services import offboard_holder
from ledger.outbox import deliver
from tenants import context
from tenants.context import CompanyRef
from tests.fixtures.console import sign_in_as
from tests.visitors.build import BY, Reception, guest
from visitors.models import GroupKind, Visit, VisitGroup, VisitState
from visitors.services import cancel
from visitors.services.inviting import invite

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita(desk: Reception) -> Client:
    return sign_in_as("rita")


def get(client: Client, path: str, **said: str) -> str:
    with context.leave():
        answer = client.get(path, said)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, path: str, said: Mapping[str, object] | None = None) -> HttpResponse:
    with context.leave():
        return client.post(path, said or {})  # type: ignore[return-value]


def filled(desk: Reception, **more: object) -> dict[str, object]:
    said = {
        "name": "Vera Visitor",
        "email": "vera@guest.example",
        "language": "de",
        "host": str(desk.host.pk),
        "type": str(desk.type.pk),
        "site": str(desk.place.site.pk),
        "begins": "2027-06-07T09:00",
    }
    return said | more


def test_one_guest_is_invited_at_the_sites_clock_for_the_types_length(desk: Reception, rita: Client) -> None:
    desk.type.length_minutes = 90
    desk.type.save()
    assert post(rita, "/visitors/invite/", filled(desk)).status_code == 302
    visit = Visit.objects.get()
    assert visit.begins == dt.datetime(2027, 6, 7, 7, tzinfo=dt.UTC)  # Berlin in summer
    assert visit.ends - visit.begins == dt.timedelta(minutes=90)
    assert (visit.language, visit.host, visit.state) == ("de", desk.host, VisitState.INVITED)
    assert "Vera Visitor" in get(rita, "/visitors/coming/")


def test_a_group_and_a_series(desk: Reception, rita: Client) -> None:
    more = "Walter; walter@guest.example; Firm\nمريم, maryam@guest.example"
    answer = post(rita, "/visitors/invite/", filled(desk, more=more, group_name="Audit"))
    group = VisitGroup.objects.get(kind=GroupKind.GROUP)
    assert answer["Location"] == f"/visitors/groups/{group.pk}/"
    page = get(rita, f"/visitors/groups/{group.pk}/")
    for name in ("Vera Visitor", "Walter", "مريم", "Audit"):
        assert name in page
    weekly = filled(
        desk, email="sara@guest.example", repeat="weekly", weekdays=["0", "2"], until="2027-06-20"
    )
    post(rita, "/visitors/invite/", weekly)
    series = Visit.objects.filter(group__kind=GroupKind.SERIES).order_by("begins")
    assert [visit.begins.day for visit in series] == [7, 9, 14, 16]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"host": ""}, "Choose a host."),
        ({"host": "nonsense"}, "This person is not here any more"),
        ({"email": "nonsense"}, "Enter a valid email address"),
        ({"name": ""}, "This field is required"),
        ({"begins": "2020-01-01T09:00"}, "This time is over."),
        ({"ends": "2027-06-07T08:00"}, "The end must be after the beginning."),
        ({"repeat": "daily"}, "Say until which day."),
        ({"repeat": "weekly", "until": "2027-06-20"}, "Choose at least one day."),
        ({"repeat": "daily", "until": "2027-12-20"}, "100 at once are possible"),
        ({"repeat": "daily", "until": "2027-06-01"}, "before the first visit"),
        ({"more": "Walter, nonsense"}, "Line 1: the mail address is none."),
        ({"more": "Vera, VERA@guest.example"}, "twice with one mail address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_planned(
    desk: Reception, rita: Client, more: dict[str, object], words: str
) -> None:
    answer = post(rita, "/visitors/invite/", filled(desk, **more))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Visit.objects.exists()


def test_a_cardholder_and_a_second_press_are_refused(desk: Reception, rita: Client) -> None:
    answer = post(rita, "/visitors/invite/", filled(desk, email=desk.host.email))
    assert "cardholder" in answer.content.decode()
    post(rita, "/visitors/invite/", filled(desk))
    assert "is invited for this time" in post(rita, "/visitors/invite/", filled(desk)).content.decode()
    assert Visit.objects.count() == 1


def test_hosts_are_found_by_name_and_visitors_are_none(desk: Reception, rita: Client) -> None:
    desk.visit(name="Henrietta Visitor")
    found = get(rita, "/visitors/invite/hosts/", host_name="Henri")
    assert str(desk.host.pk) in found
    assert "Henrietta" not in found
    # Also without scripts: the button searches and keeps what was typed.
    page = post(rita, "/visitors/invite/", filled(desk, host="", host_name="Henri", find="1"))
    assert page.status_code == 200
    assert str(desk.host.pk) in page.content.decode()
    assert "vera@guest.example" in page.content.decode()
    assert Visit.objects.count() == 1


def test_an_empty_list_says_what_to_do(desk: Reception, rita: Client) -> None:
    assert "Nobody is invited" in get(rita, "/visitors/coming/")


def test_the_list_is_searched_and_filtered(desk: Reception, rita: Client) -> None:
    desk.visit(name="Anna", email="anna@guest.example")
    desk.visit(name="Boris", email="boris@guest.example")
    cancelled = desk.visit(name="Carl", email="carl@guest.example")
    cancel(visit=cancelled, by=BY)
    everybody = get(rita, "/visitors/coming/")
    assert "Anna" in everybody
    assert "Carl" not in everybody
    assert "Boris" not in get(rita, "/visitors/coming/", q="Anna")
    assert "Carl" in get(rita, "/visitors/coming/", state="cancelled")
    assert "Anna" in get(rita, "/visitors/coming/", host=str(desk.host.pk))
    assert "Nothing fits" in get(rita, "/visitors/coming/", q="Zoe")
    assert "Anna" in get(rita, "/visitors/coming/", host="nonsense", group="nonsense", page="x", state="x")
    offboard_holder(holder=desk.host, by=BY)
    assert "has left" in get(rita, "/visitors/coming/", state="host_left")
    carol = sign_in_as("carol")
    assert "Send again" not in get(carol, "/visitors/coming/")


def test_deeds_on_one_visit(desk: Reception, rita: Client) -> None:
    (visit,) = invite(guests=[guest()], plan=desk.plan(begins_in=600), by=BY)
    path = f"/visitors/{visit.pk}/"
    assert "Vera Visitor" in get(rita, f"{path}move/")
    said = {"host": str(desk.host.pk), "begins": "2027-06-07T09:00", "ends": "2027-06-07T10:00"}
    assert post(rita, f"{path}move/", said)["Location"] == "/visitors/coming/"
    assert Visit.objects.get().begins == dt.datetime(2027, 6, 7, 7, tzinfo=dt.UTC)
    early = post(rita, f"{path}move/", said | {"ends": "2027-06-07T08:00"})
    assert (early.status_code, "after the beginning" in early.content.decode()) == (422, True)
    assert post(rita, f"{path}resend/", {"next": path})["Location"] == path
    assert post(rita, f"{path}cancel/", {"next": "https://evil.example/"})["Location"] == "/visitors/coming/"
    assert Visit.objects.get().state == VisitState.CANCELLED
    post(rita, f"{path}again/")
    assert Visit.objects.filter(state=VisitState.INVITED).count() == 1
    post(rita, f"{path}again/")
    assert Visit.objects.count() == 2


def send(client: Client, desk: Reception, name: str, data: bytes, **more: object) -> HttpResponse:
    said = filled(desk, file=SimpleUploadedFile(name, data), **more)
    return post(client, "/visitors/invite/file/", said)


def test_a_table_is_looked_at_then_begun_then_done(
    desk: Reception, rita: Client, in_acme: CompanyRef
) -> None:
    rows = f"name,email\nAnna,anna@guest.example\nHenri,{desk.host.email}\n=cmd(),=evil\n"
    answer = send(rita, desk, "guests.csv", rows.encode())
    path = answer["Location"]
    page = get(rita, path)
    assert "Anna" in page
    assert "cardholder" in page
    assert "Nobody has got a mail yet" in page
    assert not Visit.objects.exists()
    assert post(rita, f"{path}begin/").status_code == 302
    assert "0 of 3" not in get(rita, path)
    assert "2 of 3" in get(rita, f"{path}progress/")
    deliver(in_acme)
    assert Visit.objects.get().group == VisitGroup.objects.get()
    assert "1 planned, 2 not invited" in get(rita, path)
    assert "hx-get" not in get(rita, f"{path}progress/")
    table = post(rita, f"{path}failures/").content.decode()
    assert re.search(r'^"3","This is the mail address of a cardholder.*Henri', table, re.MULTILINE)
    assert '"\'=cmd()"' in table
    post(rita, f"{path}cancel/")
    assert Visit.objects.get().state == VisitState.CANCELLED


def test_a_calendar_brings_its_own_times(desk: Reception, rita: Client, in_acme: CompanyRef) -> None:
    begins = timezone.now().replace(microsecond=0) + dt.timedelta(days=3)
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Audit\r\n"
        f"DTSTART:{begins:%Y%m%dT%H%M%SZ}\r\nATTENDEE;CN=Gina:mailto:gina@guest.example\r\n"
        f"ATTENDEE:mailto:{desk.host.email}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    path = send(rita, desk, "audit.ics", text.encode(), begins="")["Location"]
    post(rita, f"{path}begin/")
    deliver(in_acme)
    visit = Visit.objects.get()
    assert (visit.begins, visit.subject, visit.holder.name) == (begins, "Audit", "Gina")
    assert "cardholder" in get(rita, path)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"", "The submitted file is empty"),
        ("a.csv", b"one,two\n1,2\n", "must name the columns"),
        ("a.csv", b"PK\x03\x04\x00\x00", "no text file"),
        ("a.ics", b"nonsense", "no calendar file"),
        ("a.csv", b"x" * (4 * 1024 * 1024 + 1), "larger than 4 MB"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(
    desk: Reception, rita: Client, name: str, data: bytes, words: str
) -> None:
    answer = send(rita, desk, name, data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not VisitGroup.objects.exists()


def test_a_draft_is_thrown_away(desk: Reception, rita: Client) -> None:
    path = send(rita, desk, "a.csv", b"name,email\nAnna,anna@guest.example\n")["Location"]
    assert post(rita, f"{path}drop/").status_code == 302
    assert not VisitGroup.objects.exists()
