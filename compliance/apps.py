"""The app."""

from importlib import import_module
from typing import Final

from django.apps import AppConfig

# What this room does when something is delivered: requests, answers, erasures, papers.
RECEIVERS: Final = ("receivers", "answers.receivers", "erasure_receivers", "paper_receivers")


class ComplianceConfig(AppConfig):
    name = "compliance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for name in RECEIVERS:
            import_module(f"compliance.{name}")
