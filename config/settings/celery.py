"""Broker, limits and the timetable of beat."""

from typing import Any

from celery.schedules import crontab

from config.rooms import present
from config.settings import environment

VALKEY_URL = environment.text("SALLYPORT_VALKEY_URL", "redis://127.0.0.1:6379/0")

CELERY_BROKER_URL = VALKEY_URL
# Nobody waits for a result: what matters is in the database.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A dead broker must not hold a request: publishing gives up at once and the outbox tries again.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # What a worker has not answered for by then is handed out again: longer than a task may run. One that may
    # run longer stands being handed out twice.
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
}
# The tenant-aware schedulers send nothing to `public`, which is no company: every entry starts on the public
# schema, and `tenants.fan_out` sends the task on to each company.
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

# Frames have workers of their own, which take nothing else: docs/biometrics.md.
CELERY_TASK_ROUTES = {"biometrics.look": {"queue": "faces"}}

# Each entry names its room; a task that visits the companies itself runs once, from the public schema.
TIMETABLE: dict[str, dict[str, Any]] = {
    # Hints may be lost with Valkey; the sweep finds what they missed.
    "ledger.seal_marked": {"task": "ledger.seal_marked", "schedule": 2.0, "options": {"expires": 2}},
    "ledger.sweep": {"task": "ledger.sweep", "schedule": 30.0, "options": {"expires": 30}},
    "ledger.find_streams": {"task": "ledger.find_streams", "schedule": 5.0, "options": {"expires": 5}},
    "ledger.prune": {"task": "ledger.prune", "schedule": 86400.0},
    "access.refresh_profiles": {
        "task": "access.tasks.refresh_profiles",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "compliance.look_after_erasures": {
        "task": "tenants.fan_out",
        "args": ["compliance.look_after_erasures"],
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "visitors.expire": {
        "task": "tenants.fan_out",
        "args": ["visitors.expire"],
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "visitors.end_arrivals": {
        "task": "tenants.fan_out",
        "args": ["visitors.end_arrivals"],
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "visitors.close": {
        "task": "tenants.fan_out",
        "args": ["visitors.close"],
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "visitors.watch_ends": {
        "task": "tenants.fan_out",
        "args": ["visitors.watch_ends"],
        "schedule": crontab(hour="5", minute="10"),
    },
    "access.find_alarms": {
        "task": "access.tasks.find_alarms",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "access.empty_areas": {
        "task": "access.tasks.empty_areas",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "readers.watch": {"task": "readers.tasks.watch", "schedule": 15.0, "options": {"expires": 15}},
    "access.replay_decisions": {
        "task": "tenants.fan_out",
        "args": ["access.replay_decisions"],
        "schedule": crontab(hour="2", minute="40"),
    },
    "compliance.remind": {
        "task": "tenants.fan_out",
        "args": ["compliance.remind"],
        "schedule": crontab(minute="7"),
    },
    "compliance.sweep_requests": {
        "task": "tenants.fan_out",
        "args": ["compliance.sweep_requests"],
        "schedule": crontab(minute="37"),
    },
    "compliance.sweep_answers": {
        "task": "tenants.fan_out",
        "args": ["compliance.sweep_answers"],
        "schedule": crontab(minute="47"),
    },
    "biometrics.sweep": {
        "task": "tenants.fan_out",
        "args": ["biometrics.sweep"],
        "schedule": 3600.0,
    },
    # Once a night; the later hours take up what was cut.
    "compliance.retain": {
        "task": "tenants.fan_out",
        "args": ["compliance.retain"],
        "schedule": crontab(hour="1-4", minute="20"),
    },
    # For order's sake and so that the name is free again: an address that ended leads nowhere at once.
    "tenants.drop_ended_hosts": {"task": "tenants.drop_ended_hosts", "schedule": 3600.0},
    "operators.sweep": {"task": "tenants.fan_out", "args": ["operators.sweep"], "schedule": 3600.0},
    "vault.finish_destructions": {
        "task": "tenants.fan_out",
        "args": ["vault.finish_destructions"],
        "schedule": 3600.0,
    },
    "vault.rotate_keys": {"task": "tenants.fan_out", "args": ["vault.rotate_keys"], "schedule": 3600.0},
}
CELERY_BEAT_SCHEDULE = {
    name: entry for name, entry in TIMETABLE.items() if present(f"{name.partition('.')[0]}.tasks")
}
CELERY_TIMEZONE = "UTC"
