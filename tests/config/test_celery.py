"""No task is handed to a second worker while the first may still be at it."""

from django.conf import settings

from config.celery import app
from ledger.tasks import ASK_AGAIN_SECONDS

# May run longer than the broker waits: tests/ledger/test_verifications.py has two workers at one of these.
STAND_BEING_HANDED_OUT_TWICE = {"ledger.verify"}


def test_the_broker_waits_longer_than_a_task_may_run() -> None:
    app.loader.import_default_modules()
    limits = {
        name: task.time_limit or settings.CELERY_TASK_TIME_LIMIT
        for name, task in app.tasks.items()
        if not name.startswith("celery.")
    }
    assert {"ledger.verify", "ledger.deliver", "operators.sweep"} <= set(limits)
    patience = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert {name for name, limit in limits.items() if limit >= patience} == STAND_BEING_HANDED_OUT_TWICE
    assert patience > ASK_AGAIN_SECONDS, "a task that waits is handed out again too"


# What must happen by itself, and the longest that may lie between two times, in seconds. Written out by hand.
BY_ITSELF = {
    "ledger.seal_marked": 5,
    "ledger.sweep": 60,
    "ledger.prune": 86_400,
    "access.tasks.refresh_profiles": 60,
    "access.tasks.find_alarms": 15,
    "tenants.drop_ended_hosts": 3600,
    "operators.sweep": 3600,
    "visitors.close": 60,
    "visitors.expire": 60,
    "vault.finish_destructions": 3600,
    "vault.rotate_keys": 3600,
}


def test_what_must_happen_by_itself_stands_in_the_timetable() -> None:
    planned = {
        (entry.get("args") or [entry["task"]])[0]: entry["schedule"]
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }
    late = {name for name, longest in BY_ITSELF.items() if planned.get(name, longest + 1) > longest}
    assert not late
    app.loader.import_default_modules()
    assert set(planned) <= set(app.tasks)
