"""The suite's own ground: two databases, two companies, nothing that stays."""

import pytest
from django.db import connection, connections

from tenants.context import CompanyRef
from tenants.models import Company


@pytest.mark.django_db
def test_both_databases_answer() -> None:
    for alias in ("default", "keys"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_database()")
            assert cursor.fetchone()[0].startswith("test_")


def test_two_companies_with_schemas_of_their_own(acme: CompanyRef, globex: CompanyRef) -> None:
    assert acme.schema != globex.schema
    assert set(Company.objects.values_list("subdomain", flat=True)) == {"acme", "globex", "platform"}


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_changes_is_rolled_back(turn: int, acme: CompanyRef) -> None:
    assert Company.objects.get(pk=acme.id).name == "Acme"
    Company.objects.filter(pk=acme.id).update(name=f"Changed {turn}")


def test_acme_is_entered(in_acme: CompanyRef) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        assert cursor.fetchone()[0] == in_acme.schema


def test_an_own_company_comes_and_goes(own_company: CompanyRef) -> None:
    assert Company.objects.filter(pk=own_company.id).exists()
