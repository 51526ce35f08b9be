"""A kiosk of another company is told nothing of an arrival, and neither is one that was unpaired."""

import pytest

from tenants.context import CompanyRef, enter
from tests.visitors.build import BY, Reception, reception
from tests.visitors.kiosk import Tablet
from tests.visitors.lobby import Lobby
from visitors import services
from visitors.api.urls_arrivals import urlpatterns
from visitors.models import Arrival
from visitors.services.codes import code_of

pytestmark = pytest.mark.django_db
STEPS = sorted(
    str(one.pattern).removeprefix("kiosk/arrivals/<uuid:pk>")
    for one in urlpatterns
    if "<" in str(one.pattern)
)


def test_every_step_of_another_companys_arrival(desk: Reception, lobby: Lobby, globex: CompanyRef) -> None:
    lobby.expected(desk.visit())
    with enter(globex):
        away = Tablet.paired(reception().place.site)
    bodies = {
        "/documents": {"version": str(desk.host.pk), "strokes": [[[1, 2, 3], [3, 4, 5]]]},
        "/consent": {"purpose": "photo", "declined": True},
        "/photo": {"skip": True},
        "/way": {"way": "escort"},
        "/phone/same": {"same": True},
    }
    assert len(STEPS) >= 12
    for step in STEPS:
        path, body = f"kiosk/arrivals/{lobby.view['id']}{step}", bodies.get(step, {})
        answer = away.send(path, b"0" * 40) if step == "/face/frames" else away.call(path, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_arrival"), step
        # At Acme's address Globex's kiosk is nobody.
        there = away.call(path, body, host=lobby.tablet.company.host)
        assert there.status_code == 401, step
    assert Arrival.objects.get().ended_at is None


def test_a_code_of_another_company(desk: Reception, lobby: Lobby, globex: CompanyRef) -> None:
    with enter(globex):
        away = Tablet.paired(reception().place.site)
    told = {"flow": "expected", "language": "en", "code": code_of(desk.visit())}
    assert away.call("kiosk/arrivals", told).json()["code"] == "code_wrong"


def test_a_stolen_kiosk(desk: Reception, lobby: Lobby) -> None:
    lobby.expected(desk.visit())
    services.unpair_kiosk(kiosk=lobby.tablet.kiosk, by=BY)
    assert (lobby.look()["code"], lobby.status) == ("kiosk_unpaired", 403)
