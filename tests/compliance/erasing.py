"""An erasure as officer and worker carry it out."""

from django.core import mail

from compliance.models import Case, CaseKind, Erasure
from compliance.services import erasures
from compliance.services.cases import close_case, hold_case
from compliance.services.erasures import begin_erasure
from ledger.outbox import deliver
from tenants import context
from tests.compliance.everything import case_of
from tests.compliance.whose import Everything

OFFICER = "operator:00000000-0000-4000-8000-00000000ca01"
OTHER = "operator:00000000-0000-4000-8000-00000000ca02"


def asked(all_of_them: Everything, **other: object) -> Case:
    """The person, who is cardholder and operator, asks to be erased; nothing else of theirs is open."""
    Case.objects.filter(pk=all_of_them.case.pk).update(state="CLOSED", closed_at=all_of_them.case.received_at)
    operator = ("operators", all_of_them.operator.subject_id)
    return case_of(all_of_them.holder, operator, kind=CaseKind.ERASURE, **other)


def begun(case: Case) -> Erasure:
    return begin_erasure(pk=case.pk, version=None, typed=str(case.number), by=OFFICER)


def carry_out(case: Case) -> Erasure:
    """To its end here, as far as nothing stands against it."""
    row = begun(case)
    work()
    row.refresh_from_db()
    return row


def work() -> None:
    """What a worker does: deliver what is due, and the keys that go after a commit."""
    deliver(context.current())


def close(case: Case) -> None:
    """An officer closes it; the certificate is sent once the closing mail has left."""
    close_case(hold_case(case.pk, None), by=OFFICER)
    assert erasures.send_due() == 0, "the closing mail is written with words that go"
    work()
    mail.outbox.clear()
    assert erasures.send_due() == 1
    work()
