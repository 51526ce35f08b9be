"""A visitor's face at a kiosk: after their word alone, with liveness, and nobody else's capture."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from biometrics.models import FaceSession, FaceTemplate
from compliance.law import Purpose
from tests.biometrics.posing import FRAMES, SESSIONS, Scripted, Sitter
from tests.credentials.phone import Phone
from tests.visitors.build import BY, Reception
from tests.visitors.lobby import Lobby, notices
from visitors import services
from visitors.api import arrival_pictures
from visitors.models import VisitType

pytestmark = pytest.mark.django_db


@dataclass
class Stander(Sitter):
    """Whoever stands before the kiosk's camera: the same, but the kiosk signs."""

    lobby: Lobby | None = None

    def post(self, path: str, told: Any) -> tuple[int, dict[str, Any]]:
        assert self.lobby is not None
        step = {SESSIONS: "face/sessions", FRAMES: "face/frames"}[path]
        address = f"kiosk/arrivals/{self.lobby.view['id']}/{step}"
        tablet = self.lobby.tablet
        answer = (
            tablet.send(address, told) if isinstance(told, bytes) else tablet.call(address, {"flash": False})
        )
        return answer.status_code, answer.json()


@pytest.fixture
def looker(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    looker = Scripted(now=time.time())
    monkeypatch.setattr(arrival_pictures, "house_looker", lambda: looker)
    monkeypatch.setattr(arrival_pictures, "clock", lambda: datetime.fromtimestamp(looker.now, UTC))
    monkeypatch.setattr("biometrics.selectors.model_now", lambda: looker.model)
    return looker


@pytest.fixture
def stander(desk: Reception, lobby: Lobby, looker: Scripted) -> Stander:
    notices(Purpose.FACE)
    VisitType.objects.filter(pk=desk.type.pk).update(face=True)
    lobby.expected(desk.visit())
    return Stander(Phone(), looker, lobby=lobby)


def test_a_face_is_enrolled_after_their_word(stander: Stander, lobby: Lobby) -> None:
    assert lobby.view["step"] == "consent"
    assert stander.begin("enrol")[1]["code"] == "not_admitted"
    assert lobby.agree()["step"] == "face"
    ended = stander.takes("enrol")
    assert (ended["phase"], ended["enrolled"], ended["verified"]) == ("passed", True, False)
    template = FaceTemplate.objects.get(subject=lobby.visit.holder.subject_id, destroyed_at=None)
    assert not template.verified
    assert FaceSession.objects.get().place == lobby.tablet.kiosk.actor
    assert lobby.look()["step"] == "way"
    services.sign_out(visit=lobby.visit, by=BY)
    template.refresh_from_db()
    assert template.destroyed_at is not None


def test_who_says_no_is_asked_for_no_face(stander: Stander, lobby: Lobby) -> None:
    assert lobby.decline()["step"] == "way"
    assert stander.begin("enrol")[1]["code"] == "face_not_wanted"


def test_who_skips_goes_on(stander: Stander, lobby: Lobby) -> None:
    lobby.agree()
    assert lobby.do("face/skip")["step"] == "way"
    assert not FaceTemplate.objects.exists()


def test_nobody_goes_on_with_anothers_capture(stander: Stander, lobby: Lobby, desk: Reception) -> None:
    lobby.agree()
    assert stander.begin("enrol")[0] == 201
    begun = dict(stander.begun), dict(stander.told)
    lobby.expected(desk.visit(name="Next", email="next@guest.example"))
    lobby.agree()
    stander.begun, stander.told = begun
    assert stander.frame()[1]["code"] == "liveness_failed"
    assert not FaceTemplate.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"x", b"0" * 40, b"0" * (3 * 1024 * 1024)], ids=["none", "x", "40", "large"]
)
def test_a_frame_that_is_none(stander: Stander, lobby: Lobby, body: bytes) -> None:
    lobby.agree()
    stander.begin("enrol")
    status, told = stander.post(FRAMES, body)
    assert (status, told["code"]) in {(400, "malformed"), (409, "liveness_failed"), (413, "too_large")}


def test_a_cold_engine_says_so(stander: Stander, lobby: Lobby, looker: Scripted) -> None:
    lobby.agree()
    looker.model = None
    assert stander.begin("enrol")[1]["code"] == "face_busy"
