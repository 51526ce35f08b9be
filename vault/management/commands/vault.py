"""`manage.py vault rewrap|status`: move every company's key to the newest root key, and see how far it is."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants import context
from tenants.models import Company
from tenants.refs import CompanyRef
from vault.envelope import CannotOpen
from vault.keys import rewrap_company_key
from vault.models import TenantKey
from vault.rootkey import root_key
from vault.transit import RootKeyAway

EACH = 50  # companies between two lines of progress


class Command(BaseCommand):
    """Nothing that a company's key sealed is touched, and the old root key opens what is still under it."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser(
            "rewrap", help="wrap what is under an older root key under the newest; may be repeated"
        )
        verbs.add_parser("status", help="how many companies are under which root key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb over every company, suspended and closing ones too."""
        rows = Company.objects.prefetch_related("domains").order_by("id")
        companies = [company.ref() for company in rows]
        if options["verb"] == "rewrap":
            self._rewrap(companies)
        self._status(companies)

    def _rewrap(self, companies: list[CompanyRef]) -> None:
        failed: list[str] = []
        moved = 0
        for number, company in enumerate(companies, start=1):
            try:
                with context.enter(company):
                    moved += rewrap_company_key()
            except CannotOpen as error:
                failed.append(f"{company.subdomain} ({error})")
            except RootKeyAway as error:
                # Whoever comes next would meet the same; what is done stays done.
                self._status(companies)
                raise CommandError(f"Stopped: {error}. Run it again to go on.") from None
            if number % EACH == 0 or number == len(companies):
                self.stdout.write(f"{number} of {len(companies)} companies seen, {moved} moved")
        if failed:
            self._status(companies)
            raise CommandError(f"Not moved: {', '.join(failed)}. Keep the old root key.")

    def _status(self, companies: list[CompanyRef]) -> None:
        found: Counter[int] = Counter()
        for company in companies:
            with context.enter(company):
                found.update(TenantKey.objects.values_list("root_number", flat=True))
        newest = root_key().number
        for number, count in sorted(found.items()):
            note = "the newest" if number == newest else "still needed"
            self.stdout.write(f"root key {number}: {count} companies, {note}")
        if set(found) <= {newest}:
            self.stdout.write(f"Every company is under root key {newest}; older ones can go.")
