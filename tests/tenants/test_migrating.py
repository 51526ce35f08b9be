"""Migrations per schema: what stands costs nothing, what failed is resumed, nobody is left out."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tenants import context, lifecycle, migrating
from tenants.models import Company, SchemaState, StepDone
from tenants.refs import CompanyRef
from tenants.schemas import fingerprint
from tests import cast


@pytest.fixture
def companies(django_db_setup: None, django_db_blocker: object) -> Iterator[list[Company]]:
    """Five committed companies of this test alone."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        made = [cast.sign_up_fresh() for _ in range(5)]
        yield made
        connections["default"].set_schema_to_public()  # type: ignore[attr-defined]
        for company in made:
            cast.remove(company)
        connections.close_all()


def run(**options: int) -> str:
    out = StringIO()
    call_command("migrate_companies", stdout=out, **options)
    return out.getvalue()


def stale(*companies: Company) -> None:
    """As if a release had come whose migration of the sessions is not there yet."""
    for company in companies:
        with context.enter(company), connections["default"].cursor() as cursor:
            cursor.execute("DROP TABLE django_session")
            cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        SchemaState.objects.filter(schema_name=company.schema_name).update(fingerprint="old")


def usable(company: Company) -> bool:
    with context.enter(company):
        return Session.objects.count() == 0


def test_nothing_to_do_is_cheap_whatever_the_number(companies: list[Company]) -> None:
    with CaptureQueriesContext(connections["default"]) as seen:
        said = run()
    assert "public: up to date" in said
    assert "template: up to date" in said
    assert "companies: up to date" in said
    assert len(seen) <= 16


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_every_stale_company_is_migrated_and_no_other(companies: list[Company], jobs: int) -> None:
    stale(*companies[:4])
    said = run(jobs=jobs)
    assert "companies: 4 of 4" in said
    assert companies[4].schema_name not in said
    assert all(usable(company) for company in companies[:4])
    assert migrating.stale_companies() == []


def test_one_failure_stops_nobody_else_and_is_taken_up_again(companies: list[Company]) -> None:
    broken, sound = companies[0], companies[1]
    stale(broken, sound)
    with context.enter(broken), connections["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE django_session (in_the_way int)")
    with pytest.raises(CommandError, match="1 companies not migrated"):
        run(jobs=1)
    assert usable(sound)
    assert migrating.stale_companies() == [broken.schema_name]
    with context.enter(broken), connections["default"].cursor() as cursor:
        cursor.execute("DROP TABLE django_session")
    assert "companies: 1 of 1" in run(jobs=1)
    assert usable(broken)


def test_steps_of_a_later_release_are_caught_up(
    companies: list[Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[int] = []

    def step(company: CompanyRef, facts: object) -> None:
        ran.append(company.id)

    late = lifecycle.Step("created", "a later release", 999, step)
    monkeypatch.setitem(lifecycle._steps, ("created", late.name), late)
    run()
    run()
    assert {c.id for c in companies} <= set(ran)
    assert len(ran) == len(set(ran))
    StepDone.objects.filter(name=late.name).delete()


def test_the_fingerprint_names_every_migration_of_a_company() -> None:
    assert fingerprint(("vault",)) != fingerprint(("vault", "ledger"))
    assert fingerprint(("vault",)) == fingerprint(("vault",))
