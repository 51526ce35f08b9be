"""What the vault does in a company's life."""

from collections.abc import Mapping

from tenants.lifecycle import step
from tenants.refs import CompanyRef
from vault.services import create_company_keys


@step("created", "vault keys", order=10)
def make_keys(company: CompanyRef, facts: Mapping[str, str]) -> None:
    """Make the company's keys; nothing personal can be written before."""
    create_company_keys()
