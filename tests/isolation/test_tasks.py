"""Every Celery task and every entry of beat: a message carries its company, and none works without one."""

import inspect
from typing import Any

import pytest
from django.conf import settings
from tenant_schemas_celery.task import TenantTask

from config.celery import app
from tenants import context
from tenants.refs import CompanyRef, NoCompany
from tests.isolation import house

TASKS = house.tasks()
pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None]]:
    """What would go to the broker: task and schema."""
    messages: list[tuple[str, str | None]] = []

    def send(self: Any, name: str, *args: Any, **options: Any) -> None:
        messages.append((name, (options.get("headers") or {}).get("_schema_name")))

    original = app.send_task

    def through(name: str, *args: Any, **options: Any) -> Any:
        return original(name, *args, **options)

    monkeypatch.setattr("celery.app.base.Celery.send_task", send)
    monkeypatch.setattr(app, "send_task", through, raising=False)
    return messages


def arguments(name: str) -> list[int]:
    """As many as the task must be given."""
    parameters = inspect.signature(app.tasks[name].run).parameters.values()
    return [0 for p in parameters if p.default is p.empty]


def test_there_are_tasks() -> None:
    assert "tenants.fan_out" in TASKS
    assert len(TASKS) > 3


@pytest.mark.parametrize("name", TASKS)
def test_it_carries_the_schema(acme: CompanyRef, sent: list[tuple[str, str | None]], name: str) -> None:
    task = app.tasks[name]
    assert isinstance(task, TenantTask)
    with context.enter(acme):
        task.apply_async(args=tuple(arguments(name)))
    assert [schema for sent_name, schema in sent] == [acme.schema]


@pytest.mark.parametrize("name", [name for name in TASKS if not arguments(name)])
def test_without_a_company_it_only_visits_companies(
    acme: CompanyRef, sent: list[tuple[str, str | None]], name: str
) -> None:
    try:
        app.tasks[name].run()
    except NoCompany:
        return
    assert context.current_or_none() is None
    assert all(schema is None or schema.startswith("c_") or task in TASKS for task, schema in sent)


@pytest.mark.parametrize("name", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_beat_knows_its_tasks(name: str) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    assert entry["task"] in TASKS
    if entry["task"] == "tenants.fan_out":
        assert entry["args"][0] in TASKS
    # The public schema is no company: an entry for it would be sent to nobody.
    assert "tenant_schemas" not in entry


def test_beat_starts_on_the_public_schema() -> None:
    assert settings.CELERY_BEAT_SCHEDULER == "django_celery_beat.schedulers:DatabaseScheduler"
    assert context.current_or_none() is None


def test_arguments_are_ids_only() -> None:
    """What lies in the broker names nobody: a task takes integers and opaque ids."""
    allowed = {"int", "str", "UUID", "list[int]", "list[str]"}
    for name in TASKS:
        for parameter in inspect.signature(app.tasks[name].run).parameters.values():
            kind = parameter.annotation
            spelled = kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind))
            assert spelled in allowed, f"{name}({parameter})"
            assert not {"name", "email", "code", "password", "address"} & {parameter.name}, name
