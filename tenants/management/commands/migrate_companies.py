"""Brings the keys, the public schema, the template and every company up to date."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants import migrating


class Command(BaseCommand):
    help = "Migrate keys, public schema, template and all companies; pass over what is up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--jobs", type=int, default=migrating.default_jobs(), help="companies at a time")

    def handle(self, *args: Any, jobs: int, verbosity: int, **options: Any) -> None:
        started = time.monotonic()

        def say(line: str) -> None:
            if verbosity:
                self.stdout.write(f"[{time.monotonic() - started:6.2f} s] {line}")

        failed = migrating.run(jobs=max(1, jobs), say=say)
        if failed:
            first, why = next(iter(failed.items()))
            raise CommandError(f"{len(failed)} companies not migrated; {first}: {why}. Run it again.")
