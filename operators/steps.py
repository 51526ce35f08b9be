"""What operators do in a company's life."""

from collections.abc import Mapping
from typing import Any

from operators.models import Operator, Role
from operators.services import create_operator
from tenants.lifecycle import step
from tenants.refs import CompanyKind, CompanyRef


@step("created", "first operator", order=50, needs_facts=True)
def make_first_operator(company: CompanyRef, facts: Mapping[str, Any]) -> None:
    """The person who signed up owns the company; in the platform's own company, operates the platform."""
    if Operator.objects.exists():
        return
    create_operator(
        email=facts["owner_email"],
        name=facts["owner_name"],
        role=Role.PLATFORM if company.kind is CompanyKind.PLATFORM else Role.OWNER,
        password=facts["password"],
    )
