"""Add an operator from the command line: the platform's own are added so."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operators.models import Role
from operators.refusals import OperatorRefused
from operators.services import create_operator
from tenants.context import enter
from tenants.models import Company


class Command(BaseCommand):
    help = "Add an operator to a company; a link to set a password is mailed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, help="subdomain, e.g. acme or platform")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)

    def handle(self, *args: Any, **options: Any) -> None:
        company = Company.objects.filter(subdomain=options["company"]).first()
        if company is None:
            raise CommandError("There is no such company.")
        with enter(company):
            try:
                create_operator(email=options["email"], name=options["name"], role=options["role"])
            except OperatorRefused as refused:
                raise CommandError(refused.text) from None
        self.stdout.write("The mail is on its way.")
