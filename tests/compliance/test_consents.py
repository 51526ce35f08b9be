"""Consents: given by what was shown, withdrawn at once, said twice is said once."""

import json
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from compliance.law import Change, Purpose
from compliance.models import ConsentRecord, Ended, NoticeVersion
from compliance.refusals import Refused
from compliance.selectors import concerns_of, consent_in_force, records_of, told_of
from compliance.services import give_consent, set_policy, withdraw
from compliance.signals import consents_ended
from credentials.models import Holder, HolderKind
from credentials.services import offboard_holder
from ledger.models import LedgerEntry, Outbox, PolicyChange
from tenants.context import CompanyRef
from tests.compliance.build import CAROL, agree, publish, read, ready, said, somebody, whom
from vault.services import destroy_subject_key

FACE = Purpose.FACE


@pytest.fixture
def henri(in_acme: CompanyRef) -> Holder:
    ready()
    return somebody()


@pytest.fixture
def notice(henri: Holder) -> NoticeVersion:
    return publish()[1]


def refused(holder: Holder, notice: NoticeVersion, **other: Any) -> str:
    with pytest.raises(Refused) as no:
        agree(holder, notice, **other)
    return no.value.code


def test_the_record_holds_what_was_shown_and_pressed(henri: Holder, notice: NoticeVersion) -> None:
    record = agree(henri, notice, proof={"signature": "abc"})
    held = ConsentRecord.objects.get()
    assert (held.notice, held.sha256, held.device, held.key_print) == (notice, notice.sha256, 7, "k" * 43)
    assert told_of(held) == {"pressed": "I agree", "signed_name": "", "proof": {"signature": "abc"}}
    assert consent_in_force(henri.subject_id, FACE) == record
    entry = LedgerEntry.objects.get(verb="consent_given")
    assert (entry.actor, entry.subject_kind, entry.handle) == (
        f"holder:{henri.handle}",
        "holder",
        henri.handle,
    )
    assert entry.data["sha256"] == notice.sha256


def test_nothing_personal_lies_in_the_clear(henri: Holder, notice: NoticeVersion) -> None:
    agree(henri, notice, signed_name="Wilhelmina Ostrakova", pressed="Einverstanden, Wilhelmina")
    with connection.cursor() as cursor:
        for table in ("compliance_consentrecord", "ledger_ledgerentry", "ledger_outbox"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            (everything,) = cursor.fetchone()
            assert "Wilhelmina" not in everything
            assert b"Wilhelmina".hex() not in everything


def test_an_erased_persons_words_are_gone(henri: Holder, notice: NoticeVersion) -> None:
    agree(henri, notice, signed_name="Henri")
    with transaction.atomic():
        destroy_subject_key(henri.subject)
    from vault import caches
    from vault.services import finish_destructions

    finish_destructions()
    caches.drop()
    assert told_of(ConsentRecord.objects.get()) == {}


def test_a_notice_that_changed_between_reading_and_pressing(henri: Holder, notice: NoticeVersion) -> None:
    publish(FACE, "gdpr", Change.WORDING, word="something else")
    assert refused(henri, notice) == "notice_changed"
    assert not ConsentRecord.objects.exists()


@pytest.mark.parametrize("told", [{"sha256": "0" * 64}, {"language": "de"}, {"language": "fr"}])
def test_a_text_that_was_never_shown(henri: Holder, notice: NoticeVersion, told: dict[str, str]) -> None:
    assert refused(henri, notice, **told) == "notice_changed"


def test_a_company_without_a_jurisdiction(in_acme: CompanyRef) -> None:
    notice = publish()[1]
    henri = somebody()
    assert refused(henri, notice) == "no_profile"
    assert concerns_of(whom(henri)) == []


@pytest.mark.parametrize(
    ("profile", "missing"),
    [
        ("gdpr", {"dpia_by": ""}),
        ("gdpr", {"dpia_on": None}),
        ("gdpr", {"equal_way": False}),
        ("gdpr", {"contact": ""}),
        ("bipa", {"schedule": ""}),
        ("bipa", {"destruction": ""}),
        ("cubi", {"destruction": ""}),
        ("ccpa", {"schedule": ""}),
        ("none", {"equal_way": False}),
    ],
)
def test_a_face_stays_locked_until_the_needs_are_met(
    in_acme: CompanyRef, profile: str, missing: dict[str, Any]
) -> None:
    ready(profile, **missing)
    notice = publish(FACE, profile)[1]
    henri = somebody()
    assert refused(henri, notice, signed_name="Henri") == "purpose_locked"
    ready(profile)
    assert agree(henri, notice, signed_name="Henri").in_force


def test_a_written_release_is_signed(in_acme: CompanyRef) -> None:
    ready("bipa")
    notice = publish(FACE, "bipa")[1]
    henri = somebody()
    assert refused(henri, notice) == refused(henri, notice, signed_name="  ") == "signature_required"
    assert told_of(agree(henri, notice, signed_name="Henri Holder"))["signed_name"] == "Henri Holder"


def test_the_door_record_is_not_consented_to(henri: Holder) -> None:
    door = publish(Purpose.DOOR_RECORD)[1]
    assert refused(henri, door) == "not_consented_to"
    with pytest.raises(Refused, match="not_consented_to"):
        read(henri, publish()[1])
    record = read(henri, door)
    assert consent_in_force(henri.subject_id, Purpose.DOOR_RECORD) is None
    assert LedgerEntry.objects.filter(verb="notice_acknowledged").count() == 1
    with pytest.raises(Refused, match="not_withdrawable"):
        withdraw(person=whom(henri), record=record.pk, by=CAROL)


def test_documents_are_no_employees_concern(henri: Holder) -> None:
    papers = publish(Purpose.VISITOR_DOCUMENTS)[1]
    assert refused(henri, papers) == "not_concerned"
    visitor = somebody("Vera Visitor", "vera@example.com", kind=HolderKind.VISITOR)
    assert agree(visitor, papers).in_force


def test_a_lost_answer_repeated_says_nothing_new(henri: Holder, notice: NoticeVersion) -> None:
    once = said(notice)
    first = give_consent(person=whom(henri), said=once)
    assert give_consent(person=whom(henri), said=once) == first
    assert ConsentRecord.objects.count() == LedgerEntry.objects.filter(verb="consent_given").count() == 1
    assert Outbox.objects.filter(topic="mail.consent_receipt").count() == 1


def test_a_late_repetition_does_not_undo_a_withdrawal(henri: Holder, notice: NoticeVersion) -> None:
    once = said(notice)
    record = give_consent(person=whom(henri), said=once)
    withdraw(person=whom(henri), record=record.pk, by="holder:1")
    again = give_consent(person=whom(henri), said=once)
    assert again.ended_how == Ended.WITHDRAWN
    assert consent_in_force(henri.subject_id, FACE) is None


def test_a_second_phone_says_it_once(henri: Holder, notice: NoticeVersion) -> None:
    assert agree(henri, notice) == agree(henri, notice, device=8)
    assert len(records_of(henri.subject_id)) == 1


@pytest.mark.parametrize("other", [{"sha256": "0" * 64}, {"purpose": Purpose.PHOTO}])
def test_a_number_stands_for_one_answer(henri: Holder, notice: NoticeVersion, other: dict[str, Any]) -> None:
    record = agree(henri, notice)
    assert refused(henri, notice, record=record.pk, **other) == "record_taken"
    zoe = somebody("Zoë Zimmer", "zoe@acme.example")
    assert refused(zoe, notice, record=record.pk) == "record_taken"


def test_withdrawn_twice_is_withdrawn_once(henri: Holder, notice: NoticeVersion) -> None:
    record = agree(henri, notice)
    heard: list[object] = []
    consents_ended.connect(receiver := lambda **told: heard.append(told["subjects"]), weak=False)
    try:
        first = withdraw(person=whom(henri), record=record.pk, by="holder:1")
        second = withdraw(person=whom(henri), record=record.pk, by="holder:1")
    finally:
        consents_ended.disconnect(receiver)
    assert (first.ended_at, first.ended_how) == (second.ended_at, Ended.WITHDRAWN)
    assert heard == [[henri.subject_id]]
    assert LedgerEntry.objects.filter(verb="consent_withdrawn").count() == 1
    told = [row.data["what"] for row in Outbox.objects.filter(topic="mail.consent_receipt")]
    assert sorted(told) == ["given", "withdrawn"]


def test_nobody_withdraws_for_another(henri: Holder, notice: NoticeVersion) -> None:
    record = agree(henri, notice)
    zoe = somebody("Zoë Zimmer", "zoe@acme.example")
    for asked in (record.pk, uuid.uuid4()):
        with pytest.raises(Refused) as no:
            withdraw(person=whom(zoe), record=asked, by="holder:2")
        assert (no.value.code, no.value.status) == ("no_such_record", 404)
    assert consent_in_force(henri.subject_id, FACE) == record


def test_whoever_withdrew_may_agree_again(henri: Holder, notice: NoticeVersion) -> None:
    withdraw(person=whom(henri), record=agree(henri, notice).pk, by="holder:1")
    assert agree(henri, notice).in_force
    assert len(records_of(henri.subject_id)) == 2


def test_agreeing_to_later_words_renews(henri: Holder, notice: NoticeVersion) -> None:
    old = agree(henri, notice)
    later = publish(FACE, "gdpr", Change.WORDING, word="one")[1]
    new = agree(henri, later)
    old.refresh_from_db()
    assert (old.ended_how, consent_in_force(henri.subject_id, FACE)) == (Ended.RENEWED, new)


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "0" * 64},
        {"given_at": "2020-01-01T00:00:00Z"},
        {"device": 9},
        {"ended_at": None, "ended_how": ""},
    ],
)
def test_a_record_is_only_ever_ended(henri: Holder, notice: NoticeVersion, change: dict[str, Any]) -> None:
    record = agree(henri, notice)
    if "ended_at" in change:
        withdraw(person=whom(henri), record=record.pk, by="holder:1")
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        ConsentRecord.objects.update(**change)
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        ConsentRecord.objects.all().delete()


def test_another_jurisdiction_ends_all_answers(henri: Holder, notice: NoticeVersion) -> None:
    agree(henri, notice)
    set_policy(by=CAROL, profile="bipa")
    (record,) = records_of(henri.subject_id)
    assert record.ended_how == Ended.PROFILE_CHANGED
    entry = LedgerEntry.objects.filter(verb="compliance_policy_changed").latest("at")
    assert entry.data == {"fields": ["profile"], "profile": "bipa", "asked_again": 1}


def test_nothing_stands_of_somebody_who_left(henri: Holder, notice: NoticeVersion) -> None:
    record = agree(henri, notice)
    offboard_holder(holder=henri, by=CAROL)
    record.refresh_from_db()
    assert record.ended_how == Ended.OFFBOARDED
    assert LedgerEntry.objects.get(verb="consent_ended").data["how"] == "offboarded"


def policy_moves(deed: Any) -> list[tuple[str, int]]:
    """The changes that a deed writes when its transaction ends."""
    before = set(PolicyChange.objects.values_list("seq", "kind", "handle"))
    with transaction.atomic():
        deed()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    after = set(PolicyChange.objects.values_list("seq", "kind", "handle"))
    return [(kind, handle) for _, kind, handle in sorted(after - before)]


def test_a_face_moves_the_policy_and_nothing_else_does(henri: Holder, notice: NoticeVersion) -> None:
    policy_moves(lambda: None)
    photo, door = publish(Purpose.PHOTO)[1], publish(Purpose.DOOR_RECORD)[1]
    assert policy_moves(lambda: agree(henri, photo)) == policy_moves(lambda: read(henri, door)) == []
    assert policy_moves(lambda: agree(henri, notice)) == [("consent", henri.handle)]


def test_a_withdrawal_moves_the_policy(henri: Holder, notice: NoticeVersion) -> None:
    record = agree(henri, notice)
    policy_moves(lambda: None)
    with connection.cursor() as cursor:  # as another transaction: the number is raised once in each
        cursor.execute("SELECT set_config('sallyport.policy_' || current_schema(), '', true)")
    moved = policy_moves(lambda: withdraw(person=whom(henri), record=record.pk, by="holder:1"))
    assert moved == [("consent", henri.handle)]


def test_what_is_kept_can_be_read_as_json(henri: Holder, notice: NoticeVersion) -> None:
    record = agree(henri, notice)
    assert json.loads(ConsentRecord.objects.get(pk=record.pk).told)["pressed"] == "I agree"
