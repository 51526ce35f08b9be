"""An encrypted column: text in Python, ciphertext in PostgreSQL, bound to person, table, column and row."""

import uuid

import pytest
from django.core.exceptions import FieldError
from django.core.serializers import serialize
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from tenants import context
from tenants.refs import CompanyRef
from vault import caches, envelope, services
from vault.fields import ERASED, Ciphertext, SubjectErased
from vault.keystore.models import ErasedSubject, SubjectKey
from vault.models import Subject

from .models import Diary, Scrap

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tables(acme: CompanyRef, globex: CompanyRef) -> None:
    caches.drop()
    for company in (acme, globex):
        with context.enter(company), connection.schema_editor() as editor:
            editor.create_model(Diary)
            editor.create_model(Scrap)


def column(row: Diary, name: str = "page") -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM tests_of_vault_diary WHERE id = %s", [row.pk])
        found = cursor.fetchone()
    return bytes(found[0])


def put(row: Diary, sealed: bytes, name: str = "page") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE tests_of_vault_diary SET {name} = %s WHERE id = %s", [sealed, row.pk])


def write(page: str = "Dear diary", **values: object) -> Diary:
    return Diary.objects.create(subject=services.create_subject(), page=page, **values)


def test_there_and_back(in_acme: CompanyRef) -> None:
    row = write("Grüße, Henri ☕")
    assert row.page == "Grüße, Henri ☕"
    assert b"Henri" not in column(row)
    caches.drop()
    read = Diary.objects.get(pk=row.pk)
    assert read.page == "Grüße, Henri ☕"
    assert read.note is None
    read.page = "changed"
    read.note = ""
    read.save()
    again = Diary.objects.get(pk=row.pk)
    assert (again.page, again.note) == ("changed", "")


def test_saving_what_was_only_read_keeps_it(in_acme: CompanyRef) -> None:
    row = write()
    before = column(row)
    read = Diary.objects.get(pk=row.pk)
    read.save()
    assert column(row) == before
    assert read.page == "Dear diary"
    read.save(update_fields=["page"])
    assert Diary.objects.get(pk=row.pk).page == "Dear diary"


def test_deferred_values_refreshing_and_bulk_create(in_acme: CompanyRef) -> None:
    row = write()
    assert Diary.objects.defer("page").get(pk=row.pk).page == "Dear diary"
    row.page = "forgotten"
    row.refresh_from_db()
    assert row.page == "Dear diary"
    person = services.create_subject()
    made = Diary.objects.bulk_create([Diary(subject=person, page=f"p{n}") for n in range(3)])
    assert {d.page for d in Diary.objects.filter(pk__in=[m.pk for m in made])} == {"p0", "p1", "p2"}


def test_nothing_writes_past_the_row(in_acme: CompanyRef) -> None:
    row = write()
    with pytest.raises(FieldError):
        Diary.objects.update(page="for everybody")
    row.page = "x"
    with pytest.raises(FieldError):
        Diary.objects.bulk_update([row], ["page"])
    row.page = 7  # type: ignore[assignment]
    with pytest.raises(TypeError):
        row.save()


@pytest.mark.parametrize("lookup", ["page", "page__exact", "page__contains", "page__in", "page__gt"])
def test_nothing_searches_it(in_acme: CompanyRef, lookup: str) -> None:
    with pytest.raises(FieldError):
        Diary.objects.filter(**{lookup: "Dear diary"})


def test_but_whether_there_is_something_can_be_asked(in_acme: CompanyRef) -> None:
    write()
    assert Diary.objects.filter(note__isnull=True).count() == 1


def test_it_is_not_serialised(in_acme: CompanyRef) -> None:
    write()
    with pytest.raises(TypeError):
        serialize("json", Diary.objects.all())


def test_ciphertext_moved_to_another_row_column_or_person_does_not_open(in_acme: CompanyRef) -> None:
    person = services.create_subject()
    one = Diary.objects.create(subject=person, page="one", note="n")
    two = Diary.objects.create(subject=person, page="two", note="m")
    stranger = write("three")
    kept = column(two)
    for sealed in (column(one), column(one, "note"), column(two, "note"), column(stranger)):
        put(two, sealed)
        with pytest.raises(envelope.CannotOpen):
            _ = Diary.objects.get(pk=two.pk).page
    put(two, kept)
    assert Diary.objects.get(pk=two.pk).page == "two"


def test_ciphertext_moved_to_another_company_does_not_open(acme: CompanyRef, globex: CompanyRef) -> None:
    with context.enter(acme):
        row = write("acme's")
        sealed, person, pk = column(row), row.subject.id, row.pk
    with context.enter(globex):
        Subject.objects.create(pk=person)
        copy = Diary(pk=pk, subject_id=person, page="x")
        copy.__dict__["page"] = Ciphertext(sealed)
        copy.save()
        # The key row names its company, so globex does not even find it.
        assert Diary.objects.get(pk=pk).page == ERASED


def test_erasing_a_person(in_acme: CompanyRef, django_capture_on_commit_callbacks: object) -> None:
    row, other = write("to be forgotten"), write("to stay")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        services.destroy_subject_key(row.subject)
        # Until the commit nothing is lost: the transaction may still fail.
        assert SubjectKey.objects.filter(subject=row.subject.id).exists()
    assert not SubjectKey.objects.filter(subject=row.subject.id).exists()
    assert ErasedSubject.objects.filter(subject=row.subject.id).exists()
    read = Diary.objects.get(pk=row.pk)
    assert read.subject.destroyed_at is not None
    assert read.page == ERASED
    assert Diary.objects.get(pk=other.pk).page == "to stay"
    read.page = "again"
    with pytest.raises(SubjectErased):
        read.save()
    with pytest.raises(envelope.CannotOpen):
        services.subject_seal(row.subject.id, b"x", place="p")
    assert services.subject_open(row.subject.id, b"x", place="p") is None


def test_an_erasure_cut_after_its_commit_is_finished(in_acme: CompanyRef) -> None:
    row = write()
    services.destroy_subject_key(row.subject)  # its on_commit never runs here, as after a crash
    assert SubjectKey.objects.filter(subject=row.subject.id).exists()
    assert services.finish_destructions() == 1
    assert services.finish_destructions() == 0
    assert Diary.objects.get(pk=row.pk).page == ERASED


def test_a_person_seals_bytes_too(in_acme: CompanyRef) -> None:
    person = services.create_subject().id
    sealed = services.subject_seal(person, b"payload", place="ledger:1")
    assert services.subject_open(person, sealed, place="ledger:1") == b"payload"
    with pytest.raises(envelope.CannotOpen):
        services.subject_open(person, sealed, place="ledger:2")


def test_a_person_over_another_row(in_acme: CompanyRef) -> None:
    scrap = Scrap.objects.create(diary=write(), words="scribble")
    caches.drop()
    assert Scrap.objects.get(pk=scrap.pk).words == "scribble"


def test_a_row_needs_a_person(in_acme: CompanyRef) -> None:
    with pytest.raises(FieldError):
        Diary(pk=uuid.uuid4(), page="x").save()


def test_a_list_asks_for_its_keys_once(in_acme: CompanyRef) -> None:
    for number in range(20):
        write(f"page {number}")
    caches.drop()
    with CaptureQueriesContext(connections["keys"]) as seen:
        pages = {row.page for row in Diary.objects.all()}
    assert len(pages) == 20
    assert len(seen) == 1


def test_keys_and_data_are_in_databases_apart(in_acme: CompanyRef) -> None:
    def tables(alias: str) -> set[str]:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname !~ '^pg_|^information_schema'")
            return {row[0] for row in cursor.fetchall()}

    ours = {"keystore_subjectkey", "keystore_erasedsubject", "keystore_takenback"}
    assert tables("keys") <= ours | {"django_migrations"}
    assert not any(table.startswith("keystore") for table in tables("default"))
