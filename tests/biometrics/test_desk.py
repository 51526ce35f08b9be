"""A face enrolled at a desk, through the routes that the page asks; a mirror stands in for the engine."""

import os
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings

from biometrics import selectors
from biometrics.desk_texts import CODES, PAGE, text_of
from biometrics.engine.codes import FaceCode
from biometrics.frames import MOST_FRAME
from biometrics.models import FaceSession, FaceTemplate
from biometrics.services import desk as rules
from biometrics.views import desk as views
from compliance.law import Change, Purpose
from compliance.models import ConsentRecord, NoticeVersion
from compliance.services import set_policy, withdraw
from credentials.services import offboard_holder
from ledger.models import LedgerEntry
from tenants import context
from tenants.context import CompanyRef
from tests.biometrics.desk import PICTURE, Clock, Desk, lay_desk
from tests.biometrics.mirror import Mirror
from tests.compliance.build import agree, publish, whom
from tests.fixtures.console import member

Laid = tuple[Desk, NoticeVersion]


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Mirror:
    made = Mirror()
    monkeypatch.setattr(views, "house_looker", lambda: made)
    monkeypatch.setattr(selectors, "model_now", lambda: made.model)
    return made


@pytest.fixture
def laid(in_acme: CompanyRef, mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> Laid:
    clock = Clock()
    monkeypatch.setattr(views, "timezone", clock)
    return lay_desk(clock)


@pytest.fixture
def desk(laid: Laid) -> Desk:
    """The person has agreed at it."""
    found, notice = laid
    assert found.agree(notice).status_code == 302
    return found


def deeds(verb: str) -> list[dict[str, Any]]:
    return [entry.data | {"actor": entry.actor} for entry in LedgerEntry.objects.filter(verb=verb)]


def test_notice_consent_camera_enrolled(laid: Laid) -> None:
    desk, notice = laid
    page = desk.get()
    assert notice.title in page
    assert PAGE["en"]["agree"] in page
    assert "<video" not in page  # no consent, no camera
    assert desk.begin() == (
        403,
        {"code": "consent_missing", "text": CODES["en"]["consent_missing"], "retry": False},
    )
    desk.agree(notice)
    page = desk.get()
    assert "<video" in page
    assert PAGE["en"]["agreed"] in page
    status, begun = desk.begin()
    assert (status, begun["of"], begun["done"], begun["seconds"]) == (201, 3, 0, 60)
    assert begun["step"] == {"move": "centre", "colour": ""}
    done = []
    for _ in range(3):
        status, told = desk.frame()
        done.append((status, told["phase"], told["done"], told["hint"]))
    assert done == [(200, "running", 1, ""), (200, "running", 2, ""), (200, "passed", 3, "")]
    assert (told["enrolled"], told["verified"], told["step"]) == (True, True, None)
    alice = member("alice").actor
    row = FaceTemplate.objects.get()
    assert (row.supervision, row.enrolled_by, row.verified_by) == ("attended", alice, alice)
    assert row.consent == ConsentRecord.objects.get()
    (deed,) = deeds("face_enrolled")
    assert (deed["actor"], deed["supervision"], deed["verified"]) == (alice, "attended", True)
    session = FaceSession.objects.get()
    assert (session.outcome, bytes(session.sealed), session.place) == ("passed", b"", alice)


def test_the_consent_says_that_it_was_at_a_desk(desk: Desk) -> None:
    alice = member("alice").actor
    row = ConsentRecord.objects.get()
    assert (row.device, row.key_print, row.attended_by, row.at_desk) == (None, "", alice, True)
    (deed,) = deeds("consent_given")
    assert (deed["actor"], deed["desk"]) == (alice, alice)
    assert "device" not in deed


def test_who_agreed_on_the_phone_goes_straight_to_the_camera(laid: Laid) -> None:
    desk, notice = laid
    agree(desk.holder, notice)
    page = desk.get()
    assert "on the phone" in page
    assert "<video" in page
    assert "consent/" not in page
    assert desk.begin()[0] == 201


def test_the_name_is_signed_where_the_law_asks(
    in_acme: CompanyRef, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(views, "timezone", clock)
    desk, notice = lay_desk(clock, profile="bipa")
    assert 'name="signed_name"' in desk.get()
    desk.agree(notice)
    assert not ConsentRecord.objects.exists()
    desk.agree(notice, signed_name="Henri Holder")
    assert ConsentRecord.objects.get().at_desk


@pytest.mark.parametrize("told", [{"sha256": "0" * 64}, {"sha256": "nonsense"}, {"language": "xx"}])
def test_nothing_is_agreed_to_but_the_text_that_stands(laid: Laid, told: dict[str, str]) -> None:
    desk, notice = laid
    assert desk.agree(notice, **told).status_code == 302
    assert not ConsentRecord.objects.exists()


def test_it_speaks_the_persons_language(laid: Laid) -> None:
    desk, _ = laid
    page = desk.get("?language=de")
    assert "face de" in page
    assert PAGE["de"]["agree"] in page
    # Not published in it: the first language that is.
    assert "face en" in desk.get("?language=es")
    assert "face en" in desk.get("?language=../x")


def test_faces_that_are_not_open(laid: Laid) -> None:
    desk, notice = laid
    desk.agree(notice)
    set_policy(by="operator:1", equal_way=False)
    page = desk.get()
    assert "Faces are not open yet" in page
    assert "<video" not in page
    assert desk.begin()[1]["code"] == "face_closed"


def test_another_operators_frames_are_refused(desk: Desk) -> None:
    desk.begin()
    other = Desk(desk.holder, desk.clock, who="olga", begun=dict(desk.begun))
    status, told = other.frame()
    assert (status, told["code"]) == (409, "liveness_failed")
    assert desk.frame()[1]["done"] == 1


def test_a_page_of_somebody_elses_begins_nothing(desk: Desk) -> None:
    """Without the console's token, with its cookie."""
    client = desk.sign_in("alice")
    client.handler.enforce_csrf_checks = True
    with context.leave():
        for rest in ("sessions/", "frames/"):
            assert client.post(desk.path(rest), b"x", "application/octet-stream").status_code == 403
    assert not FaceSession.objects.exists()


def test_a_frame_of_another_person_or_of_nothing(desk: Desk) -> None:
    desk.begin()
    assert desk.frame(nonce=os.urandom(16))[1]["code"] == "liveness_failed"
    assert desk.frame(session=uuid4())[1]["code"] == "liveness_failed"
    assert desk.frame(sequence=5)[1]["done"] == 0
    status, told = desk.frame(b"")
    assert (status, told["code"]) == (400, "malformed")
    desk.clock.on(rules.LIFE_SECONDS)
    assert desk.frame()[1]["code"] == "liveness_failed"
    assert not FaceTemplate.objects.exists()


def test_a_frame_as_large_as_a_picture_may_be(desk: Desk) -> None:
    """Past the limit for forms, by this way alone; not a byte more."""
    desk.begin()
    most = PICTURE + b"\0" * (MOST_FRAME - 36 - len(PICTURE))
    assert len(most) > django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert desk.frame(most)[1]["done"] == 1
    status, told = desk.frame(most + b"\0")
    assert (status, told["code"]) == (400, "malformed")
    # What a server takes in of a body before the view is asked lies in memory as well.
    assert django_settings.FILE_UPLOAD_MAX_MEMORY_SIZE > MOST_FRAME


def test_withdrawn_between_the_first_frame_and_the_last(desk: Desk) -> None:
    desk.begin()
    desk.frame()
    desk.frame()
    withdraw(person=whom(desk.holder), record=ConsentRecord.objects.get().pk, by="holder:1")
    status, told = desk.frame(language="de")
    assert (status, told["code"], told["text"]) == (403, "consent_missing", CODES["de"]["consent_missing"])
    assert not FaceTemplate.objects.exists()
    assert not FaceSession.objects.exists()


def test_withdrawn_while_the_last_frame_is_looked_at(desk: Desk, mirror: Mirror) -> None:
    desk.begin()
    desk.frame()
    desk.frame()
    record = ConsentRecord.objects.get().pk
    mirror.before = lambda: withdraw(person=whom(desk.holder), record=record, by="holder:1")
    status, told = desk.frame()
    assert (status, told["code"]) == (409, "liveness_failed")
    assert not FaceTemplate.objects.exists()


def test_a_consent_of_a_later_text_is_another(desk: Desk) -> None:
    """What was begun on the one before does not end on this."""
    desk.begin()
    desk.frame()
    desk.frame()
    agree(desk.holder, publish(Purpose.FACE, "gdpr", Change.WORDING, word="more")[0])
    status, told = desk.frame()
    assert (status, told["code"]) == (409, "consent_missing")
    assert not FaceTemplate.objects.exists()


@pytest.mark.parametrize("code", [FaceCode.FACE_NONE, FaceCode.FACE_SEVERAL, FaceCode.FACE_BUSY])
def test_what_is_wrong_with_a_frame_is_said(desk: Desk, mirror: Mirror, code: FaceCode) -> None:
    desk.begin()
    mirror.refuse = code
    told = desk.frame(language="fr")[1]
    assert (told["phase"], told["done"], told["hint"]) == ("running", 0, code.value)
    assert told["text"] == CODES["fr"][code.value]
    mirror.refuse = None
    assert desk.frame()[1]["done"] == 1


def test_two_frames_that_come_at_once_count_once(desk: Desk, mirror: Mirror) -> None:
    desk.begin()
    desk.frame()
    desk.clock.on(-0.7)  # the next comes 0.3 s after the last
    assert (desk.frame()[1]["done"], mirror.looked) == (1, 1)


def test_two_people_are_not_one(desk: Desk, mirror: Mirror) -> None:
    desk.begin()
    desk.frame()
    desk.frame()
    mirror.stand(person=2)
    told = desk.frame()[1]
    assert (told["phase"], told["code"], told["text"]) == (
        "failed",
        "frames_differ",
        CODES["en"]["frames_differ"],
    )
    assert not FaceTemplate.objects.exists()
    assert FaceSession.objects.get().outcome == "frames_differ"


def test_who_left_is_not_enrolled(desk: Desk) -> None:
    desk.begin()
    offboard_holder(holder=desk.holder, by="operator:1")
    assert desk.frame()[1]["code"] == "consent_missing"
    assert desk.begin()[1]["code"] == "consent_missing"
    assert desk.post("consent/").status_code == 302
    assert not FaceTemplate.objects.exists()


def test_each_code_has_words_in_each_language() -> None:
    for language in PAGE:
        said = {text_of(code.value, language) for code in FaceCode}
        assert len(said) >= 10
        assert text_of("", language) == ""
        assert text_of("of another day", language) == CODES[language]["failed"]
    assert text_of("face_none", "xx") == CODES["en"]["face_none"]
