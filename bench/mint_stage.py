"""The product's side of the bench: a company with phones. Django is set up."""

from django.core.management import call_command
from django.core.management.commands import migrate
from django.utils import timezone

from credentials.models import Device, DeviceState
from credentials.proofs import KEYID_PREFIX
from credentials.services import add_holder, set_code_policy
from sallyport.keys import P256Signer, thumbprint
from tenants import context
from tenants.services import sign_up

BY = "operator:bench"


def fill(phones: list[P256Signer]) -> list[str]:
    """Migrate, sign up one company, enrol the phones; their key ids."""
    call_command(migrate.Command(), database="keys", verbosity=0)
    call_command("migrate_companies", verbosity=0)
    company = sign_up(
        name="Bench",
        subdomain="bench",
        owner_name="Bea Bench",
        owner_email="bea@bench.example",
        password="correct horse battery staple",
    ).ref()
    with context.enter(company):
        set_code_policy(mint_interval=0, by=BY)
        thumbprints = [_enrol(number, key) for number, key in enumerate(phones, start=1)]
    return [KEYID_PREFIX + print_ for print_ in thumbprints]


def _enrol(number: int, key: P256Signer) -> str:
    return Device.objects.create(
        handle=number,
        holder=add_holder(name=f"Holder {number}", by=BY),
        public_key=key.public.raw,
        thumbprint=thumbprint(key.public),
        state=DeviceState.ACTIVE,
        enrolled_at=timezone.now(),
    ).thumbprint
