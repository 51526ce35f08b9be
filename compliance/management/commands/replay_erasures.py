"""`manage.py replay_erasures`: after a restore, before service, erase again who had been erased."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from compliance.services.replay import everybody_listed, replay
from tenants import context
from tenants.models import Company
from vault.erased_list import ListDamaged


class Command(BaseCommand):
    """May be run as often as one likes; where nothing came back it changes nothing."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Visit every company, suspended and closing ones too."""
        try:
            listed = everybody_listed()
        except ListDamaged as damaged:
            raise CommandError(
                f"{damaged}. Nothing may be served before somebody has looked at it."
            ) from None
        rows = Company.objects.prefetch_related("domains").order_by("id")
        persons = keys = 0
        for company in [row.ref() for row in rows]:
            with context.enter(company):
                done = replay(listed.get(UUID(bytes=company.uid), ()))
            if done.restored:
                came = f"{done.persons} persons, {done.keys} keys, {done.consents} consents had come back"
                self.stdout.write(f"{company.subdomain}: {came}")
            persons, keys = persons + done.persons, keys + done.keys
        self.stdout.write(f"Erased again: {persons} persons, {keys} keys.")
