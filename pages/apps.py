"""The pages app."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Templates, template tags and views over all rooms."""

    name = "pages"
