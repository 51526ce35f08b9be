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
