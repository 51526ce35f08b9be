"""Who is in the building: by last door, by the areas that keep watch, by the reception."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import AccessEvent, AccessPoint, Presence, Side
from credentials.models import Holder
from credentials.services import add_holder
from tests.fixtures.console import SignIn
from tests.pages.scene import happen
from tests.visitors.build import BY, Reception
from visitors import services
from visitors.roll_call import Person, roll_call

pytestmark = pytest.mark.django_db
NOW = timezone.now


class AtDoor:
    """Stands for a reader: `happen` asks for its handle and its side of a door."""

    def __init__(self, point: AccessPoint) -> None:
        self.handle, self.access_point_id = 100 + point.handle, point.handle


def passed(holder: Holder, point: AccessPoint, *, minutes: int, granted: bool = True) -> AccessEvent:
    at = NOW() - dt.timedelta(minutes=minutes)
    return happen(AtDoor(point), holder, reason="granted" if granted else "expired", at=at)  # type: ignore[arg-type]


def exit_of(desk: Reception) -> AccessPoint:
    point = desk.place.front_point
    return AccessPoint.objects.create(handle=900 + point.handle, door=point.door, side=Side.EXIT)


def people(site: int | None = None) -> dict[str, Person]:
    return {
        one.name: one for call in roll_call(NOW(), site=site) for place in call.places for one in place.people
    }


def test_the_last_door_counts(desk: Reception) -> None:
    front, dock = desk.place.front_point, desk.place.dock_point
    out = exit_of(desk)
    stays, left, back, never, refused = (
        add_holder(name=name, email="", by=BY) for name in ("Stays", "Left", "Back", "Never", "Refused")
    )
    passed(stays, front, minutes=60)
    passed(stays, dock, minutes=30)
    passed(left, front, minutes=60)
    passed(left, out, minutes=10)
    passed(back, front, minutes=60)
    passed(back, out, minutes=40)
    passed(back, front, minutes=20)
    passed(refused, front, minutes=20, granted=False)
    passed(never, front, minutes=3 * 24 * 60)
    found = people()
    assert set(found) == {"Stays", "Back"}
    assert found["Stays"].door == "Dock"
    (call,) = roll_call(NOW())
    assert (call.count, [place.name for place in call.places]) == (2, ["Ground floor"])
    assert people(site=99) == {}


def test_visitors_are_in_from_admission_to_signing_out(desk: Reception) -> None:
    front, out = desk.place.front_point, exit_of(desk)
    visit = desk.visit()
    assert people() == {}
    services.admit(visit=visit, by=BY)
    found = people()["Vera Visitor"]
    assert (found.door, found.host, found.firm, found.out) == (
        "Reception",
        "Henri Holder",
        "Guest & Sons",
        False,
    )
    passed(visit.holder, front, minutes=-1)
    assert people()["Vera Visitor"].door == "Front"
    passed(visit.holder, out, minutes=-2)
    assert people()["Vera Visitor"].out
    assert roll_call(NOW())[0].count == 0
    services.sign_out(visit=visit, by=BY)
    passed(visit.holder, front, minutes=-3)
    assert people() == {}


def test_areas_that_keep_watch_and_counts_by_hand(desk: Reception) -> None:
    area, front = desk.place.area, desk.place.front_point
    night, counted = (add_holder(name=name, email="", by=BY) for name in ("Night", "Counted"))
    yesterday = NOW() - dt.timedelta(hours=30)
    Presence.objects.create(area=area, holder=night, inside=True, at=yesterday, event=1)
    passed(counted, front, minutes=30)
    Presence.objects.create(area=area, holder=counted, inside=False, at=NOW(), event=None)
    assert set(people()) == {"Night"}
    assert people()["Night"].door == "counted in Ground floor"


def test_as_many_queries_for_many_as_for_few(desk: Reception) -> None:
    def many(count: int) -> int:
        for number in range(count):
            visit = desk.visit(name=f"G {number}", email="")
            services.admit(visit=visit, by=BY)
            passed(add_holder(name=f"S {number}", email="", by=BY), desk.place.front_point, minutes=5)
        people()
        with CaptureQueriesContext(connection) as seen:
            people()
        return len(seen)

    few = many(2)
    assert many(12) <= few < 15


def test_the_page_and_its_worker(desk: Reception, signed_in: SignIn) -> None:
    services.admit(visit=desk.visit(name="Eve <b>", email=""), by=BY)
    answer = signed_in("rita").get("/visitors/roll-call/?site=x")
    page = answer.content.decode()
    assert "Eve &lt;b&gt;" in page
    assert page.count('data-kept="no"') == 1
    assert "no-store" in answer.headers["Cache-Control"]
    script = signed_in("rita").get("/visitors/roll-call/worker.js")
    assert script.headers["Cache-Control"] == "no-cache"
    assert b"12 * 3_600_000" in script.content
