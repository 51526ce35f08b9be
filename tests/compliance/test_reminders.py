"""Clocks that run out: officers reminded once at each threshold, owners told; mails in every language."""

from datetime import datetime, timedelta
from string import Formatter
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from compliance import tasks
from compliance.case_mail_texts import MAILS
from compliance.case_mails import send_about
from compliance.case_texts import KINDS, PUBLIC
from compliance.models import Case, CaseKind, CaseState, Via
from compliance.services import deciding, reminders
from compliance.services.cases import Told, hold_case, open_case, set_state, step
from ledger.outbox import deliver
from operators.models import Operator
from tenants.context import CompanyRef
from tests.compliance.build import CAROL, ready
from tests.compliance.test_console import get

GAPS = {"company", "name", "number", "kind", "received", "due", "words", "address"}


def opened(days_left: int, **fields: Any) -> Case:
    told = Told("Henri", "henri@acme.example")
    case = open_case(kind=CaseKind.ACCESS, via=Via.OFFICER, persons=[], told=told, by=CAROL)
    Case.objects.filter(pk=case.pk).update(answer_by=noon() + timedelta(days=days_left), **fields)
    return Case.objects.get(pk=case.pk)


def noon() -> datetime:
    return timezone.now().replace(hour=12, minute=0)


def left(company: CompanyRef) -> list[tuple[str, str]]:
    mail.outbox.clear()
    deliver(company)
    return sorted((one.to[0], str(one.subject)) for one in mail.outbox if "henri" not in one.to[0])


@pytest.fixture
def company(in_acme: CompanyRef) -> CompanyRef:
    ready()
    return in_acme


@pytest.mark.parametrize(
    ("days", "words"), [(7, "in 7 days"), (3, "in 3 days"), (1, "in 1 day"), (0, "today")]
)
def test_officers_are_reminded_once(company: CompanyRef, days: int, words: str) -> None:
    case = opened(days)
    assert tasks.remind() == 1
    assert left(company) == [("carol@acme.example", f"Request {case.number}: to be answered, {words}, Acme")]
    assert tasks.remind() == 0
    assert left(company) == []


def test_each_threshold_has_its_reminder(company: CompanyRef) -> None:
    case = opened(8)
    assert reminders.remind() == 0
    for days in (6, 2, 0):
        Case.objects.update(answer_by=noon() + timedelta(days=days))
        # The time did not change, the days went by: what was told before is told no more.
        case.steps.filter(verb="reminded").update(facts={})
        assert reminders.remind() == 1
    Case.objects.update(answer_by=noon() - timedelta(days=2))
    assert reminders.remind() == 1
    told = left(company)
    assert ("olga@acme.example", f"Request {case.number}: to be answered, since 2 days overdue, Acme") in told
    assert [to for to, subject in told if "overdue" in subject] == ["carol@acme.example", "olga@acme.example"]
    assert case.steps.filter(verb="escalated").count() == 1
    assert "1 overdue" in get("/compliance/")


def test_days_that_go_by_are_told_once_each(company: CompanyRef, monkeypatch: pytest.MonkeyPatch) -> None:
    case, begin, told = opened(9), noon(), []
    for day in range(14):
        monkeypatch.setattr(timezone, "now", lambda day=day: begin + timedelta(days=day))
        for _ in range(2):  # hourly
            told += [day] * reminders.remind()
    assert told == [2, 6, 8, 10]
    assert list(case.steps.filter(verb="reminded").values_list("facts__threshold", flat=True)) == [7, 3, 1]


def test_what_is_answered_rests(company: CompanyRef) -> None:
    case = opened(1)
    set_state(hold_case(case.pk, None), CaseState.ANSWERED, by=CAROL)
    assert reminders.remind() == 0


def test_receipt_has_a_clock_of_its_own(company: CompanyRef) -> None:
    case = opened(30, acknowledge_by=noon() + timedelta(days=2), acknowledged_at=None)
    assert reminders.remind() == 1
    assert left(company)[0][1].startswith(f"Request {case.number}: receipt to be confirmed, in 2 days")
    deciding.acknowledge_receipt(hold_case(case.pk, None), note="By telephone", by=CAROL)
    Case.objects.update(acknowledge_by=noon() - timedelta(days=2))
    assert reminders.remind() == 0


def test_an_extended_clock_is_told_anew(company: CompanyRef) -> None:
    case = opened(1)
    assert reminders.remind() == 1
    deciding.extend(hold_case(case.pk, None), reason="Much.", by=CAROL)
    assert reminders.remind() == 0
    Case.objects.update(answer_by=noon() + timedelta(days=1, minutes=1))
    assert reminders.remind() == 1


def test_without_an_officer_the_owners_are_told(company: CompanyRef) -> None:
    opened(3)
    carol = next(one for one in Operator.objects.all() if one.email == "carol@acme.example")
    Operator.objects.filter(pk=carol.pk).update(is_active=False)
    reminders.remind()
    assert [to for to, _ in left(company)] == ["olga@acme.example"]


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_every_text_stands_in_every_language(language: str) -> None:
    english = MAILS["en"]
    assert MAILS[language].keys() == english.keys()
    assert KINDS[language].keys() == KINDS["en"].keys() == set(CaseKind.values)
    assert PUBLIC[language].keys() == PUBLIC["en"].keys()
    for what, words in MAILS[language].items():
        assert gaps(words) == gaps(english[what]) <= GAPS, what
        assert words.subject != english[what].subject


def gaps(words: Any) -> set[str]:
    text = "".join((words.subject, *words.paragraphs))
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("what", sorted(MAILS["en"].keys() - {"confirm", "in_your_name"}))
def test_a_mail_of_each_kind(company: CompanyRef, what: str) -> None:
    case = opened(20)
    deliver(company)
    mail.outbox.clear()
    about = step(case, "noted", by=CAROL, note="Because {of} <this>.")
    for _ in range(2):
        send_about({"case": str(case.pk), "what": what, "step": str(about.pk)})
    first, again = mail.outbox
    assert first.to == ["henri@acme.example"]
    assert str(case.number) in first.subject
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    if "{words}" in "".join(MAILS["en"][what].paragraphs):
        assert "Because {of} <this>." in first.body
        assert isinstance(first, EmailMultiAlternatives)
        assert "&lt;this&gt;" in str(first.alternatives[0])
