"""A face enrolled at a desk by the real engine, known again, and not known where it must not be."""

import logging
from datetime import timedelta

import pytest

from access.models import Alarm
from access.models.alarms import AlarmKind
from biometrics import selectors
from biometrics.engine.looking import Want
from biometrics.engine.pool import Pool
from biometrics.models import FaceTemplate, Supervision
from biometrics.selectors import standing_of
from biometrics.services import templates
from biometrics.services.templates import Enrolment, keep_template
from biometrics.templates import Model
from biometrics.views import desk as views
from compliance.models import ConsentRecord, Ended
from compliance.services import withdraw
from credentials.refusals import Refused
from credentials.services import offboard_holder
from ledger.models import LedgerEntry
from tenants import context
from tenants.context import CompanyRef
from tests.biometrics.desk import Clock, Desk, lay_desk
from tests.biometrics.photographs import lfw
from tests.biometrics.real import Door, engine, pose
from tests.compliance.build import whom
from tests.fixtures.console import member, sign_in_as

__all__ = ["engine"]
pytestmark = pytest.mark.faults


@pytest.fixture
def desk(in_acme: CompanyRef, engine: Pool, monkeypatch: pytest.MonkeyPatch) -> Desk:
    clock = Clock()
    monkeypatch.setattr(views, "timezone", clock)
    monkeypatch.setattr(views, "house_looker", lambda: engine)
    monkeypatch.setattr(selectors, "model_now", lambda: engine.model)
    found, notice = lay_desk(clock)
    found.agree(notice)
    return found


@pytest.fixture
def enrolled(desk: Desk) -> Desk:
    told = desk.enrol(pose(0), pose(1), pose(2))
    assert (told["phase"], told["enrolled"], told["verified"]) == ("passed", True, True), told
    desk.clock.on(5)
    return desk


def door(desk: Desk, engine: Pool, place: str = "reader:1") -> Door:
    return Door(whom(desk.holder), desk.clock, engine, place)


def page_of(desk: Desk) -> str:
    client = sign_in_as("bob")
    with context.leave():
        return str(client.get(f"/people/{desk.holder.pk}/").content.decode())


def test_enrolled_at_the_desk_and_known_at_a_door(enrolled: Desk, engine: Pool) -> None:
    row = FaceTemplate.objects.get()
    alice = member("alice").actor
    assert (row.supervision, row.verified, row.verified_by) == ("attended", True, alice)
    assert row.sealed
    assert row.model_version == engine.model.version  # type: ignore[union-attr]
    (entry,) = LedgerEntry.objects.filter(verb="face_enrolled")
    assert (entry.actor, entry.data["supervision"]) == (alice, "attended")
    before = door(enrolled, engine)
    assert before.look(pose(4)).phase == "passed"
    assert before.outcome == "matched"
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_somebody_else_is_not_known(enrolled: Desk, engine: Pool) -> None:
    before = door(enrolled, engine)
    told = before.look(lfw("Alvaro_Uribe", 9))
    assert (told.phase, told.code, before.outcome) == ("failed", "face_mismatch", "face_mismatch")


def test_a_picture_again_does_not_count(desk: Desk) -> None:
    desk.begin()
    assert desk.frame(pose(0))[1]["done"] == 1
    told = desk.frame(pose(0))[1]
    assert (told["done"], told["hint"]) == (1, "frames_alike")
    assert desk.frame(pose(1))[1]["done"] == 2


def test_two_people_are_told_apart(desk: Desk) -> None:
    told = desk.enrol(pose(0), pose(1), lfw("Alvaro_Uribe", 9))
    assert (told["phase"], told["code"]) == ("failed", "frames_differ")
    assert not FaceTemplate.objects.exists()


@pytest.mark.parametrize("how", [Ended.WITHDRAWN, Ended.OFFBOARDED])
def test_the_end_of_the_consent_is_the_end_of_the_face(enrolled: Desk, engine: Pool, how: Ended) -> None:
    """By one announcement, in the transaction of the end: see the test below."""
    if how is Ended.WITHDRAWN:
        withdraw(person=whom(enrolled.holder), record=ConsentRecord.objects.get().pk, by="holder:1")
    else:
        offboard_holder(holder=enrolled.holder, by="operator:1")
    row = FaceTemplate.objects.get()
    assert (row.salt, row.sealed, row.destroyed_how) == (None, None, "consent_ended")
    told = [(entry.verb, entry.data.get("how")) for entry in LedgerEntry.objects.order_by("pk")]
    assert ("face_deleted", "consent_ended") in told
    assert not standing_of(enrolled.holder.subject_id).enrolled


def test_the_consent_does_not_end_without_the_face(enrolled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction: where the template could not be destroyed, the consent stands as well."""

    def broken(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(templates, "_record", broken)
    with pytest.raises(RuntimeError):
        withdraw(person=whom(enrolled.holder), record=ConsentRecord.objects.get().pk, by="holder:1")
    assert ConsentRecord.objects.get().in_force
    assert FaceTemplate.objects.get().sealed


def test_a_row_that_was_tampered_with(enrolled: Desk, engine: Pool, caplog: pytest.LogCaptureFixture) -> None:
    """The door says no as to anybody; operators hear of it, on record and as an alarm; no trace."""
    caplog.set_level(logging.WARNING)
    row = FaceTemplate.objects.get()
    sealed = bytearray(bytes(row.sealed or b""))
    sealed[len(sealed) // 2] ^= 1
    FaceTemplate.objects.filter(pk=row.pk).update(sealed=bytes(sealed))
    before = door(enrolled, engine)
    told = before.look(pose(4))
    assert (told.phase, told.code, before.outcome) == ("failed", "face_mismatch", "face_mismatch")
    alarm = Alarm.objects.get(kind=AlarmKind.TEMPLATE_UNREADABLE)
    assert (alarm.holder, alarm.facts) == (enrolled.holder, {"template": str(row.pk)})
    assert LedgerEntry.objects.filter(verb="face_template_unreadable").count() == 1
    assert not caplog.records


def test_a_face_of_another_model(desk: Desk, engine: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its numbers say nothing in this one: nothing matches, and the person's page says what to do."""
    vector = engine.look_now(pose(4), Want.VECTOR).vector.astype("f8")
    made = Enrolment(vector, Model("dlib-resnet-v1", "of-another-day"), Supervision.ATTENDED, "operator:1")
    record = ConsentRecord.objects.get()
    keep_template(person=whom(desk.holder), enrolment=made, consent=record.pk, now=desk.clock.now())
    with monkeypatch.context() as cold:  # a process that does not know yet by which model it will look
        cold.setattr(selectors, "model_now", lambda: None)
        before = door(desk, engine)
        told = before.look(pose(4))
    assert (told.phase, before.outcome) == ("failed", "face_mismatch")
    assert not Alarm.objects.exists()
    with pytest.raises(Refused, match="face_outdated"):
        door(desk, engine, "reader:3").begin()
    standing = standing_of(desk.holder.subject_id)
    assert (standing.outdated, standing.usable) == (True, False)
    assert "no longer in use" in page_of(desk)
    # Enrolled again it serves again.
    desk.enrol(pose(0), pose(1), pose(2))
    assert standing_of(desk.holder.subject_id).usable
    assert door(desk, engine, "reader:2").look(pose(5)).phase == "passed"


def test_it_takes_less_than_forty_seconds(desk: Desk, engine: Pool) -> None:
    """At a frame a second by the clock of the page; the engine's own time is in docs/biometrics.md."""
    began = desk.clock.now()
    desk.enrol(pose(0), pose(1), pose(2))
    assert desk.clock.now() - began < timedelta(seconds=40)
