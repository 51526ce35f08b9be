"""A certificate that cannot reach its mailbox: the words of the request go all the same, and it is said."""

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from compliance import erasure_mails
from compliance.models import Case
from compliance.services import erasures
from compliance.services.cases import close_case, hold_case
from ledger.models import Outbox
from ledger.outbox import MOST_ATTEMPTS
from tenants.context import CompanyRef
from tests.compliance.erasing import OFFICER, asked, carry_out, work
from tests.compliance.everything import EMAIL, somebody_with_everything
from vault.fields import ERASED
from vault.models import Subject


@pytest.fixture
def closed(in_acme: CompanyRef) -> Case:
    """Erased and closed; every other mail has left."""
    case = asked(somebody_with_everything())
    carry_out(case)
    close_case(hold_case(case.pk, None), by=OFFICER)
    work()
    mail.outbox.clear()
    return case


def fails(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def send(case: Case) -> None:
        raise error

    monkeypatch.setattr(erasure_mails, "send_certificate", send)


def gone(case: Case) -> bool:
    case.refresh_from_db()
    key = Subject.objects.get(pk=case.applicant_id).destroyed_at
    return case.name == case.email == case.message == ERASED and key is not None


def said(case: Case) -> int:
    return case.steps.filter(verb="certificate_undeliverable").count()


def test_a_mailbox_that_is_no_more(closed: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    fails(monkeypatch, smtplib.SMTPRecipientsRefused({EMAIL: (550, b"5.1.1 no such user")}))
    assert erasures.send_due() == 1
    work()
    assert gone(closed)
    assert said(closed) == 1
    assert erasures.send_due() == 0
    assert not Outbox.objects.filter(done=None).exists()


def test_a_mailbox_that_is_full_is_tried_again(closed: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        fails(patched, smtplib.SMTPRecipientsRefused({EMAIL: (452, b"4.2.2 mailbox full")}))
        assert erasures.send_due() == 1
        work()
    assert not gone(closed)
    Outbox.objects.filter(done=None).update(due=timezone.now())
    work()
    assert gone(closed)
    assert (said(closed), [one.to for one in mail.outbox]) == (0, [[EMAIL]])


def until_parked() -> None:
    for _ in range(MOST_ATTEMPTS):
        Outbox.objects.filter(done=None).update(due=timezone.now())
        work()


def test_what_failed_to_the_end_is_tried_once_more_a_day_later(
    closed: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(monkeypatch, OSError("nobody listens"))
    assert erasures.send_due() == 1
    until_parked()
    parked: Any = Outbox.objects.filter(done=None, topic=erasures.MAIL_CERTIFICATE)
    assert parked.exclude(parked=None).count() == 1
    assert erasures.send_due() == 0, "not at once"
    assert not gone(closed)
    parked.update(parked=timezone.now() - timedelta(days=1))
    assert erasures.send_due() == 1
    until_parked()
    assert erasures.send_due() == 0
    assert gone(closed)
    assert said(closed) == 1
    assert parked.count() == 2
    assert erasures.send_due() == 0
