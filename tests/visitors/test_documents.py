"""Documents: published in versions, told in the language a visitor reads."""

import pytest
from django.db import connection, transaction

from ledger.models import LedgerEntry
from tests.visitors.build import BY, Reception
from visitors.models import Document, DocumentVersion
from visitors.refusals import Refused
from visitors.services import documents

pytestmark = pytest.mark.django_db

EN, DE, FR = ("House rules", "Walk."), ("Hausordnung", "Gehen."), ("Règlement", "Marchez.")


@pytest.fixture
def rules(desk: Reception) -> Document:
    made = documents.add_document(name="House rules", by=BY)
    documents.publish_version(document=made, texts={"en": EN, "de": DE}, by=BY)
    desk.type.documents.set([made])
    return made


def told(desk: Reception, language: str) -> list[tuple[int, str, str]]:
    return [(one.number, one.language, one.body) for one in documents.texts_for(desk.type, language)]


def test_the_visitors_language_else_english(desk: Reception, rules: Document) -> None:
    assert told(desk, "de") == [(1, "de", "Gehen.")]
    assert told(desk, "fr") == [(1, "en", "Walk.")]


def test_a_document_without_english_is_told_in_what_it_has(desk: Reception) -> None:
    made = documents.add_document(name="Hausordnung", by=BY)
    desk.type.documents.set([made])
    assert told(desk, "es") == []
    documents.publish_version(document=made, texts={"fr": FR, "de": DE}, by=BY)
    assert told(desk, "fr") == [(1, "fr", "Marchez.")]
    assert told(desk, "es") == [(1, "de", "Gehen.")]


def test_a_new_version_replaces_the_old_one_in_every_language(desk: Reception, rules: Document) -> None:
    with pytest.raises(Refused) as refused:
        documents.publish_version(document=rules, texts={"en": ("House rules", "Run.")}, by=BY)
    assert refused.value.code == "language_missing"
    assert "Deutsch" in refused.value.text
    texts = {"en": ("House rules", "Run."), "de": DE, "fr": FR}
    documents.publish_version(document=rules, texts=texts, by=BY)
    assert told(desk, "en") == [(2, "en", "Run.")]
    assert told(desk, "de") == [(2, "de", "Gehen.")]
    assert told(desk, "es") == [(2, "en", "Run.")]
    assert DocumentVersion.objects.filter(document=rules, number=1).count() == 2  # older ones stay readable
    deed = LedgerEntry.objects.filter(verb="document_published").latest("at").data
    assert deed["number"] == 2
    assert sorted(deed["sha256"]) == ["de", "en", "fr"]


def test_the_same_again_is_no_version(desk: Reception, rules: Document) -> None:
    with pytest.raises(Refused) as refused:
        documents.publish_version(
            document=rules, texts={"de": DE, "en": ("House  rules", "Walk.\r\n")}, by=BY
        )
    assert refused.value.code == "unchanged"


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({}, "texts_missing"),
        ({"it": EN}, "unknown_language"),
        ({"en": ("", "Walk.")}, "bad_wording"),
        ({"en": ("House rules", " \n ")}, "bad_wording"),
        ({"en": ("House rules", "x" * 20_001)}, "bad_wording"),
        ({"en": ("House rules", "turn \u202e me")}, "bad_wording"),
    ],
)
def test_a_version_that_cannot_be(in_acme: object, texts: dict[str, tuple[str, str]], code: str) -> None:
    made = documents.add_document(name="House rules", by=BY)
    with pytest.raises(Refused) as refused:
        documents.publish_version(document=made, texts=texts, by=BY)
    assert refused.value.code == code
    assert not DocumentVersion.objects.exists()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "name_missing"),
        (" - ", "name_missing"),
        ("x" * 81, "name_too_long"),
        ("house RULES", "name_taken"),
    ],
)
def test_a_document_that_cannot_be(desk: Reception, rules: Document, name: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        documents.add_document(name=name, by=BY)
    assert refused.value.code == code


def test_an_archived_document_is_asked_for_by_no_type_until_taken_back(
    desk: Reception, rules: Document
) -> None:
    documents.archive_document(document=rules, by=BY)
    assert told(desk, "en") == []
    with pytest.raises(Refused) as refused:
        documents.publish_version(document=rules, texts={"en": EN, "de": DE, "fr": FR}, by=BY)
    assert refused.value.code == "document_archived"
    documents.restore_document(document=rules, by=BY)
    assert told(desk, "en") == [(1, "en", "Walk.")]


def test_reading_many_documents_takes_as_many_questions_as_one(
    desk: Reception, rules: Document, django_assert_num_queries: object
) -> None:
    for number in range(4):
        more = documents.add_document(name=f"More {number}", by=BY)
        documents.publish_version(document=more, texts={"en": EN}, by=BY)
        desk.type.documents.add(more)
    with transaction.atomic(), django_assert_num_queries(2, connection=connection):  # type: ignore[operator]
        assert len(documents.texts_for(desk.type, "de")) == 5
