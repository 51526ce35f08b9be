"""A task runs for the company whose schema it carries, and for no other."""

from typing import Any

import pytest
from celery import shared_task

from config.celery import app
from tenants import celery as company_tasks
from tenants import context
from tenants.models import Company
from tenants.refs import CompanyRef, CompanyState, NoCompany

pytestmark = pytest.mark.django_db
seen: list[int | None] = []


@shared_task(name="tests.where")
def where() -> int | None:
    company = context.current_or_none()
    seen.append(company.id if company else None)
    return seen[-1]


@shared_task(name="tests.needy")
@company_tasks.needs_company
def needy() -> int:
    return context.current().id


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Messages as they would lie in the broker: (task, schema)."""
    messages: list[Any] = []

    def send(self: Any, name: str, *args: Any, **kwargs: Any) -> None:
        messages.append((name, (kwargs.get("headers") or {}).get("_schema_name")))

    monkeypatch.setattr("celery.app.base.Celery.send_task", send)
    seen.clear()
    return messages


def test_a_task_carries_its_company(acme: CompanyRef, globex: CompanyRef) -> None:
    with context.enter(acme):
        assert where.apply().get() == acme.id
        with context.enter(globex):
            assert where.apply().get() == globex.id
        assert context.current() == acme
    assert where.apply().get() is None


def test_the_company_travels_in_the_message(acme: CompanyRef, sent: list[Any]) -> None:
    with context.enter(acme):
        where.delay()
    where.delay()
    assert sent == [("tests.where", acme.schema), ("tests.where", "public")]


def test_the_worker_enters_what_the_message_says(acme: CompanyRef) -> None:
    assert where.apply(headers={"_schema_name": acme.schema}).get() == acme.id
    assert context.current_or_none() is None


def test_a_company_that_is_not_there_is_not_the_public_one(acme: CompanyRef) -> None:
    with pytest.raises(Exception, match=r"does not exist|no company"):
        needy.apply(headers={"_schema_name": "c_" + "0" * 32}).get()
    with pytest.raises(NoCompany):
        needy.apply().get()


def test_once_for_each_active_company(acme: CompanyRef, globex: CompanyRef, sent: list[Any]) -> None:
    Company.objects.filter(pk=globex.id).update(state=CompanyState.SUSPENDED)
    app.tasks["tenants.fan_out"].apply(args=("tests.where",))
    schemas = [schema for name, schema in sent if name == "tests.where"]
    assert acme.schema in schemas
    assert globex.schema not in schemas
    assert len(schemas) == len(set(schemas)) == Company.objects.filter(state=CompanyState.ACTIVE).count()
    assert context.current_or_none() is None


def test_cache_keys_begin_with_the_company(acme: CompanyRef) -> None:
    from django.core.cache import cache

    with context.enter(acme):
        assert cache.make_key("x").startswith(f"{acme.id}:")
        cache.set("shared-word", "acme's")
    assert cache.make_key("x").startswith("0:")
    assert cache.get("shared-word") is None
