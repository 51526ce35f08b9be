"""Settings, routes and entry points. The top floor: imports every room, imported by none."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
