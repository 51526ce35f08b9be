"""The company's name."""

from django.db import transaction

from ledger.services import record
from operators.refusals import OperatorRefused
from tenants import context, hosts
from tenants.models import Company

MOST_NAME = 100


@transaction.atomic
def rename_company(*, name: str, by: str) -> None:
    """Give the company another name. Its address and its keys stay. Raises OperatorRefused."""
    said = name.strip()
    if not said or len(said) > MOST_NAME or not said.isprintable():
        raise OperatorRefused("malformed", f"Use at most {MOST_NAME} ordinary characters.", field="name")
    company = context.current()
    Company.objects.filter(pk=company.id).update(name=said)
    record(actor=by, verb="company_renamed", subject_kind="company", data={"name": said})
    transaction.on_commit(hosts.forget)
