"""What reception is told of a visit: who says they leave, why somebody waits, their photo and code."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tests.fixtures.console import SignIn
from tests.visitors.build import BY, Reception
from tests.visitors.lobby import Lobby
from visitors import services
from visitors.models import Arrival

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita(signed_in: SignIn) -> Client:
    return signed_in("rita")


def shown(client: Client, path: str = "/visitors/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


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
