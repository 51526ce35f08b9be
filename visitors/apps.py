"""The app."""

from importlib import import_module
from typing import Final

from django.apps import AppConfig

# What this room does when something is delivered or announced from below.
RECEIVERS: Final = (
    "invitation_receivers",
    "host_receivers",
    "watch_receivers",
    "type_receivers",
    "desk_receivers",
    "arrival_receivers",
    "holder_receivers",
)


class VisitorsConfig(AppConfig):
    name = "visitors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for name in RECEIVERS:
            import_module(f"visitors.{name}")
