"""A request taken from collecting to its delivery, as the outbox's worker and an officer would."""

import io
import re
from typing import Any

import pyzipper
from django.core import mail

from compliance.models import Case, CaseDelivery
from compliance.services import answers, deliveries
from ledger.outbox import deliver as work_off
from tenants.context import CompanyRef

CAROL = "operator:carol"


def collected(company: CompanyRef, case: Case) -> Case:
    """Collect, and let the worker do it."""
    answers.collect(case=case.pk, version=None, by=CAROL)
    work_off(company)
    case.refresh_from_db()
    return case


def read(company: CompanyRef, case: Case) -> Case:
    """Collected and looked through."""
    collected(company, case)
    answers.look_through(case=case.pk, version=None, by=CAROL)
    case.refresh_from_db()
    return case


def delivered(company: CompanyRef, case: Case, **other: Any) -> CaseDelivery:
    """All the way: the newest delivery of the case."""
    row = deliveries.deliver(case=case.pk, version=None, by=CAROL, **other)
    work_off(company)
    row.refresh_from_db()
    return row


def token_in(number: int = -1) -> str:
    """The token of the link in a mail that was sent."""
    found = re.search(r"/privacy/answers/([\w-]+)/", str(mail.outbox[number].body))
    assert found
    return found.group(1)


def unlocked(packed: bytes, passphrase: str) -> dict[str, str]:
    """The files of a ZIP, as text."""
    with pyzipper.AESZipFile(io.BytesIO(packed)) as opened:
        opened.setpassword(passphrase.encode())
        return {name: opened.read(name).decode("utf-8-sig") for name in opened.namelist()}
