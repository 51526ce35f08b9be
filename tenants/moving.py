"""A company takes another subdomain; the former one leads on for a while and is nobody else's."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenants import subdomains
from tenants.models import Company, Domain
from tenants.refs import CompanyKind
from tenants.services import SignUpRefused, check_subdomain, hosts_changed

FORMER_FOR: Final = dt.timedelta(days=30)
# Each holds a name back from others: whoever moves again and again must not collect them.
MOST_FORMER: Final = 3


@dataclass(frozen=True, slots=True)
class Moved:
    """From which host to which, and until when the former one leads on."""

    former: str
    host: str
    ends_at: dt.datetime


def check_move(company_id: int, raw: str) -> str:
    """The subdomain as this company would take it. Raises SignUpRefused, as sign-up does."""
    company = Company.objects.get(pk=company_id)
    name = check_subdomain(raw, own=company_id)
    if company.kind != CompanyKind.COMPANY:
        raise SignUpRefused("reserved", "The platform's own address stays as it is.", field="subdomain")
    if name == company.subdomain:
        raise SignUpRefused("same", "This is your address already.", field="subdomain")
    former = Domain.objects.filter(tenant=company, ends_at__isnull=False)
    if former.exclude(domain=host_of(name)).count() >= MOST_FORMER:
        text = f"You have left {MOST_FORMER} addresses lately. Wait until the first of them ends."
        raise SignUpRefused("moved_lately", text, field="subdomain")
    return name


@transaction.atomic
def change_subdomain(company_id: int, raw: str) -> Moved:
    """Give the company another subdomain. Raises SignUpRefused.

    Where its main address is one of its own (an address in a local network), that stays the main one.
    """
    # Two moves at once would each leave a main address of its own.
    company = Company.objects.select_for_update().get(pk=company_id)
    name = check_move(company_id, raw)
    moved = Moved(host_of(company.subdomain), host_of(name), timezone.now() + FORMER_FOR)
    primary = not company.domains.filter(is_primary=True).exclude(domain=moved.former).exists()
    try:
        # Whoever takes the name at the same moment meets us at the unique host or skeleton.
        with transaction.atomic():
            company.subdomain, company.skeleton = name, subdomains.skeleton(name)
            company.save(update_fields=["subdomain", "skeleton"])
            company.domains.filter(domain=moved.former).update(is_primary=False, ends_at=moved.ends_at)
            company.domains.update_or_create(
                domain=moved.host, defaults={"is_primary": primary, "ends_at": None}
            )
    except IntegrityError:
        raise SignUpRefused(
            "taken", "Another company has this address. Choose another.", field="subdomain"
        ) from None
    transaction.on_commit(hosts_changed)
    return moved


def drop_ended_hosts() -> int:
    """Give former addresses free that have ended; returns how many."""
    ended, _ = Domain.objects.filter(is_primary=False, ends_at__lte=timezone.now()).delete()
    if ended:
        hosts_changed()
    return ended


def host_of(subdomain: str) -> str:
    """The host of a subdomain."""
    return f"{subdomain}.{settings.BASE_DOMAIN}"
