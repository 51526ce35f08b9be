"""A person of whom every room holds something is erased: what is left leads to nobody."""

import json
from typing import Any

import pytest
from django.core import mail
from django.db import models

from access.models import AccessEvent, AccessGrant, AlarmNote, Presence, SecondEntry
from biometrics.models import FaceSession, FaceTemplate, FaceTries
from compliance.erasure_plan import plan_of
from compliance.models import Case, CaseState, CaseStep, ConsentRecord, Erasure, ErasureState
from compliance.refusals import Refused
from compliance.services import erasures
from compliance.services.cases import hold_case
from compliance.services.certificates import as_file, fits
from compliance.services.identity import add_person
from credentials.finding import known_of
from credentials.lost_links import LostLink
from credentials.models import Device, DeviceUse, Holder, HolderState, Invitation, Passkey, UnlockTicket
from credentials.services import add_holder
from ledger.models import LedgerEntry
from operators.models import Operator, PasswordLink, RecoveryCode, TotpDevice
from tenants.context import CompanyRef
from tests.compliance.erasing import asked, begun, carry_out, close, work
from tests.compliance.everything import EMAIL, PLANTED, somebody_with_everything
from tests.compliance.whose import OF_PERSON, Everything
from vault import holdings
from vault.fields import ERASED, EncryptedText, filled
from vault.keystore.models import ErasedSubject, SubjectKey
from vault.models import Subject
from visitors.models import (
    Arrival,
    HostChoice,
    PushSubscription,
    SealedSignIn,
    SignedDocument,
    Visit,
    VisitGrant,
    VisitLink,
    VisitPhoto,
    WatchEntry,
    WatchMatch,
)

GONE: list[type[models.Model]] = [
    *(Passkey, UnlockTicket, DeviceUse, Invitation, LostLink, FaceTries, FaceSession),
    *(AccessGrant, Presence, SecondEntry, AlarmNote, TotpDevice, RecoveryCode, PasswordLink),
    *(Visit, SignedDocument, VisitLink, VisitGrant, VisitPhoto, Arrival, SealedSignIn),
    *(HostChoice, PushSubscription, WatchEntry, WatchMatch),
]


@pytest.fixture
def person(in_acme: CompanyRef) -> Everything:
    return somebody_with_everything()


def test_the_plan_says_what_goes_and_what_stays_and_why(person: Everything) -> None:
    plan = plan_of(asked(person))
    assert [one.subject for one in plan.persons] == person.subjects
    assert not plan.held
    assert not plan.obstacles
    rooms = [room.name for one in plan.persons for room in one.rooms]
    assert set(rooms) == {"holder", "operator", "access", "visitors", "face", "compliance", "record", "key"}
    for one in plan.persons:
        assert [item for room in one.rooms for item in room.going]
        assert all(item.ground for room in one.rooms for item in room.staying)
        assert all(item.count for room in one.rooms for item in room.items)


def test_nothing_is_left(person: Everything) -> None:
    events = list(AccessEvent.objects.values())
    case = asked(person)
    row = carry_out(case)
    assert row.state == ErasureState.DONE, row.places or row.stopped
    for model in GONE:
        left = [label for label in OF_PERSON if label.endswith(f".{model.__name__}")]
        assert not OF_PERSON[left[0]](person).exists(), left
    holder = Holder.objects.get(pk=person.holder.pk)
    assert (holder.name, holder.email, holder.email_index) == (ERASED, ERASED, None)
    assert holder.state == HolderState.OFFBOARDED
    device = Device.objects.get(pk=person.device.pk)
    assert (device.label, bytes(device.public_key)) == (ERASED, b"")
    assert device.thumbprint != person.device.thumbprint
    operator = Operator.objects.get(pk=person.operator.pk)
    assert (operator.name, operator.email, operator.is_active) == (ERASED, ERASED, False)
    assert bytes(operator.email_index) != bytes(person.operator.email_index)
    assert not operator.has_usable_password()
    assert not FaceTemplate.objects.filter(subject=holder.subject, destroyed_at=None).exists()
    assert not ConsentRecord.objects.filter(subject=holder.subject, ended_at=None).exists()
    assert list(AccessEvent.objects.values()) == events
    for subject in person.subjects:
        assert Subject.objects.get(pk=subject).destroyed_at
        assert not SubjectKey.objects.filter(subject=subject).exists()
        assert ErasedSubject.objects.filter(subject=subject).exists()


def test_every_encrypted_column_of_the_person_is_empty_or_unreadable(person: Everything) -> None:
    case = asked(person)
    carry_out(case)
    close(case)
    read = []
    for label, find in OF_PERSON.items():
        for row in find(person):
            for field in row._meta.fields:
                if isinstance(field, EncryptedText):
                    read.append(label)
                    assert getattr(row, field.name) == ERASED, f"{label}.{field.name} can be read"
    assert len(set(read)) > 5


def test_erasing_again_counts_nothing(person: Everything) -> None:
    carry_out(asked(person))
    for subject in person.subjects:
        for room in holdings.erasers_in_order():
            assert not [item for item in room.eraser.erase(subject, by="system") if item.goes], room.name
            assert not [item for item in room.eraser.plan(subject) if item.goes], room.name
            assert not room.eraser.obstacles(subject)


def test_access_ends_for_every_role_before_anything_else_goes(person: Everything) -> None:
    row = carry_out(asked(person))
    rooms = [one.room for one in row.steps.order_by("position")]
    assert rooms[:4] == ["holder", "holder", "operator", "operator"]
    assert rooms[-2:] == ["key", "key"]
    moments = [one.done_at for one in row.steps.order_by("position")]
    assert moments == sorted(at for at in moments if at)


def test_the_certificate_lists_each_place_and_leads_to_nobody(person: Everything) -> None:
    row = carry_out(asked(person))
    assert row.certificate is not None
    assert fits(row.certificate)
    body = json.loads(row.certificate.body)
    assert body["case"] == row.case.number
    assert [one["person"] for one in body["persons"]] == [str(one) for one in person.subjects]
    assert all(room["done_at"] for one in body["persons"] for room in one["rooms"])
    assert body["final_on"] == row.final_on.isoformat() if row.final_on else False
    assert [one["place"] for one in body["places"]] == [f"reader:{person.reader.handle}"]
    text = as_file(row.certificate).decode()
    assert not [word for word in (*PLANTED, EMAIL) if word in text]
    row.certificate.body = row.certificate.body.replace('"number":', '"Number":')
    assert not fits(row.certificate)


def test_the_person_is_told_before_and_certified_after(person: Everything) -> None:
    case = asked(person, language="de")
    carry_out(case)
    (begun,) = [one for one in mail.outbox if one.subject == "Acme löscht Ihre Daten"]
    assert begun.to == [EMAIL]
    assert str(case.number) in begun.body
    close(case)
    (sent,) = [one for one in mail.outbox if one.attachments]
    assert sent.to == [EMAIL]
    kinds = {name: kind for name, _, kind in sent.attachments}
    number = Erasure.objects.get(case=case).certificate
    assert number is not None
    assert kinds == {
        f"certificate-{number.number}.pdf": "application/pdf",
        f"certificate-{number.number}.json": "application/json",
    }
    case.refresh_from_db()
    assert (case.state, case.kind, case.closed_at is not None) == (CaseState.CLOSED, "erasure", True)
    assert case.name == case.email == case.message == ERASED
    assert not filled(CaseStep.objects.filter(case=case), "note").exists()
    assert not SubjectKey.objects.filter(subject=case.applicant_id, wrapped=b"").exists()
    mail.outbox.clear()
    erasures.send_due()
    work()
    assert not mail.outbox


def test_a_case_without_an_address_takes_the_one_on_file(person: Everything) -> None:
    case = asked(person, email="")
    carry_out(case)
    case.refresh_from_db()
    assert case.email in {EMAIL, ""}


def test_who_is_added_later_is_not_certified(person: Everything) -> None:
    """Nobody can be by an officer's hand; what is certified is what was erased, whatever rows say."""
    case = asked(person)
    begun(case)
    case.persons.filter(source="operators").delete()
    late = add_holder(name="Late Comer", by="operator:x")
    with pytest.raises(Refused, match="erasure_begun"):
        add_person(hold_case(case.pk, None), known_of(late), by="operator:x")
    case.persons.create(subject=late.subject, source="holder", number=late.handle)
    work()
    row = Erasure.objects.get(case=case)
    assert row.certificate is not None
    told = json.loads(row.certificate.body)["persons"]
    assert [one["person"] for one in told] == [str(one) for one in person.subjects]
    assert Holder.objects.get(pk=late.pk).name == "Late Comer"


def test_the_deed_on_record_names_nobody(person: Everything) -> None:
    carry_out(asked(person))
    told = json.dumps([one.data for one in LedgerEntry.objects.all()], default=str)
    assert "case_erasure_begun" in set(LedgerEntry.objects.values_list("verb", flat=True))
    assert not [word for word in (*PLANTED, EMAIL) if word in told]


def refused(code: str, **given: Any) -> None:
    with pytest.raises(Refused) as caught:
        erasures.begin_erasure(**given)
    assert caught.value.code == code


def test_what_cannot_begin(person: Everything) -> None:
    case = asked(person)
    by = {"pk": case.pk, "version": case.version, "by": "operator:x"}
    number = str(case.number)
    refused("not_typed", typed=f"{case.number}1", **by)
    refused("case_changed", typed=number, **(by | {"version": 99}))
    refused("own_erasure", typed=number, **(by | {"by": person.operator.actor}))
    Case.objects.filter(pk=person.case.pk).update(state="OPEN", closed_at=None)
    refused("erasure_obstacle", typed=number, **by)
    Case.objects.filter(pk=person.case.pk).update(state="CLOSED", closed_at=case.received_at)
    Case.objects.filter(pk=case.pk).update(identity_at=None, identity_how="")
    refused("identity_unverified", typed=number, **by)
    Case.objects.filter(pk=case.pk).update(identity_at=case.received_at, identity_how="seen")
    carry_out(case)
    case.refresh_from_db()
    refused("erasure_begun", typed=number, **(by | {"version": None}))
    refused("not_an_erasure", typed=str(person.case.number), **(by | {"pk": other(person), "version": None}))


def other(person: Everything) -> Any:
    Case.objects.filter(pk=person.case.pk).update(state="OPEN", closed_at=None)
    return person.case.pk


def test_the_only_owner_stays(in_acme: CompanyRef, person: Everything) -> None:
    owner = Operator.objects.get(role="OWNER", is_active=True)
    case = asked(person)
    case.persons.create(subject=owner.subject, source="operators", number=None)
    refused("erasure_obstacle", pk=case.pk, version=None, typed=str(case.number), by="operator:x")
