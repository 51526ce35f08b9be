"""The Celery application. Every task carries the schema of its company (tenant-schemas-celery)."""

import os

from tenant_schemas_celery.app import CeleryApp

from config import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

broker.install()
app = CeleryApp("sallyport")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
