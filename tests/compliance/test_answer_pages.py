"""The officer's pages of an answer, the link in the mail, the phone's way to the passphrase."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from compliance.models import Case, CaseDelivery, CaseState
from compliance.services import answers
from ledger.outbox import deliver as work_off
from tenants import context
from tenants.context import CompanyRef
from tests.compliance.answering import delivered, read, token_in, unlocked
from tests.compliance.build import somebody
from tests.compliance.everything import NOTE, case_of, somebody_with_everything
from tests.compliance.test_console import get
from tests.compliance.whose import Everything
from tests.credentials.phone import Phone, enrolled
from tests.fixtures.console import sign_in_as

HOST = "acme.localhost"


@pytest.fixture
def of(in_acme: CompanyRef) -> Everything:
    found = somebody_with_everything()
    work_off(in_acme)
    mail.outbox.clear()
    return found


@pytest.fixture
def case(of: Everything) -> Case:
    return case_of(of.holder, language="de")


def deed(case: Case, what: str, who: str = "carol", **told: Any) -> tuple[int, str]:
    """Posted as the page stands, and where that leads to."""
    case.refresh_from_db()
    client = sign_in_as(who)
    with context.leave():
        where = f"/compliance/cases/{case.pk}/answer/{what}/"
        answer = client.post(where, {"version": case.version, **told}, follow=True)
    return answer.status_code, answer.content.decode()


def page(case: Case, what: str = "") -> str:
    return get(f"/compliance/cases/{case.pk}/{what}")


def outside() -> Client:
    return Client(HTTP_HOST=HOST)


def test_an_officer_takes_a_request_to_its_answer(in_acme: CompanyRef, case: Case) -> None:
    assert "Nothing was collected yet" in page(case)
    status, shown = deed(case, "collect")
    assert status == 200
    assert f"0 of {case.sections.count()}" in shown
    assert 'hx-trigger="every 2s"' in page(case, "answer/progress/")
    work_off(in_acme)
    shown = page(case)
    assert "every 2s" not in shown
    assert "It was not looked through. Nothing leaves before." in shown
    shown = page(case, "answer/review/")
    assert NOTE in shown
    section = case.sections.get(source="access")
    told = {"section": str(section.pk), "cell": "alarm_notes/0/note", "page": "1"}
    assert "Kept back" in deed(case, "withhold", reason="others", **told)[1]
    assert "Noted that you have read it" in deed(case, "looked-through")[1]
    assert "The file is being made" in deed(case, "deliver", days="7")[1]
    work_off(in_acme)
    case.refresh_from_db()
    assert case.state == CaseState.ANSWERED
    shown = page(case)
    assert "locked (AES-256)" in shown
    row = CaseDelivery.objects.get(case=case)
    assert row.phrase not in shown
    assert row.phrase in deed(case, "passphrase")[1]
    assert (row.expires_at - row.made_at).days == 7


def test_who_may_not(in_acme: CompanyRef, case: Case) -> None:
    """Security and read-only see how far it is; only compliance and the owner open and act."""
    read(in_acme, case)
    for who in ("alice", "bob", "rita"):
        for what in ("collect", "withhold", "looked-through", "deliver", "passphrase"):
            assert deed(case, what, who)[0] == 403
        client = sign_in_as(who)
        with context.leave():
            assert client.get(f"/compliance/cases/{case.pk}/answer/review/").status_code == 403
    client = sign_in_as("bob")
    with context.leave():
        shown = client.get(f"/compliance/cases/{case.pk}/answer/progress/").content.decode()
    assert "rooms have answered" in shown
    assert "<form" not in shown


def test_a_page_that_is_too_old_does_nothing(in_acme: CompanyRef, case: Case) -> None:
    old = case.version
    deed(case, "collect")
    client = sign_in_as("olga")
    with context.leave():
        where = f"/compliance/cases/{case.pk}/answer/collect/"
        answer = client.post(where, {"version": old}, follow=True)
    assert "Somebody else has worked on this request meanwhile" in answer.content.decode()
    for bad in ({}, {"section": "x"}, {"section": str(case.pk), "cell": "a/b/c", "reason": "others"}):
        status, shown = deed(case, "withhold", **bad)
        assert status == 200
        assert "There is no such text" in shown


def test_a_case_without_a_known_asker_shows_nothing(of: Everything) -> None:
    unknown = case_of(of.holder, state="IDENTITY", identity_how="", identity_at=None, identity_by="")
    assert "It is collected once it is known who asks." in page(unknown)
    assert "First find out who asks." in deed(unknown, "collect")[1]
    client = sign_in_as("carol")
    with context.leave():
        shown = client.get(f"/compliance/cases/{unknown.pk}/answer/review/", follow=True).content.decode()
    assert NOTE not in shown


def test_the_link_shows_on_get_and_gives_on_post(in_acme: CompanyRef, case: Case) -> None:
    row = delivered(in_acme, read(in_acme, case))
    where = f"/privacy/answers/{token_in()}/"
    with context.leave():
        shown = outside().get(where)
        again = outside().get(where)
    assert shown.status_code == again.status_code == 200
    assert "Ihre Anfrage" in shown.content.decode()
    assert 'lang="de"' in shown.content.decode()
    row.refresh_from_db()
    assert row.downloads == 0
    with context.leave():
        taken = outside().post(where)
    assert taken["Content-Disposition"] == f'attachment; filename="answer-{case.number}.zip"'
    assert "no-store" in taken["Cache-Control"]
    assert "index.html" in unlocked(taken.content, row.phrase)
    with context.leave():
        for wrong in (where[:-3] + "xx/", "/privacy/answers/x/"):
            gone = outside().post(wrong, headers={"Accept-Language": "xx,es;q=0.5"})
            assert gone.status_code == 410
            assert "Este enlace ha caducado" in gone.content.decode()


def test_the_link_needs_the_token_of_the_page(in_acme: CompanyRef, case: Case) -> None:
    delivered(in_acme, read(in_acme, case))
    strict = Client(HTTP_HOST=HOST, enforce_csrf_checks=True)
    with context.leave():
        assert strict.post(f"/privacy/answers/{token_in()}/").status_code == 403


def phone_of(of: Everything) -> Phone:
    return enrolled(of.holder)[0]


def test_the_phone_is_told_the_passphrase_of_its_own_answer(in_acme: CompanyRef, of: Everything) -> None:
    case = case_of(of.holder)
    phone = phone_of(of)
    where = f"/api/v1/wallet/requests/{case.pk}/answer"
    assert phone.send("GET", where)[1]["code"] == "no_answer"
    row = delivered(in_acme, read(in_acme, case))
    status, told = phone.send("GET", where)
    assert status == 200
    assert told["passphrase"] == row.phrase
    assert re.fullmatch(r"http://acme\.localhost(:\d+)?/privacy/answers/[\w-]+/", told["address"])
    stranger = enrolled(somebody("Zoe", "zoe@acme.example"))[0]
    assert stranger.send("GET", where)[1]["code"] == "no_answer"
    unconfirmed = enrolled(somebody("Yves", "yves@acme.example"), vouched=False)[0]
    assert unconfirmed.send("GET", where)[0] == 403
    assert answers.drop_answers(of.holder.subject_id)
    assert phone.send("GET", where)[0] == 404
