"""The demo's second factor: set one up for an operator, or say the code of this moment."""

import secrets
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from operators.selectors import confirmed_totp, operator_by_email
from operators.services.second_factor import SECRET_BYTES, enrol_totp, otpauth_uri
from tenants.context import enter
from tenants.models import Company


class Command(BaseCommand):
    help = "Demo only: print the otpauth address and the present code of an operator's authenticator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True)
        parser.add_argument("--email", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This runs in the demo only: a second factor is nobody else's business.")
        company = Company.objects.filter(subdomain=options["company"]).first()
        if company is None:
            raise CommandError("There is no such company.")
        with enter(company):
            operator = operator_by_email(options["email"])
            if operator is None:
                raise CommandError("There is no such operator.")
            device = confirmed_totp(operator) or enrol_totp(
                operator=operator, secret=secrets.token_bytes(SECRET_BYTES)
            )
            self.stdout.write(otpauth_uri(device, account=operator.email))
            self.stdout.write(device.code(now=time.time()))
