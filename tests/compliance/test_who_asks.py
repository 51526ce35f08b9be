"""Requests by somebody who is not who they say; a person in two roles; links that are opened, used, late."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from compliance import persons
from compliance.case_texts import PUBLIC
from compliance.models import Case, CaseKind, CaseState, IdentityHow, Via
from compliance.refusals import Refused
from compliance.services import identity, reminders
from compliance.services.cases import Told, hold_case, open_case, verified
from credentials.models import Holder
from ledger.models import LedgerEntry
from ledger.outbox import deliver
from operators.services import create_operator
from tenants import context
from tenants.context import CompanyRef
from tests.compliance.build import CAROL, ready, somebody
from tests.compliance.test_console import get
from vault.fields import ERASED
from vault.holdings import Known, finders
from vault.models import Subject


@pytest.fixture
def henri(in_acme: CompanyRef) -> Holder:
    ready()
    return somebody()


def mailed(company: CompanyRef) -> list[Any]:
    """What leaves now."""
    mail.outbox.clear()
    deliver(company)
    return list(mail.outbox)


def fill_in(name: str, email: str, kind: str = "access", language: str = "en", **other: str) -> str:
    client = Client(HTTP_HOST="acme.localhost")
    told = {"kind": kind, "name": name, "email": email, "language": language, **other}
    with context.leave():
        answer = client.post("/privacy/request/", told)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def opened(path: str, *, press: bool) -> tuple[int, str]:
    client = Client(HTTP_HOST="acme.localhost")
    with context.leave():
        answer = client.post(path) if press else client.get(path)
    return answer.status_code, answer.content.decode()


def link_in(letters: list[Any]) -> str:
    (letter,) = letters
    found = re.search(r"(/privacy/request/\S+/)", letter.body)
    assert found
    return found.group(1)


def as_known(holder: Holder) -> Known:
    one = persons.known("holder", holder.subject_id)
    assert one is not None
    return one


def test_the_form_says_the_same_whoever_is_known(henri: Holder, acme: CompanyRef) -> None:
    pages = [fill_in("Henri Holder", henri.email), fill_in("Nobody", "nobody@else.example")]
    bare = [re.sub(r"[0-9A-Za-z]{64}|nonce=\S+", "", page) for page in pages]
    assert bare[0] == bare[1]
    assert {case.persons.count() for case in Case.objects.all()} == {0}
    letters = mailed(acme)
    assert {len(letter.body.splitlines()) for letter in letters} == {len(letters[0].body.splitlines())}


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_a_request_in_the_persons_language(henri: Holder, acme: CompanyRef, language: str) -> None:
    client = Client(HTTP_HOST="acme.localhost")
    with context.leave():
        page = client.get(f"/privacy/request/?language={language}").content.decode()
        public = client.get(f"/privacy/?language={language}").content.decode()
        assert client.post("/privacy/request/", {"language": language, "email": "x"}).status_code == 422
    assert escape(PUBLIC[language]["title"]) in page
    assert escape(PUBLIC[language]["link"]) in public
    fill_in("Henri Holder", henri.email, language=language)
    path = link_in(mailed(acme))
    assert escape(PUBLIC[language]["confirm_deed"]) in opened(path, press=False)[1]
    assert escape(PUBLIC[language]["done_title"]) in opened(path, press=True)[1]
    (receipt,) = mailed(acme)
    assert "{" not in receipt.body + receipt.subject
    assert receipt.to == [henri.email]


def test_the_link_of_the_address_on_file_proves_it(henri: Holder, acme: CompanyRef) -> None:
    fill_in("Henri Holder", henri.email.upper())
    case = Case.objects.get()
    assert (case.state, case.answer_by) == (CaseState.UNCONFIRMED, None)
    path = link_in(mailed(acme))
    assert opened(path, press=False)[0] == 200  # a mail scanner opens it: nothing happens
    assert Case.objects.get().state == CaseState.UNCONFIRMED
    assert opened(path[:-3] + "xx/", press=True)[0] == 410
    assert opened(path, press=True)[0] == 200
    case = Case.objects.get()
    assert (case.state, case.identity_how) == (CaseState.OPEN, IdentityHow.MAIL)
    assert [row.subject_id for row in case.persons.all()] == [henri.subject_id]
    assert case.answer_by is not None
    assert case.received_at < case.answer_by - timedelta(days=27)
    assert opened(path, press=True)[0] == 410  # used


def test_another_ones_name_from_ones_own_address_gets_nothing(henri: Holder, acme: CompanyRef) -> None:
    fill_in("Henri Holder", "mallory@evil.example")
    assert opened(link_in(mailed(acme)), press=True)[0] == 200
    case = Case.objects.get()
    assert (case.state, case.persons.count()) == (CaseState.IDENTITY, 0)
    with pytest.raises(Refused, match="identity_unverified"):
        verified(case)
    mailed(acme)
    identity.add_person(hold_case(case.pk, None), as_known(henri), by=CAROL)
    with pytest.raises(Refused, match="identity_unverified"):
        verified(Case.objects.get())
    (letter,) = mailed(acme)
    assert letter.to == [henri.email]  # the one on file hears of it, at the address on file
    assert "in your name" in letter.body
    assert "mallory" not in letter.body


def test_one_on_file_gets_their_own_and_nobody_elses(henri: Holder, acme: CompanyRef) -> None:
    """Mallory is on file, too, and types Henri's name."""
    mallory = somebody("Mallory", "mallory@acme.example")
    fill_in("Henri Holder", mallory.email)
    opened(link_in(mailed(acme)), press=True)
    case = Case.objects.get()
    assert [row.subject_id for row in case.persons.all()] == [mallory.subject_id]
    identity.add_person(hold_case(case.pk, None), as_known(henri), by=CAROL)
    case = Case.objects.get()
    assert (case.identity_at, case.state) == (None, CaseState.IDENTITY)  # proven was Mallory alone


def test_somebody_elses_address_needs_their_link(henri: Holder, acme: CompanyRef) -> None:
    fill_in("Mallory", henri.email)
    letters = mailed(acme)
    assert [letter.to for letter in letters] == [[henri.email]]
    case = Case.objects.get()
    assert case.state == CaseState.UNCONFIRMED
    with pytest.raises(Refused, match="identity_unverified"):
        verified(case)
    with pytest.raises(Refused, match="persons_stand"):
        identity.add_person(case, as_known(henri), by=CAROL)


@pytest.mark.parametrize(
    ("on_file", "asks"),
    [
        ("henri@fass.example", "henri@fa\N{LATIN SMALL LETTER SHARP S}.example"),
        ("kim@acme.example", "\N{KELVIN SIGN}im@acme.example"),
        ("sam@acme.example", "\N{LATIN SMALL LETTER LONG S}am@acme.example"),
    ],
)
def test_an_address_that_only_looks_the_same_proves_nothing(
    in_acme: CompanyRef, acme: CompanyRef, on_file: str, asks: str
) -> None:
    """Found by the index, which folds case; the mail went to another mailbox."""
    ready()
    victim = somebody("Victim", on_file)
    told = Told("Victim", asks)
    identity.ask_publicly(kind=CaseKind.ERASURE, told=told, place="192.0.2.9")
    case = Case.objects.get()
    identity.confirm(token=identity.token_of(case))
    case = Case.objects.get()
    assert (case.state, case.identity_at, case.persons.count()) == (CaseState.IDENTITY, None, 0)
    assert [one.subject for one in persons.suggested(case)] == [victim.subject_id]
    mailed(acme)
    identity.add_person(hold_case(case.pk, None), as_known(victim), by=CAROL)
    assert [letter.to for letter in mailed(acme)] == [[on_file]]  # the one on file hears of it


def test_people_who_share_an_address_are_told_apart_by_an_officer(henri: Holder, acme: CompanyRef) -> None:
    create_operator(email=henri.email, name="Somebody Else", role="READ_ONLY", password="x" * 20, by=CAROL)
    fill_in("Henri Holder", henri.email)
    opened(link_in(mailed(acme)), press=True)
    case = Case.objects.get()
    assert (case.state, case.persons.count()) == (CaseState.IDENTITY, 0)
    assert {one.source for one in persons.suggested(case)} == {"holder", "operator"}


def test_a_person_in_two_roles_is_both(henri: Holder, acme: CompanyRef) -> None:
    create_operator(email=henri.email, name="henri  HOLDER", role="READ_ONLY", password="x" * 20, by=CAROL)
    fill_in("Henri", henri.email)
    opened(link_in(mailed(acme)), press=True)
    case = Case.objects.get()
    assert {row.source for row in case.persons.all()} == {"holder", "operator"}
    assert case.identity_how == IdentityHow.MAIL


def test_a_role_with_the_same_address_is_suggested(henri: Holder, acme: CompanyRef) -> None:
    told = Told(henri.name, henri.email)
    case = open_case(
        kind=CaseKind.ACCESS, via=Via.WALLET, persons=[as_known(henri)], told=told, by="holder:1"
    )
    create_operator(email=henri.email, name=henri.name, role="READ_ONLY", password="x" * 20, by=CAROL)
    (other,) = persons.suggested(case)
    assert other.source == "operator"
    page = get(f"/compliance/cases/{case.pk}/")
    assert "perhaps the same person in another role" in page
    identity.add_person(hold_case(case.pk, None), other, by=CAROL)
    assert Case.objects.get().identity_how == IdentityHow.PHONE  # the same name and address: it stands
    identity.remove_person(hold_case(case.pk, None), other.subject, by=CAROL)
    identity.remove_person(hold_case(case.pk, None), henri.subject_id, by=CAROL)
    assert Case.objects.get().identity_at is None


def test_an_officer_says_by_what_they_know(henri: Holder) -> None:
    case = open_case(
        kind=CaseKind.ACCESS,
        via=Via.OFFICER,
        persons=[as_known(henri)],
        told=Told(henri.name, henri.email),
        by=CAROL,
    )
    for how, note in ((IdentityHow.MAIL, "x"), (IdentityHow.PHONE, "x"), (IdentityHow.SEEN, "  ")):
        with pytest.raises(Refused):
            identity.identify(case, how=how, note=note, by=CAROL)
    identity.identify(case, how=IdentityHow.SEEN, note="Passport", by=CAROL)
    assert verified(Case.objects.get()).identity_by == CAROL


def test_too_many_are_not_taken_up(henri: Holder) -> None:
    for _ in range(5):
        fill_in("Henri Holder", henri.email)
    assert Case.objects.count() == 3


def test_what_nobody_confirmed_is_forgotten(henri: Holder, acme: CompanyRef) -> None:
    fill_in("Henri Holder", henri.email)
    path = link_in(mailed(acme))
    case = Case.objects.get()
    assert reminders.sweep() == 0
    Case.objects.update(received_at=timezone.now() - timedelta(days=7, minutes=1))
    assert opened(path, press=True)[0] == 410  # late, before the sweep, too
    assert reminders.sweep() == 1
    assert not Case.objects.exists()
    assert Subject.objects.get(pk=case.applicant_id).destroyed_at is not None
    assert LedgerEntry.objects.get(verb="case_swept").handle == case.number
    assert reminders.sweep() == 0


def test_nobody_is_found_by_nothing(henri: Holder) -> None:
    for one in finders.values():
        assert one.by_mail("") == []
        assert one.by_mail(ERASED) == []
        assert one.by_name(" ") == []
