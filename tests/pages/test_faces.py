"""A person's page says how they stand with faces, and its deeds are on record and can be taken back."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from biometrics import selectors
from biometrics.models import FaceTemplate, FaceTries, Supervision
from biometrics.services import tries
from biometrics.services.templates import Enrolment, ask_again, keep_template
from biometrics.templates import Model
from compliance.models import ConsentRecord, NoticeVersion
from compliance.services import withdraw
from credentials.models import Holder
from credentials.services import offboard_holder
from ledger.models import LedgerEntry
from tenants import context
from tenants.context import CompanyRef
from tests.biometrics.mirror import MODEL, Mirror
from tests.compliance.build import agree, publish, ready, somebody, whom
from tests.fixtures.console import member, sign_in_as

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Mirror:
    made = Mirror()
    monkeypatch.setattr(selectors, "model_now", lambda: made.model)
    return made


@pytest.fixture
def notice(in_acme: CompanyRef, mirror: Mirror) -> NoticeVersion:
    ready()
    return publish()[0]


@pytest.fixture
def henri(notice: NoticeVersion) -> Holder:
    """Has agreed on his phone."""
    holder = somebody()
    agree(holder, notice)
    return holder


def enrol(holder: Holder, supervision: Supervision = Supervision.PHONE, by: str = "") -> FaceTemplate:
    made = Enrolment(
        np.eye(128)[0], Model(MODEL.name, MODEL.version), supervision, by or f"holder:{holder.handle}"
    )
    record = ConsentRecord.objects.get(subject=holder.subject, ended_at=None)
    return keep_template(person=whom(holder), enrolment=made, consent=record.pk, now=NOW)


def page(holder: Holder, who: str = "alice") -> str:
    client = sign_in_as(who)
    with context.leave():
        answer = client.get(f"/people/{holder.pk}/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def do(holder: Holder, deed: str, who: str = "alice", shown: object = None) -> str:
    """The page that follows; `shown` is the face that the page was of."""
    live = FaceTemplate.objects.filter(subject=holder.subject_id, destroyed_at=None).first()
    client = sign_in_as(who)
    form = {"template": str(shown or (live.pk if live else ""))}
    with context.leave():
        answer = client.post(f"/people/{holder.pk}/face/{deed}/", form, follow=True)
    return str(answer.content.decode()) if answer.status_code == 200 else str(answer.status_code)


def deeds(verb: str) -> list[str]:
    return [entry.actor for entry in LedgerEntry.objects.filter(verb=verb)]


def test_before_faces_are_open(in_acme: CompanyRef, mirror: Mirror) -> None:
    holder = somebody()
    assert "has not opened faces" in page(holder)
    assert "Not enrolled" in page(holder)
    assert "Enrol at this desk" not in page(holder)
    assert 'href="/compliance/">See what is missing' in page(holder)
    assert "See what is missing" not in page(holder, "rita")


def test_nobody_is_enrolled_yet(notice: NoticeVersion) -> None:
    holder = somebody()
    said = page(holder)
    assert "<dt>Enrolled</dt><dd>Never</dd>" in said
    assert "They may agree in their wallet under Privacy, or at this desk" in said
    assert f'href="/people/{holder.pk}/face/"' in said
    assert "Nothing is held" in said


def test_a_face_from_the_phone_is_confirmed_in_person(henri: Holder) -> None:
    enrol(henri)
    said = page(henri)
    for words in ("Awaiting confirmation", "On the own phone, by themselves", "the person is in front of me"):
        assert words in said
    assert "You vouch that the person in front of you is the one on this page" in said
    assert "A protected measure, encrypted under a key of this person alone" in said
    assert "is confirmed. Doors take it now." in do(henri, "confirm")
    row = FaceTemplate.objects.get()
    assert (row.verified, row.verified_by) == (True, member("alice").actor)
    said = page(henri)
    assert "by Alice Alert" in said
    assert "the person is in front of me" not in said
    assert "No door takes it" in do(henri, "confirm/take-back")
    assert not FaceTemplate.objects.get().verified
    alice = [member("alice").actor]
    assert (deeds("face_confirmed"), deeds("face_confirmation_taken_back")) == (alice, alice)


def test_a_confirmation_is_of_the_face_that_the_page_showed(henri: Holder) -> None:
    """The phone has enrolled another one meanwhile, or the page is none of ours."""
    enrol(henri)
    seen = FaceTemplate.objects.get()
    assert f'name="template" value="{seen.pk}"' in page(henri)
    ask_again(person=whom(henri), by=member("alice").actor, now=NOW)
    enrol(henri)
    for shown in (seen.pk, "nothing"):
        assert "Another face was enrolled meanwhile" in do(henri, "confirm", shown=shown)
    assert not FaceTemplate.objects.get(destroyed_at=None).verified


def test_what_was_enrolled_at_a_desk_is_not_unconfirmed(henri: Holder) -> None:
    enrol(henri, Supervision.ATTENDED, member("alice").actor)
    said = page(henri)
    assert "At a desk, with Alice Alert" in said
    assert "Take the confirmation back" not in said
    assert "Delete it instead" in do(henri, "confirm/take-back")
    assert FaceTemplate.objects.get().verified


def test_asked_to_enrol_anew_and_not_after_all(henri: Holder) -> None:
    enrol(henri)
    assert "is asked in the wallet to enrol anew" in do(henri, "reenrol")
    assert "the present face serves until then" in page(henri)
    do(henri, "reenrol")  # twice is once
    assert "need not enrol anew" in do(henri, "reenrol/take-back")
    assert FaceTemplate.objects.get().reenrol_asked_at is None
    assert len(deeds("face_asked_again")) == len(deeds("face_asking_taken_back")) == 1


def test_deleted_by_an_operator(henri: Holder) -> None:
    enrol(henri)
    assert "The protected measure is destroyed at once" in page(henri)
    assert "is deleted. The way in without a face stays open" in do(henri, "delete")
    row = FaceTemplate.objects.get()
    assert (row.sealed, row.salt, row.destroyed_how) == (None, None, "deleted")
    said = page(henri)
    assert "an operator deleted it" in said
    assert "Nothing is held" in said
    assert "<dt>Agreed</dt><dd>Yes</dd>" in said  # the consent stands
    assert deeds("face_deleted") == [member("alice").actor]
    assert "No face is enrolled." in do(henri, "delete")


@pytest.mark.parametrize("who", ["bob", "rita", "carol"])
def test_who_may_only_look_sees_how_it_stands(henri: Holder, who: str) -> None:
    enrol(henri)
    said = page(henri, who)
    assert "Awaiting confirmation" in said
    assert "/face/" not in said
    for deed in ("confirm", "reenrol", "delete"):
        assert do(henri, deed, who) == "403"
    row = FaceTemplate.objects.get()
    assert (row.verified, row.reenrol_asked_at, row.destroyed_at) == (False, None, None)


def test_why_it_ended(henri: Holder) -> None:
    enrol(henri)
    withdraw(person=whom(henri), record=ConsentRecord.objects.get().pk, by="holder:1")
    said = page(henri)
    assert "the consent had ended" in said
    assert "No. They may agree" in said


def test_an_old_model_and_the_last_use(henri: Holder, mirror: Mirror) -> None:
    enrol(henri)
    FaceTemplate.objects.update(last_used_at=NOW)
    said = page(henri)
    assert "2026-11-20T09:00:00+00:00" in said
    assert MODEL.version in said
    assert "no longer in use" not in said
    mirror.model = MODEL.__class__(MODEL.name, "newer", 128)
    assert "no longer in use: nothing passes until the person enrols anew" in page(henri)


def test_locked_out(henri: Holder) -> None:
    now = datetime.now(UTC).timestamp()
    for number in range(5):
        tries.begun(whom(henri), "device:1", f"s{number}", now)
        tries.failed(whom(henri), "device:1", f"s{number}", now)
    assert "Too many tries" in page(henri)
    later = datetime.now(UTC) + timedelta(hours=30)
    FaceTries.objects.update(tries={"open": [], "locked_until": (later - timedelta(hours=31)).timestamp()})
    assert "Too many tries" not in page(henri)


def test_who_left_is_not_enrolled_again(henri: Holder) -> None:
    enrol(henri)
    offboard_holder(holder=henri, by="operator:1")
    said = page(henri)
    assert "at this desk</a>" not in said
    assert "the consent had ended" in said
