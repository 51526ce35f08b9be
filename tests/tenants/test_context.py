"""No company, no query; and no query or row of one company under another."""

import threading

import pytest
from django.db import connection

from tenants import context
from tenants.models import Company
from tenants.refs import CompanyRef, ForeignRow, NoCompany
from vault.models import Subject

pytestmark = pytest.mark.django_db


def test_there_is_no_company_to_begin_with() -> None:
    assert context.current_or_none() is None
    with pytest.raises(NoCompany):
        context.current()


def test_entering_and_leaving(acme: CompanyRef, globex: CompanyRef) -> None:
    with context.enter(acme):
        assert context.current() == acme
        with context.enter(globex):
            assert context.current() == globex
            with context.leave():
                assert context.current_or_none() is None
            assert context.current() == globex
        assert context.current() == acme
    assert context.current_or_none() is None


def test_the_former_company_comes_back_after_an_exception(acme: CompanyRef) -> None:
    with pytest.raises(ZeroDivisionError), context.enter(acme):
        raise ZeroDivisionError
    assert context.current_or_none() is None


def test_a_company_entered_by_row_or_by_bare_schema_name_is_the_registered_one(acme: CompanyRef) -> None:
    # As tenant-schemas-celery enters it.
    connection.set_tenant(Company.objects.get(pk=acme.id))  # type: ignore[attr-defined]
    assert context.current() == acme
    connection.set_schema(acme.schema)  # type: ignore[attr-defined]
    assert context.current() == acme
    connection.set_schema("c_00000000000000000000000000000000")  # type: ignore[attr-defined]
    with pytest.raises(NoCompany):
        context.current()
    connection.set_schema("template")  # type: ignore[attr-defined]
    with pytest.raises(NoCompany):
        context.current()
    connection.set_schema_to_public()  # type: ignore[attr-defined]


def test_another_thread_has_no_company(in_acme: CompanyRef) -> None:
    seen: list[object] = []
    thread = threading.Thread(target=lambda: seen.append(context.current_or_none()))
    thread.start()
    thread.join()
    assert seen == [None]


def test_managers_raise_without_a_company() -> None:
    with pytest.raises(NoCompany):
        Subject.objects.all()
    with pytest.raises(NoCompany):
        Subject().save()
    with pytest.raises(NoCompany):
        Subject._base_manager.all()


def test_a_lazy_query_does_not_reach_into_another_company(acme: CompanyRef, globex: CompanyRef) -> None:
    with context.enter(acme):
        Subject.objects.create()
        query = Subject.objects.all()
        assert query.count() > 0
    with context.enter(globex):
        for evaluate in (
            list,
            len,
            bool,
            lambda q: q.count(),
            lambda q: q.filter(pk=None),
            lambda q: q.update(),
        ):
            with pytest.raises(ForeignRow):
                evaluate(query)
    with pytest.raises(ForeignRow):
        list(query)


def test_a_row_is_not_saved_or_deleted_in_another_company(acme: CompanyRef, globex: CompanyRef) -> None:
    with context.enter(acme):
        made = Subject.objects.create()
        read = Subject.objects.get(pk=made.pk)
    with context.enter(globex):
        for row in (made, read):
            with pytest.raises(ForeignRow):
                row.save()
            with pytest.raises(ForeignRow):
                row.delete()
            with pytest.raises(ForeignRow):
                row.refresh_from_db()
        assert not Subject.objects.filter(pk=made.pk).exists()
