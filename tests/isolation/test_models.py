"""Every company-owned model: no company, no query; rows of one company are in no other's tables."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from psycopg import sql

from tenants import context
from tenants.models import TenantModel
from tenants.querysets import TenantManager
from tenants.refs import CompanyRef, NoCompany
from tests.isolation import house

MODELS = house.company_models()
IDS = [model._meta.label for model in MODELS]
# The platform's own registry: the only tables of ours that companies share.
SHARED = {"Company", "Domain", "KeyNumber", "StepDone", "SchemaState"}

every_model = pytest.mark.parametrize("model", MODELS, ids=IDS)


def test_the_lists_are_not_empty() -> None:
    assert len(MODELS) > 10
    assert {m.__name__ for m in apps.get_app_config("tenants").get_models()} == SHARED


@every_model
def test_it_is_a_companys(model: type[models.Model]) -> None:
    assert issubclass(model, TenantModel)
    for manager in [*model._meta.managers, model._base_manager, model._default_manager]:
        assert isinstance(manager, TenantManager), f"inherit TenantModel.Meta: {model._meta.label}"


@every_model
def test_no_key_leads_out_of_the_company(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            assert field.related_model._meta.app_label not in {"tenants", "keystore"}


@every_model
@pytest.mark.django_db
def test_without_a_company_there_is_no_query(model: type[models.Model]) -> None:
    for manager in [*model._meta.managers, model._base_manager]:
        for ask in ("all", "count", "first", "exists", "get_queryset"):
            with pytest.raises(NoCompany):
                getattr(manager, ask)()
    with pytest.raises(NoCompany):
        model().save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f'public."{model._meta.db_table}"'])
        assert cursor.fetchone() == (None,), "a company's table in the public schema"


# A value of each type; what a column's length cuts off does not matter.
VALUES: dict[str, Any] = {
    "integer": 32000,
    "bigint": 32000,
    "smallint": 32000,
    "boolean": True,
    "uuid": "0f0f0f0f-0000-4000-8000-0f0f0f0f0f0f",
    "bytea": b"\x07",
    "jsonb": "{}",
    "timestamp with time zone": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "time without time zone": "03:04",
    "inet": "192.0.2.1",
    "double precision": 1.5,
    "numeric": 1,
    "interval": "1 day",
    "ARRAY": "{}",
}


def plant(table: str, schema: str) -> None:
    """Put one row into a table, whatever it refers to: references, checks and triggers are off."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT column_name, data_type FROM information_schema.columns
               WHERE table_schema = %s AND table_name = %s AND is_generated = 'NEVER'""",
            [schema, table],
        )
        columns = dict(cursor.fetchall())
        cursor.execute(
            """SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass""",
            [f'"{schema}"."{table}"'],
        )
        where = sql.Identifier(schema, table)
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(where, sql.Identifier(name)))
        values = [VALUES.get(kind, "x") for kind in columns.values()]
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                where,
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
            ),
            values,
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def keys_of(model: type[models.Model]) -> set[Any]:
    # An order by another table would join it, and the planted row refers to nothing.
    return set(model._base_manager.order_by().values_list("pk", flat=True))


@every_model
@pytest.mark.django_db
def test_a_row_of_acme_is_not_in_globex(
    acme: CompanyRef, globex: CompanyRef, model: type[models.Model]
) -> None:
    with context.enter(acme):
        acme_before = keys_of(model)
    with context.enter(globex):
        globex_before = keys_of(model)
    plant(model._meta.db_table, acme.schema)
    with context.enter(acme):
        planted = keys_of(model) - acme_before
        assert len(planted) == 1
        [key] = planted
        query = model._base_manager.filter(pk=key)
        assert query.exists()
    with context.enter(globex):
        assert keys_of(model) == globex_before
        assert not model._base_manager.filter(pk=key).exists()
        # With the public schema further down its path, a table missing here would be looked for there.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT %s::regclass = %s::regclass",
                [f'"{model._meta.db_table}"', f'"{globex.schema}"."{model._meta.db_table}"'],
            )
            assert cursor.fetchone() == (True,)
