"""A table that decisions might read, in a company of the test's own; raw connections beside Django's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from ledger.policy import touch_operations
from tenants import context

CREATE = "CREATE TABLE probe (id int PRIMARY KEY, handle int, state text NOT NULL DEFAULT '', seen int)"

Raw = psycopg.Connection[tuple[Any, ...]]


def make_probe(company: context.CompanyRef) -> None:
    """The table `probe` with the policy trigger on handle and state."""
    with context.enter(company), connection.cursor() as cursor:
        cursor.execute(CREATE)
        for operation in touch_operations("probe", "probe", "id", ["handle", "state"]):
            cursor.execute(str(operation.sql))
        cursor.execute("INSERT INTO probe (id) VALUES (1)")


@pytest.fixture
def probed(own_company: context.CompanyRef) -> Iterator[context.CompanyRef]:
    """A company of this test alone with the table `probe`, entered; everything commits."""
    make_probe(own_company)
    with context.enter(own_company) as ref:
        yield ref


@pytest.fixture
def raw(own_company: context.CompanyRef) -> Iterator[Callable[[], Raw]]:
    """Further connections to the company's schema, as other processes have them."""
    with ExitStack() as stack:

        def connect() -> Raw:
            settings = connection.settings_dict
            made = stack.enter_context(
                psycopg.connect(
                    host=settings["HOST"],
                    port=settings["PORT"],
                    user=settings["USER"],
                    password=settings["PASSWORD"],
                    dbname=settings["NAME"],
                )
            )
            made.execute(sql.SQL("SET search_path = {}, public").format(sql.Identifier(own_company.schema)))
            made.commit()
            return made

        yield connect
