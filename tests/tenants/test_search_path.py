"""SET is sent once per company and connection, and again whenever PostgreSQL has forgotten it."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tenants import context
from tenants.refs import CompanyRef
from vault.models import Subject


def where() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        row = cursor.fetchone()
        return str(row[0])


def look_and_fail(company: CompanyRef) -> None:
    assert where() == company.schema
    raise ZeroDivisionError


@pytest.mark.django_db
def test_set_is_sent_once(acme: CompanyRef) -> None:
    with context.enter(acme), CaptureQueriesContext(connection) as seen:
        for _ in range(5):
            Subject.objects.count()
    assert sum("SET search_path" in q["sql"] for q in seen.captured_queries) == 1


@pytest.mark.usefixtures("own_company")
class TestAgain:
    """Outside a test's transaction, so that rollbacks are real. Nothing is written."""

    def test_after_a_rollback_of_the_transaction_that_set_it(self, own_company: CompanyRef) -> None:
        with context.enter(own_company):
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                look_and_fail(own_company)
            assert where() == own_company.schema

    def test_after_a_savepoint_was_rolled_back(self, own_company: CompanyRef) -> None:
        with transaction.atomic():
            assert where() == "public"
            with context.enter(own_company):
                with pytest.raises(ZeroDivisionError), transaction.atomic():
                    look_and_fail(own_company)
                assert where() == own_company.schema
            assert where() == "public"

    def test_after_a_statement_failed(self, own_company: CompanyRef) -> None:
        with context.enter(own_company):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
            assert where() == own_company.schema

    def test_after_the_connection_was_lost(self, own_company: CompanyRef) -> None:
        with context.enter(own_company):
            assert where() == own_company.schema
            connection.close()
            assert where() == own_company.schema

    def test_public_is_set_too(self, own_company: CompanyRef) -> None:
        with context.enter(own_company):
            assert where() == own_company.schema
        assert where() == "public"
