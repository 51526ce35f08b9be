"""What the ledger does in a company's life."""

from collections.abc import Mapping
from typing import Any

from ledger.services import record, start_policy_counter
from tenants.lifecycle import step
from tenants.refs import CompanyRef


@step("created", "policy counter", order=20)
def begin(company: CompanyRef, facts: Mapping[str, Any]) -> None:
    """Start the counter, without which nothing that decisions read can be written, and the record."""
    start_policy_counter(company.id)
    record(actor="system", verb="company_created", subject_kind="company", handle=company.id)
