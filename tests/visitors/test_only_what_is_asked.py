"""A kiosk's answers are to what it asks, and a file's name stands nowhere."""

import uuid

import pytest
from django.utils import timezone

from compliance.law import Purpose
from compliance.models import ConsentRecord
from compliance.selectors import concerns_of
from credentials.services.consents import person_of
from tests.fixtures.console import sign_in_as
from tests.visitors.build import BY, Reception
from tests.visitors.lobby import Lobby, document, notices
from tests.visitors.test_invitation_pages import send
from visitors.files.lines import Line
from visitors.models import VisitGroup, VisitType
from visitors.services import group_files

pytestmark = pytest.mark.django_db


def test_only_the_notice_that_is_asked_is_answered(desk: Reception, lobby: Lobby) -> None:
    VisitType.objects.filter(pk=desk.type.pk).update(photo="optional")
    notices(Purpose.PHOTO, Purpose.VISITOR_DOCUMENTS, Purpose.FACE)
    document(desk)
    lobby.expected(desk.visit())
    lobby.sign()
    assert lobby.view["consent"]["purpose"] == "visitor_documents"
    for concern in concerns_of(person_of(lobby.visit.holder)):
        if concern.purpose in {Purpose.PHOTO, Purpose.FACE}:
            told = {"purpose": concern.purpose.value, "sha256": concern.notice("en").sha256}
            assert lobby.agree(**told)["code"] == "not_asked"
    assert not ConsentRecord.objects.exists()


def test_the_same_answer_twice_is_one(desk: Reception, lobby: Lobby) -> None:
    VisitType.objects.filter(pk=desk.type.pk).update(photo="optional")
    notices(Purpose.PHOTO, Purpose.VISITOR_DOCUMENTS)
    document(desk)
    lobby.expected(desk.visit())
    lobby.sign()
    asked, record = lobby.view["consent"], str(uuid.uuid4())
    told = {"record": record, "purpose": asked["purpose"], "sha256": asked["sha256"]}
    lobby.agree(record=record)
    assert lobby.view["consent"]["purpose"] == "photo"
    lobby.agree(**told)  # its answer was lost
    assert lobby.status == 200
    assert ConsentRecord.objects.count() == 1


def test_a_file_that_nobody_named_is_called_after_the_day(desk: Reception) -> None:
    lines = [Line(2, "Gina Guest", "gina@guest.example", "", "en")]
    plan = desk.plan(begins_in=24 * 60)
    group = group_files.lay_in(lines=lines, plan=plan, language="en", name=" ", by=BY)
    assert group.name.startswith("File of ")
    assert str(timezone.now().year) in group.name
    named = group_files.lay_in(lines=lines, plan=plan, language="en", name="Fair", by=BY)
    assert named.name == "Fair"


def test_what_an_uploaded_file_is_called_stands_nowhere(desk: Reception) -> None:
    rows = b"name,email\nAnna,anna@guest.example\n"
    assert send(sign_in_as("rita"), desk, "Anna Schmidt.csv", rows, group_name="").status_code == 302
    assert VisitGroup.objects.get().name.startswith("File of ")
