"""Notices: published once, never changed, and who is asked again."""

import pytest
from django.db import IntegrityError, transaction

from compliance.law import Change, Purpose
from compliance.models import Ended, NoticeDraft, NoticeVersion
from compliance.refusals import Refused
from compliance.selectors import asked_again, consent_in_force, needs_asking, notices_in_force
from compliance.services import drop_draft, publish_notice, save_draft
from compliance.signals import consents_ended
from compliance.wording import digest
from ledger.models import LedgerEntry
from tenants.context import CompanyRef
from tests.compliance.build import CAROL, agree, publish, read, ready, seen, somebody, whom

FACE = Purpose.FACE


def test_a_first_version_comes_out_in_its_languages(in_acme: CompanyRef) -> None:
    made = publish()
    assert [(row.language, row.number, row.changed) for row in made] == [("de", 1, []), ("en", 1, [])]
    assert all(row.sha256 == digest(row.title, row.text) for row in made)
    assert not NoticeDraft.objects.exists()
    entry = LedgerEntry.objects.get(verb="notice_published")
    assert entry.data["sha256"] == {row.language: row.sha256 for row in made}
    assert "template" not in str(entry.data)


@pytest.mark.parametrize(
    "change", [{"text": "Other words"}, {"sha256": "0" * 64}, {"changed": ["wording"]}, {"number": 9}]
)
def test_a_published_text_never_changes(in_acme: CompanyRef, change: dict[str, object]) -> None:
    publish()
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        NoticeVersion.objects.update(**change)
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        NoticeVersion.objects.all().delete()


def test_other_wording_asks_nobody_again(in_acme: CompanyRef) -> None:
    ready()
    first = publish()[1]
    henri = somebody()
    record = agree(henri, first)
    assert asked_again(FACE, "gdpr", [Change.WORDING]) == 0
    publish(FACE, "gdpr", Change.WORDING, word="one template")
    assert consent_in_force(henri.subject_id, FACE) == record
    assert needs_asking(whom(henri)) == []
    assert record.notice.number == 1  # it stands by the words that were shown


@pytest.mark.parametrize("change", [Change.PURPOSE, Change.METHOD, Change.RECIPIENT])
def test_another_purpose_method_or_recipient_asks_those_who_agreed(
    in_acme: CompanyRef, change: Change
) -> None:
    ready()
    first = publish()[1]
    henri, zoe = somebody(), somebody("Zoë Zimmer", "zoe@acme.example")
    record = agree(henri, first)
    heard: list[object] = []
    consents_ended.connect(
        receiver := lambda **told: heard.append((told["purpose"], told["subjects"], told["how"])), weak=False
    )
    try:
        assert asked_again(FACE, "gdpr", [change, Change.WORDING]) == 1
        publish(FACE, "gdpr", change, word="a picture too")
    finally:
        consents_ended.disconnect(receiver)
    record.refresh_from_db()
    assert record.ended_how == Ended.ASKED_AGAIN
    assert heard == [(FACE, [henri.subject_id], Ended.ASKED_AGAIN)]
    assert needs_asking(whom(henri)) == [FACE]
    assert needs_asking(whom(zoe)) == []  # whoever never agreed is not asked until they do
    assert LedgerEntry.objects.filter(verb="notice_published").latest("at").data["asked_again"] == 1


def test_a_notice_of_the_door_record_is_read_again(in_acme: CompanyRef) -> None:
    ready()
    door = Purpose.DOOR_RECORD
    first = publish(door)[1]
    henri = somebody()
    assert needs_asking(whom(henri)) == [door]
    read(henri, first)
    assert needs_asking(whom(henri)) == []
    publish(door, "gdpr", Change.RECIPIENT, word="times")
    assert needs_asking(whom(henri)) == [door]


def test_the_draft_is_published_that_was_seen(in_acme: CompanyRef) -> None:
    save_draft(purpose=FACE, profile="gdpr", language="en", title="Face", text="One.")
    looked_at = seen(FACE, "gdpr")
    save_draft(purpose=FACE, profile="gdpr", language="en", title="Face", text="Two.")
    with pytest.raises(Refused, match="draft_changed"):
        publish_notice(purpose=FACE, profile="gdpr", changed=[], seen=looked_at, by=CAROL)
    assert not NoticeVersion.objects.exists()


def test_what_changes_has_to_be_said(in_acme: CompanyRef) -> None:
    with pytest.raises(Refused, match="no_draft"):
        publish_notice(purpose=FACE, profile="gdpr", changed=[], seen={}, by=CAROL)
    with pytest.raises(Refused, match="change_not_said"):
        publish(FACE, "gdpr", Change.PURPOSE)
    publish()
    with pytest.raises(Refused, match="change_not_said"):
        publish(word="more")


def test_no_language_is_left_behind(in_acme: CompanyRef) -> None:
    publish()
    publish(FACE, "gdpr", Change.WORDING, word="one", languages=("en",))
    found = notices_in_force("gdpr")[FACE]
    assert {language: row.number for language, row in found.items()} == {"de": 2, "en": 2}
    assert "a template" in found["de"].text  # began with the words of before
    save_draft(purpose=FACE, profile="gdpr", language="en", title="Face", text="Three.")
    drop_draft(purpose=FACE, profile="gdpr", language="de")
    with pytest.raises(Refused, match="language_missing"):
        publish_notice(
            purpose=FACE, profile="gdpr", changed=[Change.WORDING], seen=seen(FACE, "gdpr"), by=CAROL
        )


def test_jurisdictions_have_notices_of_their_own(in_acme: CompanyRef) -> None:
    publish()
    publish(FACE, "bipa", languages=("en",))
    assert [row.number for row in NoticeVersion.objects.filter(profile="bipa")] == [1]
    assert set(notices_in_force("gdpr")[FACE]) == {"en", "de"}
    with pytest.raises(Refused, match="unknown_notice"):
        save_draft(purpose=FACE, profile="mars", language="en", title="Face", text="One.")
