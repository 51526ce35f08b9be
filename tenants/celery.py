"""Tasks and companies: a task runs for the company of its schema header, beat starts one task per company."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from celery import Task, current_app, shared_task

from tenants import context
from tenants.models import Company
from tenants.refs import CompanyRef, CompanyState

P = ParamSpec("P")
R = TypeVar("R")


def active_companies() -> Iterator[CompanyRef]:
    """Every active company, by id."""
    rows = Company.objects.filter(state=CompanyState.ACTIVE).prefetch_related("domains").order_by("id")
    for company in rows.iterator(chunk_size=500):
        yield company.ref()


def for_each_company(task: "Task[Any, Any]", *args: object) -> int:
    """Send the task once for each active company; the schema travels in its header. Returns how many."""
    sent = 0
    for company in active_companies():
        with context.enter(company):
            task.apply_async(args=args)
        sent += 1
    return sent


@shared_task(name="tenants.fan_out")
def fan_out(task_name: str) -> int:
    """What beat sends: the named task, once for each active company."""
    return for_each_company(current_app.tasks[task_name])


def needs_company(fn: Callable[P, R]) -> Callable[P, R]:
    """For a task's function: raises NoCompany instead of running on the public schema."""

    @wraps(fn)
    def held(*args: P.args, **kwargs: P.kwargs) -> R:
        context.current()
        return fn(*args, **kwargs)

    return held
