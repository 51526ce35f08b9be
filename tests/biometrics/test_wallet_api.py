"""The holder's phone takes its holder's face: who may, what comes of it, and what is refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from access.models.alarms import Alarm, AlarmKind
from biometrics.engine.codes import FaceCode
from biometrics.engine.quality import Quality
from biometrics.frames import MOST_FRAME
from biometrics.liveness.steps import Move
from biometrics.models import FaceSession, FaceTemplate, FaceTries
from biometrics.services import ask_again, confirm_face, uses
from biometrics.services.sessions import state_of
from biometrics.services.templates import near_enough
from compliance.models import ConsentRecord, NoticeVersion
from compliance.services import set_policy, withdraw
from credentials.models import DeviceUse, Holder
from credentials.services import revoke_device
from credentials.services.consents import person_of
from tenants.context import CompanyRef, enter
from tests.biometrics.posing import FACE, FRAMES, MODEL, SESSIONS, Scripted, Sitter, before_camera
from tests.compliance.build import ALL_MET, CAROL, agree, publish, ready
from tests.credentials.phone import Phone, enrolled, henri

ALICE = "operator:alice"


@pytest.fixture
def notice(in_acme: CompanyRef) -> NoticeVersion:
    ready()
    return publish()[0]


@pytest.fixture
def holder(notice: NoticeVersion) -> Holder:
    """Who has agreed."""
    holder = henri()
    agree(holder, notice)
    return holder


@pytest.fixture
def looker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    with before_camera(monkeypatch) as looker:
        yield looker


@pytest.fixture
def sitter(holder: Holder, looker: Scripted) -> Sitter:
    return Sitter(enrolled(holder)[0], looker)


def standing(sitter: Sitter) -> dict[str, Any]:
    status, told = sitter.post(FACE, {})
    assert status == 200, told
    return told


def live(holder: Holder) -> FaceTemplate:
    return FaceTemplate.objects.get(subject=holder.subject_id, destroyed_at=None)


def confirm(sitter: Sitter, holder: Holder) -> None:
    now = datetime.fromtimestamp(sitter.looker.now, UTC)
    confirm_face(person=person_of(holder), template=live(holder).pk, by=ALICE, now=now)


def code(answered: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    return answered[0], answered[1].get("code", "")


def unlocked_by(holder: Holder) -> list[str]:
    """How each of the holder's phones that is unlocked came to be."""
    handles = list(holder.devices.values_list("handle", flat=True))
    rows = DeviceUse.objects.filter(device__in=handles, unlocked_ms__gt=0)
    return [row.unlocked_by for row in rows]


def another(sitter: Sitter, person: int) -> None:
    """Somebody else stands before the camera."""
    sitter.looker.look = replace(sitter.looker.look, person=person)


@pytest.mark.parametrize("flash", [True, False])
def test_an_enrolment_on_the_phone(sitter: Sitter, holder: Holder, flash: bool) -> None:
    assert standing(sitter) == {
        "open": True,
        "consented": True,
        "enrolled": False,
        "verified": False,
        "enrolled_at": None,
        "reenrol_asked": False,
        "outdated": False,
        "unlock": False,
    }
    status, begun = sitter.begin("enrol", flash=flash)
    assert status == 201
    assert (begun["sequence"], begun["done"], begun["seconds"]) == (0, 0, 15)
    assert begun["step"] == {"move": "centre", "colour": ""}
    ended = sitter.follow()
    state = state_of(FaceSession.objects.get(pk=begun["session"]))
    assert state is not None
    assert any(step.move is Move.FLASH for step in state.steps) is flash
    assert (ended["phase"], ended["step"], ended["done"]) == ("passed", None, ended["of"])
    assert (ended["enrolled"], ended["verified"]) == (True, False)
    template = live(holder)
    assert (template.supervision, template.verified, template.model_version) == (
        "phone",
        False,
        MODEL.version,
    )
    told = standing(sitter)
    assert (told["enrolled"], told["verified"], told["unlock"]) == (True, False, False)
    assert told["enrolled_at"] == int(template.enrolled_at.timestamp())


def test_an_unlock_needs_a_confirmed_face(sitter: Sitter, holder: Holder) -> None:
    assert code(sitter.begin("unlock")) == (409, "face_not_enrolled")
    assert sitter.takes("enrol")["phase"] == "passed"
    assert code(sitter.begin("unlock")) == (409, "face_not_confirmed")
    confirm(sitter, holder)
    assert standing(sitter)["unlock"] is True
    assert unlocked_by(holder) == []
    ended = sitter.takes("unlock")
    assert ended["phase"] == "passed"
    assert ended["server_now"] == int(sitter.looker.now)
    assert ended["unlocked_until"] > ended["server_now"]
    assert unlocked_by(holder) == ["face"]


def test_another_face_unlocks_nothing(sitter: Sitter, holder: Holder) -> None:
    sitter.takes("enrol")
    confirm(sitter, holder)
    another(sitter, 2)
    ended = sitter.takes("unlock")
    assert (ended["phase"], ended["code"]) == ("failed", "face_mismatch")
    assert "unlocked_until" not in ended
    assert unlocked_by(holder) == []


def test_another_face_needs_an_operators_word(sitter: Sitter, holder: Holder) -> None:
    sitter.takes("enrol")
    confirm(sitter, holder)
    first = live(holder)
    another(sitter, 2)
    ended = sitter.takes("enrol")
    assert (ended["phase"], ended["code"]) == ("failed", "face_differs")
    assert live(holder) == first
    ask_again(person=person_of(holder), by=ALICE, now=datetime.fromtimestamp(sitter.looker.now, UTC))
    assert standing(sitter)["reenrol_asked"] is True
    ended = sitter.takes("enrol")
    assert (ended["phase"], ended["verified"]) == ("passed", False)
    first.refresh_from_db()
    assert (first.destroyed_how, first.sealed, first.salt) == ("replaced", None, None)
    assert not live(holder).verified
    assert standing(sitter)["reenrol_asked"] is False


def test_the_same_face_again_is_confirmed_again(sitter: Sitter, holder: Holder) -> None:
    """Else a camera that is fed could lead a confirmed face to another one, step by step."""
    sitter.takes("enrol")
    confirm(sitter, holder)
    assert sitter.takes("enrol")["verified"] is False
    assert live(holder).verified_by == ""


def test_a_spoilt_template_is_an_alarm_though_nothing_is_kept(sitter: Sitter, holder: Holder) -> None:
    sitter.takes("enrol")
    row = live(holder)
    FaceTemplate.objects.update(sealed=bytes(row.sealed or b"")[:-1] + b"!")
    assert sitter.takes("enrol")["code"] == "face_differs"
    assert live(holder).pk == row.pk
    assert [alarm.kind for alarm in Alarm.objects.all()] == [AlarmKind.TEMPLATE_UNREADABLE]


def test_an_unlock_while_the_consent_is_withdrawn(
    sitter: Sitter, holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the match and the grant: nothing is unlocked, and nobody is blamed."""
    sitter.takes("enrol")
    confirm(sitter, holder)
    record = ConsentRecord.objects.get(subject=holder.subject_id, ended_at=None).pk
    compare = near_enough

    def and_withdraw(*asked: Any) -> bool:
        near = compare(*asked)
        withdraw(person=person_of(holder), record=record, by=f"holder:{holder.handle}")
        return near

    monkeypatch.setattr(uses, "near_enough", and_withdraw)
    told = sitter.takes("unlock")
    assert (told["phase"], told["code"]) == ("failed", "face_mismatch")
    assert not DeviceUse.objects.exclude(unlocked_ms=0).exists()
    assert not FaceTries.objects.get(who=f"holder:{holder.handle}").tries["open"]


def test_frames_that_are_one_picture(sitter: Sitter, holder: Holder) -> None:
    sitter.looker.tremble = 0.0
    ended = sitter.takes("enrol")
    assert (ended["phase"], ended["code"]) == ("failed", "frames_alike")
    assert not FaceTemplate.objects.exists()


def test_five_failures_lock_out(sitter: Sitter) -> None:
    for _ in range(5):
        assert sitter.fails()["code"] == "liveness_failed"
    status, told = sitter.begin("enrol")
    assert (status, told["code"]) == (429, "face_locked")
    assert 500 < told["wait"] <= 600
    sitter.wait(told["wait"] + 1)
    assert sitter.begin("enrol")[0] == 201


def test_walking_away_from_a_busy_server_locks_nobody_out(sitter: Sitter) -> None:
    for _ in range(6):
        assert sitter.begin("enrol")[0] == 201
        sitter.looker.refuses = FaceCode.FACE_BUSY
        sitter.frame()
        sitter.looker.refuses = None
        sitter.wait(16)
    assert sitter.begin("enrol")[0] == 201
    assert not Alarm.objects.exists()


def test_no_session_begins_before_the_engine_is_warm(sitter: Sitter) -> None:
    sitter.looker.model = None
    status, told = sitter.begin("enrol")
    assert (status, told["code"], told["retry"], told["wait"]) == (503, "face_busy", True, 1)
    assert not FaceSession.objects.exists()
    sitter.looker.model = MODEL
    assert sitter.begin("enrol")[0] == 201


def test_no_consent_no_camera(notice: NoticeVersion, looker: Scripted) -> None:
    holder = henri()
    sitter = Sitter(enrolled(holder)[0], looker)
    assert code(sitter.begin("enrol")) == (403, "consent_missing")
    record = agree(holder, notice)
    assert sitter.begin("enrol")[0] == 201
    withdraw(person=person_of(holder), record=record.pk, by=CAROL)
    assert sitter.frame()[1]["code"] == "liveness_failed"
    assert code(sitter.begin("enrol")) == (403, "consent_missing")
    assert not FaceSession.objects.exists()


def test_faces_that_are_closed(sitter: Sitter) -> None:
    set_policy(by=CAROL, profile="gdpr", **(ALL_MET | {"equal_way": False}))
    assert standing(sitter)["open"] is False
    assert code(sitter.begin("enrol")) == (409, "face_closed")


def test_a_phone_that_waits_speaks_for_nobody(holder: Holder, looker: Scripted) -> None:
    sitter = Sitter(enrolled(holder)[0], looker)
    assert sitter.begin("enrol")[0] == 201
    sitter.phone = enrolled(holder, vouched=False)[0]
    asked = [sitter.post(FACE, {}), sitter.post(SESSIONS, {"use": "enrol"}), sitter.frame()]
    assert [code(one) for one in asked] == [(403, "device_awaiting")] * 3


def test_a_revoked_phone(holder: Holder, looker: Scripted) -> None:
    phone, device = enrolled(holder)
    sitter = Sitter(phone, looker)
    assert sitter.begin("enrol")[0] == 201
    revoke_device(device=device, reason="lost", by=ALICE)
    asked = [sitter.post(FACE, {}), sitter.post(SESSIONS, {"use": "enrol"}), sitter.frame()]
    assert [code(one)[1] for one in asked] == ["device_revoked"] * 3


def test_a_phone_of_another_company_is_a_stranger(sitter: Sitter, globex: CompanyRef) -> None:
    assert sitter.begin("enrol")[0] == 201
    with enter(globex):
        stranger = enrolled(henri(), Phone("globex.localhost"))[0]
    stranger.host = sitter.phone.host
    sitter.phone = stranger
    asked = [sitter.post(FACE, {}), sitter.post(SESSIONS, {"use": "enrol"}), sitter.frame()]
    assert [code(one)[1] for one in asked] == ["not_enrolled"] * 3


def test_a_frame_of_another_phones_session(sitter: Sitter, notice: NoticeVersion) -> None:
    zoe = henri(name="Zoë Zimmer", email="zoe@acme.example")
    agree(zoe, notice)
    own = sitter.phone
    assert sitter.begin("enrol")[0] == 201
    sitter.phone = enrolled(zoe)[0]
    assert code(sitter.frame()) == (409, "liveness_failed")
    sitter.phone = own
    assert sitter.frame()[1]["sequence"] == 1  # nothing of it counted
    assert code(sitter.frame(nonce=bytes(16))) == (409, "liveness_failed")
    assert sitter.follow()["phase"] == "passed"


def test_a_session_gives_its_result_once(sitter: Sitter) -> None:
    sitter.takes("enrol")
    assert code(sitter.frame()) == (409, "liveness_failed")


def test_a_frame_that_is_said_again_is_told_which_is_next(sitter: Sitter) -> None:
    sitter.begin("enrol")
    sitter.frame()
    status, told = sitter.frame(sequence=0)
    assert (status, told["hint"], told["sequence"], told["phase"]) == (200, "out_of_order", 1, "running")


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        ({"quality": Quality(60, 120, 0.05, 0)}, "face_small"),
        ({"quality": Quality(160, 20, 0.05, 0)}, "face_dark"),
        ({"quality": Quality(160, 120, 0.001, 0)}, "face_blurred"),
        ({"refuses": FaceCode.FACE_BUSY}, "face_busy"),
        ({"refuses": FaceCode.PICTURE_BROKEN}, "picture_broken"),
        ({"faces": 0}, "face_none"),
    ],
)
def test_what_a_person_can_mend_is_told(sitter: Sitter, fault: dict[str, Any], hint: str) -> None:
    sitter.begin("enrol")
    for name, value in fault.items():
        setattr(sitter.looker, name, value)
    status, told = sitter.frame()
    assert (status, told["phase"], told["hint"], told["done"]) == (200, "running", hint, 0)
    for name in fault:
        setattr(sitter.looker, name, getattr(Scripted(), name))
    assert sitter.follow()["phase"] == "passed"


def test_a_frame_may_be_larger_than_a_form(sitter: Sitter) -> None:
    sitter.begin("enrol")
    assert sitter.frame(picture=bytes(1024 * 1024))[0] == 200
    assert code(sitter.post(FRAMES, bytes(MOST_FRAME + 1))) == (413, "too_large")


@pytest.mark.parametrize("body", [b"", b"x" * 36])
def test_what_is_no_frame(sitter: Sitter, body: bytes) -> None:
    assert code(sitter.post(FRAMES, body)) == (400, "malformed")


@pytest.mark.parametrize("told", [{}, {"use": "door"}, {"use": "desk"}, {"use": "enrol", "flash": "often"}])
def test_what_is_no_beginning(sitter: Sitter, told: dict[str, Any]) -> None:
    assert code(sitter.post(SESSIONS, told)) == (400, "malformed")
