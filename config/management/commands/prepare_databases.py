"""`manage.py prepare_databases`: both databases, the shared schema, the template and every company."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.management.commands import migrate


class Command(BaseCommand):
    """Runs at every deployment; does nothing where everything is up to date."""

    help = "Bring the keys' database, the shared schema and all companies to the state of this code."

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate the keys first: companies need them."""
        verbosity = options["verbosity"]
        # django-tenants replaces the command `migrate`; the keys are in a plain database.
        call_command(migrate.Command(), database="keys", verbosity=verbosity)
        call_command("migrate_companies", verbosity=verbosity)
