"""The top floor as an app: commands that need all rooms, and the names in the API's description."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

# What every room may tell the house about what it holds: vault.holdings, tenants.keeping, tenants.data_map,
# vault.affected, vault.facts.
TOLD = ("finding", "correcting", "exporting", "erasing", "keeping", "data_map", "affected", "facts")


class HouseConfig(AppConfig):
    """No models."""

    name = "config"

    def ready(self) -> None:
        """Register how callers of the API prove themselves; load what rooms tell of what they hold."""
        import_module("config.openapi")
        autodiscover_modules(*TOLD)
