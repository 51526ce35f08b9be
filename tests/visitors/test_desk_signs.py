"""What reception is told of a visit: who says they leave, why somebody waits, their photo and code."""

import datetime as dt
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from compliance.law import Purpose
from credentials.services import offboard_holder
from tests.fixtures.console import SignIn
from tests.visitors.build import BY, Reception
from tests.visitors.lobby import Lobby, document, jpeg, notices
from tests.visitors.test_watching import put
from visitors import services
from visitors.desk_reasons import HOST_CONFIRMS, HOST_LEFT, NO_PHOTO, NOT_KEPT, OFFLINE, UNANNOUNCED, UNPROVEN
from visitors.models import Arrival, GroupKind, SealedSignIn, Visit, VisitGroup, VisitPhoto, VisitType
from visitors.photos import seal_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita(signed_in: SignIn) -> Client:
    return signed_in("rita")


def shown(client: Client, path: str = "/visitors/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def local_day(desk: Reception) -> dt.date:
    return timezone.now().astimezone(ZoneInfo(desk.place.site.time_zone)).date()


def leave(lobby: Lobby, name: str) -> None:
    answer = lobby.tablet.call("kiosk/leaving", {"name": name})
    assert answer.json() == {"outcome": "told"}


def test_who_says_that_they_leave_stands_first(desk: Reception, lobby: Lobby, rita: Client) -> None:
    vera = services.admit(visit=desk.visit(), by=BY)
    services.admit(visit=desk.visit(name="Ina Inside", email="i@guest.example"), by=BY)
    page = shown(rita)
    assert "says they leave" not in page
    assert page.index("Ina Inside") < page.index("Vera Visitor")
    leave(lobby, "vera VISITOR")
    for path in ("/visitors/", "/visitors/list/?group=on_site"):
        page = shown(rita, path)
        assert page.count("says they leave, ") == 1
        assert page.index("Vera Visitor") < page.index("says they leave, ") < page.index("Ina Inside")
    assert "says they leave, " in shown(rita, f"/visitors/{vera.pk}/")
    services.sign_out(visit=vera, by=BY)
    assert "says they leave" not in shown(rita)


def test_a_name_of_nobody_who_is_in_is_told_without_the_name(
    desk: Reception, lobby: Lobby, rita: Client
) -> None:
    told = f"Somebody says they leave at {lobby.tablet.kiosk.name}"
    assert told not in shown(rita)
    leave(lobby, "Zoltan Unknown")
    leave(lobby, "Zoltan Unknown")
    page = shown(rita)
    assert page.count(told) == 1
    assert "(2 times)" in page
    assert "Zoltan" not in page
    assert told in shown(rita, f"/visitors/list/?site={desk.place.site.pk}")
    assert told not in shown(rita, "/visitors/list/?site=999")
    assert told not in shown(rita, "/visitors/list/?group=expected")
    Arrival.objects.update(ended_at=timezone.now() - dt.timedelta(minutes=61))
    assert told not in shown(rita)


def line_of(page: str, name: str) -> str:
    """The row of a visitor in the list."""
    return next(row for row in page.split("<tr ") if name in row).split("</tr>")[0]


def why(client: Client, visit: Visit, name: str) -> str:
    """Why somebody waits: the same in the list and on the page of the visit."""
    row, page = line_of(shown(client), name), shown(client, f"/visitors/{visit.pk}/")
    if "Waits because" not in row:
        assert "Waits because" not in page
        return ""
    told = row.partition("Waits because: ")[2].split("</div>")[0]
    assert f"<dt>Waits because</dt><dd>{told}</dd>" in page
    return told


def test_why_somebody_waits_whom_the_kiosk_did_not_let_in(
    desk: Reception, lobby: Lobby, rita: Client
) -> None:
    vera, ida = desk.visit(), desk.visit(name="Ida Itself", email="ida@guest.example")
    lobby.walk_in()
    wanda = lobby.visit
    lobby.by_name("Vera Visitor", str(local_day(desk)))
    lobby.do("end")
    assert why(rita, wanda, "Wanda Walker") == UNANNOUNCED
    assert why(rita, vera, "Vera Visitor") == UNPROVEN
    # Reception says itself that somebody is here: nothing stands against them.
    assert why(rita, ida, "Ida Itself") == ""
    services.arrive(visit=ida, by=BY)
    assert why(rita, ida, "Ida Itself") == ""
    offboard_holder(holder=desk.host, by=BY)
    assert why(rita, ida, "Ida Itself") == HOST_LEFT
    assert why(rita, vera, "Vera Visitor") == f"{UNPROVEN}, {HOST_LEFT}"


def test_what_was_declined_at_the_kiosk_is_said(desk: Reception, lobby: Lobby, rita: Client) -> None:
    notices(Purpose.VISITOR_DOCUMENTS, Purpose.PHOTO)
    document(desk)
    VisitType.objects.update(photo="required")
    visit = desk.visit()
    lobby.expected(visit)
    while lobby.view["state"] == "steps":
        lobby.sign() if lobby.view["step"] == "documents" else lobby.decline()
    assert lobby.view["state"] == "waiting"
    assert why(rita, visit, "Vera Visitor") == f"{NO_PHOTO}, {NOT_KEPT}"
    services.admit(visit=visit, by=BY)
    assert why(rita, visit, "Vera Visitor") == ""


def test_that_the_host_confirms_is_said(desk: Reception, lobby: Lobby, rita: Client) -> None:
    VisitType.objects.update(host_confirms=True)
    visit = desk.visit()
    lobby.expected(visit)
    assert lobby.view["state"] == "waiting"
    assert why(rita, visit, "Vera Visitor") == HOST_CONFIRMS


def test_a_sign_in_without_network_is_said(desk: Reception, lobby: Lobby, rita: Client) -> None:
    visit = services.arrive(visit=desk.visit(), by=lobby.tablet.kiosk.actor)
    now = timezone.now()
    SealedSignIn.objects.create(
        id=uuid4(), kiosk=lobby.tablet.kiosk, taken_at=now, handed_in_at=now, visit=visit
    )
    assert why(rita, visit, "Vera Visitor") == OFFLINE


def test_a_match_is_no_reason_that_everybody_reads(desk: Reception, lobby: Lobby, rita: Client) -> None:
    put("Vera Visitor", told="alice")
    visit = desk.visit()
    lobby.expected(visit)
    assert lobby.view["state"] == "waiting"
    assert why(rita, visit, "Vera Visitor") == ""
    assert "first</span>" in line_of(shown(rita), "Vera Visitor")


def kiosk_code(page: str) -> str:
    return page.partition("data-code>")[2].partition("<")[0]


def test_who_sat_down_goes_on_with_the_code_from_reception(
    desk: Reception, lobby: Lobby, rita: Client, signed_in: SignIn
) -> None:
    lobby.walk_in()
    visit = lobby.visit
    lobby.do("end")
    path = f"/visitors/{visit.pk}/"
    # Before somebody let them in there is none to show.
    assert "Code for the kiosk" not in shown(rita, path)
    services.admit(visit=visit, by=BY)
    code = kiosk_code(shown(rita, path))
    assert "Code for the kiosk" not in shown(signed_in("bob"), path)
    lobby.begin(flow="expected", code=code)
    assert (lobby.status, lobby.view["step"], lobby.visit) == (201, "way", visit)
    assert lobby.do("way", way="phone")["step"] == "phone"
    # Tried too often no kiosk takes it, and none is shown.
    Visit.objects.filter(pk=visit.pk).update(code_attempts=5)
    assert lobby.begin(flow="expected", code=code)["code"] == "code_exhausted"
    Visit.objects.filter(pk=visit.pk).update(code_attempts=5)
    assert "Code for the kiosk" not in shown(rita, path)
    Visit.objects.filter(pk=visit.pk).update(code_attempts=4)
    assert kiosk_code(shown(rita, path)) == code
    assert lobby.begin(flow="expected", code=code)["step"] == "phone"
    services.sign_out(visit=visit, by=BY)
    assert "Code for the kiosk" not in shown(rita, path)


def test_the_photo_is_looked_at_while_the_visit_is_open(desk: Reception, rita: Client) -> None:
    VisitType.objects.update(badge_photo=False)
    visit, taken = desk.visit(), jpeg(60, 40)
    path = f"/visitors/{visit.pk}/"
    assert rita.get(f"{path}photo/").status_code == 404
    assert "/photo/" not in shown(rita, path)
    VisitPhoto.objects.create(visit=visit, sealed=seal_photo(visit, taken), taken_at=timezone.now())
    assert f'src="{path}photo/"' in shown(rita, path)
    answer = rita.get(f"{path}photo/")
    assert (answer.headers["Content-Type"], answer.content) == ("image/jpeg", taken)
    assert "no-store" in answer.headers["Cache-Control"]
    services.sign_out(visit=services.admit(visit=visit, by=BY), by=BY)
    assert rita.get(f"{path}photo/").status_code == 404
    assert "/photo/" not in shown(rita, path)


def test_the_size_of_the_badge_is_chosen(desk: Reception, rita: Client) -> None:
    VisitType.objects.update(badge="label")
    visit = services.admit(visit=desk.visit(), by=BY)
    path = f"/visitors/{visit.pk}/"
    for query, size in (("", "label"), ("?size=a6", "a6"), ("?size=none", "label"), ("?size=x", "label")):
        page = shown(rita, path + query)
        assert f'href="{path}badge/?size={size}"' in page, query
        assert f'src="{path}badge/preview/?size={size}"' in page, query
        assert f'href="?size={size}" aria-current="true"' in page, query
    VisitType.objects.update(badge="none")
    assert "?size=" not in shown(rita, f"{path}?size=a6")


def test_a_group_leads_to_all_of_it(desk: Reception, rita: Client) -> None:
    visit = desk.visit()
    assert "Together with" not in shown(rita, f"/visitors/{visit.pk}/")
    group = VisitGroup.objects.create(
        kind=GroupKind.FILE, name="Choir", created_at=timezone.now(), created_by=BY, rows=1
    )
    Visit.objects.filter(pk=visit.pk).update(group=group)
    page = shown(rita, f"/visitors/{visit.pk}/")
    assert f'<a href="/visitors/groups/{group.pk}/">Choir</a>' in page
    assert "Choir" in shown(rita, f"/visitors/groups/{group.pk}/")
