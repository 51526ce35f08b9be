"""What happened to a visit, in words."""

from pathlib import Path

import pytest

from credentials.services import offboard_holder
from tests.visitors.build import BY, Reception
from tests.visitors.lobby import Lobby
from visitors.notices import tell_host
from visitors.services.moving import arrive
from visitors.timeline import WORDS, timeline

pytestmark = pytest.mark.django_db
VISITORS = Path(__file__).parents[2] / "visitors"


def whats(visit: object) -> list[str]:
    return [one.what for one in timeline(visit)]  # type: ignore[arg-type]


def test_it_says_why_a_host_could_not_be_told(desk: Reception, lobby: Lobby) -> None:
    visit = desk.visit()
    offboard_holder(holder=desk.host, by=BY)
    visit.refresh_from_db()
    arrive(visit=visit, by=lobby.tablet.kiosk.actor)
    tell_host(visit, "waiting")
    assert "The host could not be told: has left" in whats(visit)
    visit.host = None
    visit.save(update_fields=["host"])
    tell_host(visit, "waiting")
    assert whats(visit)[-1] == "The host could not be told: the visit has none"


def test_every_word_is_of_a_deed_that_is_recorded() -> None:
    texts = [path.read_text() for path in VISITORS.rglob("*.py") if path.name != "timeline.py"]
    assert [verb for verb in WORDS if not any(f'"{verb}"' in text for text in texts)] == []
