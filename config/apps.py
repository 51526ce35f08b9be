"""The top floor as an app: commands that need all rooms."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    """No models; management commands only."""

    name = "config"
