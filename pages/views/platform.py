"""The platform's own page: companies, their state, how far each schema has come. Never a company's people."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from operators.addresses import address
from operators.permissions import Permission, needs
from tenants.context import leave
from tenants.models import Company, Domain, SchemaState
from tenants.refs import CompanyKind
from tenants.schemas import company_fingerprint


@dataclass(frozen=True, slots=True)
class CompanyLine:
    """One company as the platform sees it."""

    company: Company
    address: str
    up_to_date: bool


@needs(Permission.PLATFORM)
@require_safe
def companies(request: HttpRequest) -> HttpResponse:
    """All companies."""
    with leave():
        wanted = company_fingerprint()
        states = dict(SchemaState.objects.values_list("schema_name", "fingerprint"))
        hosts = dict(Domain.objects.filter(is_primary=True).values_list("tenant_id", "domain"))
        found = [
            CompanyLine(
                company, address(hosts.get(company.pk, "")), states.get(company.schema_name) == wanted
            )
            for company in Company.objects.filter(kind=CompanyKind.COMPANY).order_by("name", "id")
        ]
    active = sum(1 for line in found if line.company.state == "ACTIVE")
    behind = sum(1 for line in found if not line.up_to_date)
    context = {"lines": found, "active": active, "behind": behind}
    return render(request, "pages/platform.html", context)
